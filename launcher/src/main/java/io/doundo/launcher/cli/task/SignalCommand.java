package io.doundo.launcher.cli.task;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.FlowRequest;
import io.doundo.launcher.cli.JsonArguments;
import io.doundo.launcher.cli.OutputOptions;
import io.doundo.launcher.cli.ServiceClient;
import io.doundo.launcher.cli.ServiceOptions;
import io.doundo.protocol.Names;
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

/** {@code doundo signal}: sends a signal to a flow, and reports whether a step can take it. */
@Command(name = "signal", description = "Send a signal that a step of a flow waits for.")
public final class SignalCommand implements Callable<Integer> {

  @Parameters(index = "0", paramLabel = "FLOW", description = "Id of the flow.")
  private String flowId = "";

  @Parameters(index = "1", paramLabel = "NAME", description = "Name of the signal.")
  private String name = "";

  @Option(
      names = {"-p", "--payload"},
      paramLabel = "JSON|@FILE",
      description = "Payload of the signal: the result of the step that waits for it.")
  private @Nullable String payload;

  @Option(
      names = "--control-id",
      paramLabel = "ID",
      description = "Id of the signal; a repeated id counts once (default: a new id).")
  private @Nullable String controlId;

  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    FlowRequest.check("The signal's name", name, Names.refuse(name));
    Map<String, RawJson> body = new LinkedHashMap<>();
    String id = FlowRequest.addControlId(body, controlId);
    if (payload != null) {
      body.put("payload", JsonArguments.json("--payload", payload));
    }
    String path = ServiceClient.flowPath(flowId, "/signals/" + ServiceClient.segment(name));
    ServiceClient client = options.client();
    JsonNode answer =
        FlowRequest.sent(id, () -> client.post(path, Json.object(body), Duration.ZERO).body());
    new FlowRequest(flowId, "signal " + name, "signal " + name + " accepted").print(answer, output);
    return ExitCodes.OK;
  }
}
