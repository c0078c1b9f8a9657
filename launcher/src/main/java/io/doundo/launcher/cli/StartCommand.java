package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import io.doundo.orchestrator.definition.compiler.Durations;
import io.doundo.protocol.Json;
import io.doundo.protocol.RawJson;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Stack;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code doundo start}. */
@Command(
    name = "start",
    description = "Start a flow of an orchestration.",
    mixinStandardHelpOptions = true)
public final class StartCommand implements Callable<Integer> {

  @Parameters(paramLabel = "NAME", description = "The orchestration.")
  private String name = "";

  @Option(
      names = {"-p", "--payload"},
      paramLabel = "JSON|@FILE",
      description = "What the flow is about; @- reads standard input (default: {}).",
      defaultValue = "{}")
  private String payload = "{}";

  @Option(
      names = "--flow-id",
      paramLabel = "ID",
      description = "The same start under the same id starts nothing (default: a new one).")
  private @Nullable String flowId;

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      arity = "0..1",
      parameterConsumer = WaitConsumer.class,
      description = "Wait for the end, for example --wait=2m (without a time: 30s).")
  private @Nullable Duration wait;

  @Option(
      names = "--allow-unregistered",
      description = "Let the flow wait a while for its orchestration to be registered.")
  private boolean allowUnregistered;

  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    Map<String, RawJson> start = new LinkedHashMap<>();
    start.put("orchestrationName", Json.string(name));
    if (flowId != null) {
      start.put("flowId", Json.string(flowId));
    }
    start.put("payload", Payloads.json("--payload", payload));
    Duration waited = wait == null ? Duration.ZERO : wait;
    Map<String, String> query = new LinkedHashMap<>();
    query.put("wait", wait == null ? "" : waited.toMillis() + "ms");
    query.put("allowUnregistered", allowUnregistered ? "true" : "");
    ServiceClient.Answer answer =
        options
            .client()
            .post(
                "/api/orchestrations/execute" + ServiceClient.query(query),
                Json.object(start),
                waited);
    if (output.isJson()) {
      output.json(answer.body());
    } else {
      print(answer);
    }
    return exitCode(answer);
  }

  private int exitCode(ServiceClient.Answer answer) {
    if (wait == null) {
      return ExitCodes.OK;
    }
    return answer.status() == 202
        ? ExitCodes.NOT_YET
        : FlowText.exitCode(answer.body().path("status").asString(""));
  }

  private void print(ServiceClient.Answer answer) {
    JsonNode flow = answer.body();
    String id = Terminal.clean(flow.path("flowId").asString(""));
    if (answer.status() == 200) {
      output.lines(FlowText.lines(flow, output.terminal()));
    } else if (wait == null) {
      output.line("Started flow " + output.terminal().bold(id));
      output.note("Follow it with: doundo watch " + id);
    } else {
      output.line("Flow " + output.terminal().bold(id) + " still runs.");
      output.note("Follow it with: doundo watch " + id);
    }
  }

  /** Takes the next argument only when it is a time, so that {@code --wait NAME} is understood. */
  static final class WaitConsumer implements IParameterConsumer {

    private static final Duration WITHOUT_A_TIME = Duration.ofSeconds(30);

    @Override
    public void consumeParameters(Stack<String> arguments, ArgSpec argument, CommandSpec command) {
      Duration given = arguments.isEmpty() ? null : Durations.parse(arguments.peek());
      if (given != null) {
        arguments.pop();
      }
      argument.setValue(given == null ? WITHOUT_A_TIME : given);
    }
  }
}
