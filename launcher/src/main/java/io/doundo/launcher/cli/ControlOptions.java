package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.text.Terminal;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/**
 * The options of a command that controls something with a history of its own, such as a breaker or
 * a schedule: the reason, and the id by which a repeated request counts once.
 */
public final class ControlOptions {

  @Option(
      names = {"-r", "--reason"},
      paramLabel = "TEXT",
      description = "The reason, for the history and the audit log.")
  private @Nullable String reason;

  @Option(
      names = "--control-id",
      paramLabel = "ID",
      description = "Id of the request; a repeated id counts once (default: a new id).")
  private @Nullable String controlId;

  /**
   * What is asked of the service.
   *
   * @param fields of the body, besides the reason and the id
   */
  public record ControlRequest(String method, String path, Map<String, String> fields) {}

  /**
   * Sends a request, and prints the service's answer as JSON or else in a line.
   *
   * @param name of what is controlled
   * @param done what has happened to it
   * @return the exit code
   */
  public int send(
      ServiceClient client,
      ControlRequest request,
      OutputOptions output,
      String name,
      String done) {
    Map<String, RawJson> body = new LinkedHashMap<>();
    String id = FlowRequest.addControlId(body, controlId);
    if (reason != null) {
      body.put("reason", Json.string(reason));
    }
    request.fields().forEach((field, text) -> body.put(field, Json.string(text)));
    JsonNode answer =
        FlowRequest.sent(
            id, () -> client.send(request.method(), request.path(), Json.object(body)).body());
    if (output.isJson()) {
      output.json(answer);
    } else {
      output.line(Terminal.clean(name) + ": " + done);
    }
    return ExitCodes.OK;
  }
}
