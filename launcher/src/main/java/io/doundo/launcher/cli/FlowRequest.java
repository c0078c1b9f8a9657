package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.text.Terminal;
import io.doundo.protocol.Names;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.util.Map;
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

  /** Adds the id to the body of the request, or refuses one that no service accepts. */
  public static void addControlId(Map<String, RawJson> body, @Nullable String controlId) {
    if (controlId != null) {
      check("--control-id", controlId, Names.refuseControlId(controlId));
      body.put("controlId", Json.string(controlId));
    }
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
