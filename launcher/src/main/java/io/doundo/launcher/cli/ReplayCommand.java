package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.text.Terminal;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code doundo replay}. */
@Command(
    name = "replay",
    description = "Start a new flow with the payload of an earlier one, which stays unchanged.",
    mixinStandardHelpOptions = true)
public final class ReplayCommand implements Callable<Integer> {

  @Parameters(paramLabel = "FLOW", description = "Id of the earlier flow.")
  private String flowId = "";

  @Option(
      names = {"-p", "--payload"},
      paramLabel = "JSON|@FILE",
      description =
          "Payload to use instead; @- reads standard input (default: the earlier flow's).")
  private @Nullable String payload;

  @Option(
      names = "--flow-id",
      paramLabel = "ID",
      description = "Id of the new flow; repeating a replay with the same id starts nothing.")
  private @Nullable String newFlowId;

  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    Map<String, RawJson> body = new LinkedHashMap<>();
    if (newFlowId != null) {
      body.put("flowId", Json.string(newFlowId));
    }
    if (payload != null) {
      body.put("payload", JsonArguments.json("--payload", payload));
    }
    String path = ServiceClient.flowPath(flowId, "/replay");
    JsonNode answer = options.client().post(path, Json.object(body), Duration.ZERO).body();
    if (output.isJson()) {
      output.json(answer);
    } else {
      String raw = answer.path("flowId").asString("");
      String id = Terminal.clean(raw);
      output.line(
          "Started flow %s from the payload of %s"
              .formatted(output.terminal().bold(id), Terminal.clean(flowId)));
      output.note("Follow it with: " + options.hint("watch", raw));
    }
    return ExitCodes.OK;
  }
}
