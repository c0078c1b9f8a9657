package io.doundo.launcher.cli.start;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.CommandFailure;
import io.doundo.launcher.cli.FlowRequest;
import io.doundo.launcher.cli.JsonArguments;
import io.doundo.launcher.cli.OutputOptions;
import io.doundo.launcher.cli.ServiceClient;
import io.doundo.launcher.cli.ServiceOptions;
import io.doundo.launcher.text.Terminal;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
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
    description = {
      "Start a new flow with the payload of an earlier one, which stays unchanged.",
      "With --file, start one flow for each line of a file; repeated, an interrupted run continues."
    },
    mixinStandardHelpOptions = true)
public final class ReplayCommand implements Callable<Integer> {

  @Parameters(paramLabel = "FLOW", arity = "0..1", description = "Id of the earlier flow.")
  private @Nullable String flowId;

  @Option(
      names = {"-p", "--payload"},
      paramLabel = "JSON|@FILE",
      description =
          "Payload to use instead; @- reads standard input (default: the earlier flow's).")
  private @Nullable String payload;

  @Option(
      names = "--flow-id",
      paramLabel = "ID",
      description =
          "Id of the new flow; repeating a replay with the same id starts nothing (default: a new"
              + " id).")
  private @Nullable String newFlowId;

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      description =
          "Starts, one JSON object a line: {\"orchestrationName\", \"payload\", \"flowId\"}. The"
              + " progress is kept in FILE.replayed, the refused lines in FILE.refused.")
  private @Nullable Path file;

  @Option(
      names = "--same-ids",
      description =
          "With --file: keep the flowIds of the file. A flow that exists is not started again.")
  private boolean sameIds;

  @Option(
      names = "--per-second",
      paramLabel = "N",
      description = "With --file: at most this many starts a second (default: ${DEFAULT-VALUE}).",
      defaultValue = "50")
  private int perSecond;

  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if ((flowId == null) == (file == null)) {
      throw new CommandFailure(
          ExitCodes.USAGE, "Say what to replay: the id of a flow, or --file FILE with starts.");
    }
    return file == null ? one(String.valueOf(flowId)) : all(file);
  }

  private int all(Path starts) throws IOException, InterruptedException {
    if (payload != null || newFlowId != null) {
      throw new CommandFailure(
          ExitCodes.USAGE, "--payload and --flow-id are for a single flow; --file has its own.");
    }
    if (perSecond < 1) {
      throw new CommandFailure(ExitCodes.USAGE, "--per-second must be 1 or more.");
    }
    FileReplay replay = new FileReplay(options.client(), starts, sameIds, perSecond, output);
    return replay.run();
  }

  private int one(String earlier) {
    Map<String, RawJson> body = new LinkedHashMap<>();
    // A replay whose answer is lost can be repeated only under the same id.
    String newId = newFlowId == null ? UUID.randomUUID().toString() : newFlowId;
    body.put("flowId", Json.string(newId));
    if (payload != null) {
      body.put("payload", JsonArguments.json("--payload", payload));
    }
    String path = ServiceClient.flowPath(earlier, "/replay");
    ServiceClient client = options.client();
    JsonNode answer =
        FlowRequest.repeatable(
            "--flow-id", newId, () -> client.post(path, Json.object(body), Duration.ZERO).body());
    if (output.isJson()) {
      output.json(answer);
    } else {
      String raw = answer.path("flowId").asString("");
      String id = Terminal.clean(raw);
      output.line(
          "Started flow %s from the payload of %s"
              .formatted(output.terminal().bold(id), Terminal.clean(earlier)));
      output.note("Follow it with: " + options.hint("watch", raw));
    }
    return ExitCodes.OK;
  }
}
