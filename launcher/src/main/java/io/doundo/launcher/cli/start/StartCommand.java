package io.doundo.launcher.cli.start;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.CommandFailure;
import io.doundo.launcher.cli.FlowRequest;
import io.doundo.launcher.cli.JsonArguments;
import io.doundo.launcher.cli.OrchestrationSuggestions;
import io.doundo.launcher.cli.OutputOptions;
import io.doundo.launcher.cli.ServiceClient;
import io.doundo.launcher.cli.ServiceOptions;
import io.doundo.launcher.cli.Shell;
import io.doundo.launcher.cli.text.FlowText;
import io.doundo.launcher.text.Terminal;
import io.doundo.orchestrator.definition.Durations;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Stack;
import java.util.UUID;
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
      description = "Payload of the flow as JSON; @- reads standard input (default: {}).",
      defaultValue = "{}")
  private String payload = "{}";

  @Option(
      names = "--flow-id",
      paramLabel = "ID",
      description =
          "Id of the flow; repeating a start with the same id starts nothing (default: a new id).")
  private @Nullable String flowId;

  @Option(
      names = "--wait",
      paramLabel = "TIME",
      arity = "0..1",
      parameterConsumer = WaitConsumer.class,
      description = "Wait for the flow to end, for example --wait=2m (without a value: 30s).")
  private @Nullable Duration wait;

  @Option(
      names = "--allow-unregistered",
      description =
          "Accept the start even if the orchestration is not registered yet; the flow waits for it.")
  private boolean allowUnregistered;

  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    Map<String, RawJson> start = new LinkedHashMap<>();
    start.put("orchestrationName", Json.string(name));
    // A start whose answer is lost can be repeated only under the same id.
    String id = flowId == null ? UUID.randomUUID().toString() : flowId;
    start.put("flowId", Json.string(id));
    start.put("payload", JsonArguments.json("--payload", payload));
    Duration waited = wait == null ? Duration.ZERO : wait;
    Map<String, String> query = new LinkedHashMap<>();
    query.put("wait", wait == null ? "" : waited.toMillis() + "ms");
    query.put("allowUnregistered", allowUnregistered ? "true" : "");
    ServiceClient client = options.client();
    ServiceClient.Response answer;
    try {
      answer =
          FlowRequest.repeatable(
              "--flow-id",
              id,
              () ->
                  client.post(
                      "/api/orchestrations/execute" + ServiceClient.query(query),
                      Json.object(start),
                      waited));
    } catch (CommandFailure e) {
      throw OrchestrationSuggestions.isUnknown(e) ? unknown(client, e) : e;
    }
    if (output.isJson()) {
      output.json(answer.body());
    } else {
      print(answer);
    }
    return exitCode(answer);
  }

  private int exitCode(ServiceClient.Response answer) {
    if (wait == null) {
      return ExitCodes.OK;
    }
    return answer.status() == 202
        ? ExitCodes.NOT_YET
        : FlowText.exitCode(answer.body().path("status").asString(""));
  }

  private CommandFailure unknown(ServiceClient client, CommandFailure refusal) {
    return new CommandFailure(
        refusal.exitCode(),
        "The orchestration \"%s\" is not registered.%s Register it with \"%s register FILE\", or use --allow-unregistered to let the flow wait for the registration."
            .formatted(
                Terminal.clean(name),
                OrchestrationSuggestions.suggestion(client, name),
                Shell.command()),
        refusal.problem(),
        refusal);
  }

  private void print(ServiceClient.Response answer) {
    JsonNode flow = answer.body();
    String raw = flow.path("flowId").asString("");
    String id = Terminal.clean(raw);
    if (answer.status() == 200) {
      output.lines(FlowText.lines(flow, output.terminal(), Instant.now()));
    } else if (wait == null) {
      output.line("Started flow " + output.terminal().bold(id));
      output.note("Follow it with: " + options.hint("watch", raw));
    } else {
      output.line("Flow " + output.terminal().bold(id) + " is still running.");
      output.note("Follow it with: " + options.hint("watch", raw));
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
