package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.text.Terminal;
import io.doundo.orchestrator.definition.compiler.document.Problem;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Problem details of the service (RFC 9457) in the words and exit codes of the command line. */
public final class Problems {

  private Problems() {}

  public static CommandFailure failure(int status, JsonNode problem) {
    return new CommandFailure(exitCode(status), text(status, problem), problem, null);
  }

  private static int exitCode(int status) {
    return switch (status) {
      case 404 -> ExitCodes.NOT_FOUND;
      case 502, 503 -> ExitCodes.UNREACHABLE;
      case 504 -> ExitCodes.NOT_YET;
      default -> ExitCodes.REFUSED;
    };
  }

  private static String text(int status, JsonNode problem) {
    List<Problem> listed = listed(problem);
    String title = problem.path("title").asString("HTTP status " + status);
    if (!listed.isEmpty()) {
      return title + ":" + lines(listed);
    }
    String detail = problem.path("detail").asString("");
    if (status == 401) {
      return title + ". " + detail + " Give one with --api-key or DOUNDO_API_KEY.";
    }
    return detail.isEmpty() ? title + '.' : title + ": " + detail;
  }

  /** One problem a line, indented. */
  public static String lines(List<Problem> problems) {
    StringBuilder text = new StringBuilder();
    for (Problem problem : problems) {
      text.append(System.lineSeparator()).append("  ").append(Terminal.clean(problem.toString()));
    }
    return text.toString();
  }

  private static List<Problem> listed(JsonNode problem) {
    List<Problem> listed = new ArrayList<>();
    for (JsonNode one : problem.path("problems")) {
      listed.add(
          new Problem(
              one.path("document").asInt(0),
              one.path("path").asString(""),
              number(one.path("line")),
              number(one.path("column")),
              one.path("message").asString("")));
    }
    return listed;
  }

  private static @Nullable Integer number(JsonNode node) {
    return node.isNumber() ? node.asInt() : null;
  }
}
