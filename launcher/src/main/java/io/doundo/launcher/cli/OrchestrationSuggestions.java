package io.doundo.launcher.cli;

import io.doundo.orchestrator.definition.compiler.document.Suggestions;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.StreamSupport;

/** Says which registered orchestration was probably meant by a name that none has. */
public final class OrchestrationSuggestions {

  private static final String UNKNOWN = "urn:doundo:problem:unknown-orchestration";

  private OrchestrationSuggestions() {}

  /** Whether the service refused a request because it does not know the orchestration. */
  public static boolean isUnknown(CommandFailure failure) {
    return failure.problemType().equals(UNKNOWN);
  }

  /** Sends the request; its refusal names what was probably meant. */
  public static <T> T orSuggestion(ServiceClient client, String name, Supplier<T> request) {
    try {
      return request.get();
    } catch (CommandFailure e) {
      throw isUnknown(e)
          ? new CommandFailure(
              e.exitCode(), e.getMessage() + suggestion(client, name), e.problem(), e)
          : e;
    }
  }

  /** A sentence with a blank before it; empty when no name is near. */
  public static String suggestion(ServiceClient client, String name) {
    try {
      List<String> names =
          StreamSupport.stream(
                  client.get("/api/orchestrations").path("orchestrations").spliterator(), false)
              .map(one -> one.path("name").asString(""))
              .toList();
      return Suggestions.nearest(name, names)
          // It may have been registered since.
          .filter(near -> !near.equals(name))
          .map(near -> " Did you mean \"" + near + "\"?")
          .orElse("");
    } catch (CommandFailure e) {
      // The refusal itself is what must be told; the suggestion is an extra.
      return "";
    }
  }
}
