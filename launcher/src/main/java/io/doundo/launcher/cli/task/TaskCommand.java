package io.doundo.launcher.cli.task;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.FlowRequest;
import io.doundo.launcher.cli.JsonArguments;
import io.doundo.launcher.cli.OutputOptions;
import io.doundo.launcher.cli.ServiceClient;
import io.doundo.launcher.cli.ServiceOptions;
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
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;

/** {@code doundo task complete|assign}. */
@Command(
    name = "task",
    description = "Complete a task, or assign it.",
    subcommands = {TaskCommand.Complete.class, TaskCommand.Assign.class},
    mixinStandardHelpOptions = true)
public final class TaskCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "Say what to do: complete or assign.");
  }

  /** The common part of both: the task, and how the answer is shown. */
  abstract static sealed class OfOneTask implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "FLOW", description = "Id of the flow.")
    private String flowId = "";

    @Parameters(index = "1", paramLabel = "STEP", description = "Name of the task's step.")
    private String step = "";

    @Option(
        names = "--control-id",
        paramLabel = "ID",
        description = "Id of the request; a repeated id counts once (default: a new id).")
    private @Nullable String controlId;

    @Mixin private ServiceOptions options;
    @Mixin private OutputOptions output;

    /** The path of the request, and the message on success. */
    record Request(String path, String done) {}

    /** Adds the command's own fields to the request. */
    abstract Request addTo(Map<String, RawJson> body);

    @Override
    public Integer call() {
      Map<String, RawJson> body = new LinkedHashMap<>();
      body.put("flowId", Json.string(flowId));
      body.put("step", Json.string(step));
      String id = FlowRequest.addControlId(body, controlId);
      Request request = addTo(body);
      ServiceClient client = options.client();
      JsonNode answer =
          FlowRequest.sent(
              id, () -> client.post(request.path(), Json.object(body), Duration.ZERO).body());
      new FlowRequest(flowId, "the request for task " + step, "task " + step + ' ' + request.done())
          .print(answer, output);
      return ExitCodes.OK;
    }
  }

  /** {@code task complete}. */
  @Command(
      name = "complete",
      description = "Complete a task with an answer that fits its form.",
      mixinStandardHelpOptions = true)
  static final class Complete extends OfOneTask {

    @Option(
        names = {"-p", "--payload"},
        paramLabel = "JSON|@FILE",
        description = "The answer as JSON: the result of the step.")
    private @Nullable String payload;

    @Option(
        names = "--on-behalf-of",
        paramLabel = "NAME",
        description = "The person who completes it; needs a key with the permission act-as.")
    private @Nullable String onBehalfOf;

    @Override
    Request addTo(Map<String, RawJson> body) {
      if (payload != null) {
        body.put("payload", JsonArguments.json("--payload", payload));
      }
      if (onBehalfOf != null) {
        body.put("onBehalfOf", Json.string(onBehalfOf));
      }
      return new Request("/api/tasks/complete", "is completed");
    }
  }

  /** {@code task assign}. */
  @Command(
      name = "assign",
      description = "Assign a task to a person or a group.",
      mixinStandardHelpOptions = true)
  static final class Assign extends OfOneTask {

    @Option(
        names = "--to",
        required = true,
        paramLabel = "NAME",
        description = "A person or a group; empty gives the task back to all its candidates.")
    private String to = "";

    @Option(names = "--reason", paramLabel = "TEXT", description = "For the audit log.")
    private @Nullable String reason;

    @Override
    Request addTo(Map<String, RawJson> body) {
      body.put("assignee", Json.string(to));
      if (reason != null) {
        body.put("reason", Json.string(reason));
      }
      return new Request(
          "/api/tasks/assign",
          to.isBlank() ? "is for all its candidates" : "is for " + Terminal.clean(to));
    }
  }
}
