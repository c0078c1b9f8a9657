package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.text.Terminal;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/**
 * One of the verbs by which an operator controls a flow; each is a separate command. Irreversible
 * ones ask for confirmation on a terminal.
 */
@Command(mixinStandardHelpOptions = true)
public final class VerbCommand implements Callable<Integer> {

  private final ControlAction verb;
  private final ConfirmationPrompt questions;

  @Parameters(
      paramLabel = "FLOW",
      arity = "0..*",
      description =
          "Id of the flow; several make a bulk job. Without any, the filters below select the"
              + " flows; --step is then also the step of retry, skip and resolve.")
  private List<String> flows = List.of();

  private String flowId = "";

  @Mixin private BulkOptions bulk;

  @Option(
      names = {"-r", "--reason"},
      paramLabel = "TEXT",
      description = "Reason, recorded in the audit log.")
  private @Nullable String reason;

  @Option(
      names = {"-p", "--payload"},
      paramLabel = "JSON|@FILE",
      description =
          "For retry: the step's new input. For resolve: {\"outcome\":\"DONE\"|\"NO_EFFECT\",\"result\":{…}}.")
  private @Nullable String payload;

  @Option(
      names = "--control-id",
      paramLabel = "ID",
      description = "Id of the request; a repeated id is applied once (default: a new id).")
  private @Nullable String controlId;

  @Option(
      names = "--dry-run",
      description = "Show what would happen, or the reason for a refusal, and send nothing.")
  private boolean dryRun;

  @Option(
      names = {"-y", "--yes"},
      description =
          "Do not ask for confirmation of undo, cancel, skip and abandon, or of many flows.")
  private boolean yes;

  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output;

  private VerbCommand(ControlAction verb, ConfirmationPrompt questions) {
    this.verb = verb;
    this.questions = questions;
  }

  /** The command of a verb. */
  public static CommandLine of(ControlAction verb, ConfirmationPrompt questions) {
    CommandLine command = new CommandLine(new VerbCommand(verb, questions));
    command.getCommandSpec().usageMessage().description(description(verb));
    return command;
  }

  public static String name(ControlAction verb) {
    return verb.name().toLowerCase(Locale.ROOT);
  }

  private static String description(ControlAction verb) {
    return switch (verb) {
      case UNDO -> "Undo a flow, or a completed one within its undo window.";
      case CANCEL -> "Stop a running flow and undo its steps.";
      case RETRY -> "Retry a failed step, optionally with another input.";
      case SKIP -> "Continue without a step.";
      case RESOLVE -> "Record the outcome of a step that you found out by other means.";
      case PAUSE -> "Stop sending commands until resume; answers are still accepted.";
      case RESUME -> "Continue a paused flow.";
      case ABANDON -> "End a flow without undoing anything.";
      case SIGNAL, ASSIGN -> throw new IllegalArgumentException(verb + " has a command of its own");
    };
  }

  /** The consequence to confirm; null for reversible verbs. */
  private @Nullable String consequence() {
    return switch (verb) {
      case UNDO, CANCEL -> "Every step that may have had an effect is undone.";
      case SKIP -> "The step is neither retried nor undone; any effect it had is left standing.";
      case ABANDON -> "The flow ends, nothing is undone, and every effect it had is left standing.";
      case RETRY, RESOLVE, PAUSE, RESUME, SIGNAL, ASSIGN -> null;
    };
  }

  @Override
  public Integer call() {
    String step = bulk.step();
    boolean stepNeeded = verb == ControlAction.SKIP || verb == ControlAction.RESOLVE;
    if (flows.isEmpty()) {
      return ofMany(bulk.verbStep());
    }
    if (flows.stream().anyMatch(String::isBlank)) {
      throw new CommandFailure(
          ExitCodes.USAGE,
          "The id of a flow is empty. Is a variable in a script empty? Nothing was sent.");
    }
    flowId = flows.get(0);
    if (flows.size() > 1) {
      return ofThese(step);
    }
    if (bulk.isGiven()) {
      throw new CommandFailure(
          ExitCodes.USAGE,
          "%s names the flow %s, and also filters for many flows: leave out one or the other."
              .formatted(name(verb), Terminal.clean(flowId)));
    }
    if (stepNeeded && step == null) {
      throw new CommandFailure(
          ExitCodes.USAGE,
          "%s needs a step: add --step STEP. The flow's steps: %s"
              .formatted(name(verb), options.hint("show", flowId)));
    }
    Map<String, RawJson> body = new LinkedHashMap<>();
    put(body, "stepName", step);
    put(body, "reason", reason);
    String id = FlowRequest.addControlId(body, controlId);
    if (payload != null) {
      body.put("payload", JsonArguments.json("--payload", payload));
    }
    ServiceClient client = options.client();
    if (dryRun) {
      printForecast(send(client, body));
      return ExitCodes.OK;
    }
    String consequence = consequence();
    if (consequence != null && !yes && questions.canBeAsked() && !isAgreedTo(client, consequence)) {
      output.note("Nothing was sent.");
      return ExitCodes.REFUSED;
    }
    JsonNode answer = FlowRequest.sent(id, () -> send(client, body));
    new FlowRequest(flowId, name(verb), name(verb) + " accepted").print(answer, output);
    return ExitCodes.OK;
  }

  private int ofMany(@Nullable String step) {
    if (!bulk.hasFilter()) {
      throw new CommandFailure(
          ExitCodes.USAGE,
          "%s needs the id of a flow, or a filter for many beside --step, such as --status PARKED."
              .formatted(name(verb)));
    }
    Map<String, RawJson> body = new LinkedHashMap<>();
    bulk.addTo(body);
    return job(step, body);
  }

  private int ofThese(@Nullable String step) {
    if (bulk.hasFilter() || bulk.hasVerbStep()) {
      throw new CommandFailure(
          ExitCodes.USAGE,
          "%s names %d flows, and also filters for many flows: leave out one or the other."
              .formatted(name(verb), flows.size()));
    }
    Map<String, RawJson> body = new LinkedHashMap<>();
    body.put("flowIds", Json.of(Json.MAPPER.valueToTree(flows)));
    bulk.addRate(body);
    return job(step, body);
  }

  /** Makes a job of the flows that the body names. */
  private int job(@Nullable String step, Map<String, RawJson> body) {
    if (controlId != null) {
      throw new CommandFailure(
          ExitCodes.USAGE,
          "--control-id is for a single flow; each request of a job has its own. Leave it out.");
    }
    if (reason == null) {
      throw new CommandFailure(
          ExitCodes.USAGE,
          "A request for many flows needs a reason for their audit logs: add --reason TEXT.");
    }
    boolean isOfStep =
        verb == ControlAction.RETRY || verb == ControlAction.SKIP || verb == ControlAction.RESOLVE;
    put(body, "step", isOfStep ? step : null);
    put(body, "reason", reason);
    if (payload != null) {
      body.put("payload", JsonArguments.json("--payload", payload));
    }
    return BulkVerb.of(verb, options.client(), output, questions)
        .run(body, new BulkVerb.Start(dryRun, yes, bulk.expected(), bulk.isTrial()));
  }

  private boolean isAgreedTo(ServiceClient client, String consequence) {
    JsonNode flow = client.flow(flowId);
    output.note(
        "%s of %s is %s. %s"
            .formatted(
                output.terminal().bold(Terminal.clean(flowId)),
                Terminal.clean(flow.path("orchestrationName").asString("?")),
                output.terminal().status(Terminal.clean(flow.path("status").asString("?"))),
                steps(flow)));
    return questions.isConfirmed(
        output.err(), "%s %s Continue?".formatted(Terminal.clean(subject()), consequence));
  }

  private String subject() {
    String step = bulk.step();
    return name(verb) + (step == null ? "" : " step " + step) + ':';
  }

  private static String steps(JsonNode flow) {
    return StreamSupport.stream(flow.path("steps").spliterator(), false)
        .filter(one -> !one.path("status").asString("").equals("PENDING"))
        .map(one -> one.path("name").asString("") + ' ' + one.path("status").asString(""))
        .map(Terminal::clean)
        .collect(Collectors.joining(", ", "Steps so far: ", "."));
  }

  /** Sends it; a refusal speaks of the field of a record, here it is an option. */
  private JsonNode send(ServiceClient client, Map<String, RawJson> body) {
    try {
      String route = '/' + name(verb);
      String path =
          dryRun
              ? ServiceClient.flowPath(flowId, route, "dryRun=true")
              : ServiceClient.flowPath(flowId, route);
      return client.post(path, Json.object(body), Duration.ZERO).body();
    } catch (CommandFailure e) {
      String message = String.valueOf(e.getMessage()).replace("stepName", "--step");
      throw new CommandFailure(e.exitCode(), message, e.problem(), e);
    }
  }

  private void printForecast(JsonNode answer) {
    if (output.isJson()) {
      output.json(answer);
      return;
    }
    JsonNode wouldBe = answer.path("wouldBe");
    output.line(
        "%s: %s would be accepted; the flow would be %s. Nothing was sent."
            .formatted(
                output.terminal().bold(Terminal.clean(flowId)),
                name(verb),
                output.terminal().status(Terminal.clean(wouldBe.path("status").asString("?")))));
    for (JsonNode event : wouldBe.path("events")) {
      output.line("  " + Terminal.clean(entry(event)));
    }
    for (JsonNode command : wouldBe.path("commands")) {
      String id = command.path("commandId").asString("");
      output.line(
          "  sends %s %s%s"
              .formatted(
                  Terminal.clean(command.path("action").asString("")),
                  Terminal.clean(command.path("step").asString("")),
                  id.isEmpty() ? "" : " [" + Terminal.clean(id) + ']'));
    }
    for (JsonNode parts : wouldBe.path("parts")) {
      output.line(
          "  asks %d of the parts of %s: %s"
              .formatted(
                  parts.path("parts").asInt(0),
                  Terminal.clean(parts.path("step").asString("")),
                  Terminal.clean(parts.path("verb").asString(""))));
    }
  }

  private static String entry(JsonNode event) {
    String step = event.path("step").asString("");
    String reason = event.path("reason").asString("");
    return event.path("type").asString("")
        + (step.isEmpty() ? "" : " " + step)
        + (reason.isEmpty() ? "" : ": " + reason);
  }

  private static void put(Map<String, RawJson> body, String field, @Nullable String text) {
    if (text != null) {
      body.put(field, Json.string(text));
    }
  }
}
