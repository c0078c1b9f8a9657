package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import io.doundo.protocol.Json;
import io.doundo.protocol.RawJson;
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
    description = "Start a new flow from an old one's payload; the old one stays as it is.",
    mixinStandardHelpOptions = true)
public final class ReplayCommand implements Callable<Integer> {

  @Parameters(paramLabel = "FLOW", description = "The old flow's id.")
  private String flowId = "";

  @Option(
      names = {"-p", "--payload"},
      paramLabel = "JSON|@FILE",
      description = "Another payload; @- reads standard input (default: the old flow's).")
  private @Nullable String payload;

  @Option(
      names = "--flow-id",
      paramLabel = "ID",
      description = "The new flow's id; the same replay under the same id starts nothing.")
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
      body.put("payload", Payloads.json("--payload", payload));
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
