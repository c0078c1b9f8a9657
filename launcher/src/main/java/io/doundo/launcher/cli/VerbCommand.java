package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.Json;
import io.doundo.protocol.RawJson;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** One of the verbs by which an operator controls a flow; each is a command of its own. */
@Command(mixinStandardHelpOptions = true)
public final class VerbCommand implements Callable<Integer> {

  private final ControlAction verb;

  @Parameters(paramLabel = "FLOW", description = "The flow's id.")
  private String flowId = "";

  @Option(
      names = {"-s", "--step"},
      paramLabel = "STEP",
      description = "The step it is about, where there is a choice.")
  private @Nullable String step;

  @Option(
      names = {"-r", "--reason"},
      paramLabel = "TEXT",
      description = "Why; it stands in the audit log.")
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
      description = "The same request under the same id is carried out once (default: a new one).")
  private @Nullable String controlId;

  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output;

  private VerbCommand(ControlAction verb) {
    this.verb = verb;
  }

  /** Adds a command for each verb. */
  public static void addTo(CommandLine commands) {
    for (ControlAction verb : ControlAction.values()) {
      CommandLine command = new CommandLine(new VerbCommand(verb));
      command.getCommandSpec().usageMessage().description(description(verb));
      commands.addSubcommand(name(verb), command);
    }
  }

  private static String name(ControlAction verb) {
    return verb.name().toLowerCase(Locale.ROOT);
  }

  private static String description(ControlAction verb) {
    return switch (verb) {
      case UNDO -> "Undo a flow, also a completed one within its undo window.";
      case CANCEL -> "Stop a running flow, and undo what it has done.";
      case RETRY -> "Try a failed step again, if need be with another input.";
      case SKIP -> "Go on without a step.";
      case RESOLVE -> "Say what became of a step, after finding out by other means.";
      case PAUSE -> "Send nothing more until resume; answers are still taken.";
      case RESUME -> "Go on with a paused flow.";
      case ABANDON -> "Give a flow up, without undoing anything.";
    };
  }

  @Override
  public Integer call() {
    Map<String, RawJson> body = new LinkedHashMap<>();
    put(body, "stepName", step);
    put(body, "reason", reason);
    put(body, "controlId", controlId);
    if (payload != null) {
      body.put("payload", Payloads.json("--payload", payload));
    }
    String path = "/api/flows/" + ServiceClient.segment(flowId) + '/' + name(verb);
    JsonNode answer = options.client().post(path, Json.object(body), Duration.ZERO).body();
    if (output.isJson()) {
      output.json(answer);
    } else if (answer.has("note")) {
      output.line(
          "%s: %s was sent. %s"
              .formatted(
                  output.terminal().bold(Terminal.clean(flowId)),
                  name(verb),
                  Terminal.clean(answer.path("note").asString(""))));
    } else {
      output.line(
          "%s: %s accepted; the flow is %s."
              .formatted(
                  output.terminal().bold(Terminal.clean(flowId)),
                  name(verb),
                  output.terminal().status(Terminal.clean(answer.path("status").asString("?")))));
    }
    return ExitCodes.OK;
  }

  private static void put(Map<String, RawJson> body, String field, @Nullable String text) {
    if (text != null) {
      body.put(field, Json.string(text));
    }
  }
}
