package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.text.Terminal;
import io.doundo.protocol.Names;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A request to one flow, such as a verb, a signal or the answer to a task: the id by which a
 * repeated one counts once, and the words in which its outcome is printed.
 *
 * @param sent what was sent when the service does not know the outcome, such as "signal paid"
 * @param accepted what happened to it otherwise, such as "signal paid accepted"
 */
public record FlowRequest(String flowId, String sent, String accepted) {

  private static final String CONTROL_ID = "--control-id";

  /**
   * Adds the id to the body of the request, or refuses one that no service accepts.
   *
   * @param given null for a new one
   * @return the id
   */
  public static String addControlId(Map<String, RawJson> body, @Nullable String given) {
    String controlId = given == null ? UUID.randomUUID().toString() : given;
    check(CONTROL_ID, controlId, Names.refuseControlId(controlId));
    body.put("controlId", Json.string(controlId));
    return controlId;
  }

  /**
   * Sends a request that has a control id.
   *
   * @throws CommandFailure as the request does. Where it may have been accepted all the same, the
   *     message says how to repeat it so that it counts once
   */
  public static <T> T sent(String controlId, Supplier<T> request) {
    return repeatable(CONTROL_ID, controlId, request);
  }

  /** The same with the option that has the id by which a repeated request counts once. */
  public static <T> T repeatable(String option, String id, Supplier<T> request) {
    try {
      return request.get();
    } catch (CommandFailure e) {
      if (!mayBeAccepted(e)) {
        throw e;
      }
      String message =
          "%s%nTo repeat the command, add %s %s: even if this request was accepted, it counts once."
              .formatted(e.getMessage(), option, Shell.quoted(id));
      throw new CommandFailure(e.exitCode(), message, e.problem(), e);
    }
  }

  /** Whether the service may have accepted a request although it failed. */
  private static boolean mayBeAccepted(CommandFailure failure) {
    return switch (failure.exitCode()) {
      case ExitCodes.NOT_YET -> true;
      case ExitCodes.UNREACHABLE ->
          !(cause(failure) instanceof ConnectException
              || cause(failure) instanceof HttpConnectTimeoutException);
      default -> failure.problemType().equals("urn:doundo:problem:internal");
    };
  }

  private static @Nullable Throwable cause(CommandFailure failure) {
    Throwable cause = failure.getCause();
    return cause instanceof CommandFailure inner ? cause(inner) : cause;
  }

  /**
   * Fails when an argument cannot be right.
   *
   * @param refusal the reason, or null when nothing is wrong with it
   */
  public static void check(String argument, String text, @Nullable String refusal) {
    if (refusal != null) {
      throw new CommandFailure(
          ExitCodes.USAGE, "%s \"%s\" %s.".formatted(argument, Terminal.clean(text), refusal));
    }
  }

  /** Prints the service's answer. */
  public void print(JsonNode answer, OutputOptions output) {
    if (output.isJson()) {
      output.json(answer);
      return;
    }
    String flow = output.terminal().bold(Terminal.clean(flowId));
    if (answer.has("note")) {
      String note = Terminal.clean(answer.path("note").asString(""));
      output.line("%s: %s was sent. %s".formatted(flow, Terminal.clean(sent), note));
    } else {
      String status = output.terminal().status(Terminal.clean(answer.path("status").asString("?")));
      output.line("%s: %s; the flow is %s.".formatted(flow, Terminal.clean(accepted), status));
    }
  }
}
