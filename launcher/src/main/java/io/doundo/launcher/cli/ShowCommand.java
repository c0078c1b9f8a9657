package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.text.FlowText;
import io.doundo.launcher.cli.text.ListText;
import io.doundo.launcher.cli.text.TimelineText;
import io.doundo.launcher.text.Table;
import io.doundo.launcher.text.Terminal;
import io.doundo.launcher.text.TimeText;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code doundo show}. */
@Command(
    name = "show",
    description = "Show a flow: its status, its steps and its timeline.",
    mixinStandardHelpOptions = true)
public final class ShowCommand implements Callable<Integer> {

  private static final String AUDIT_OFF = "urn:doundo:problem:audit-off";

  @Parameters(paramLabel = "FLOW", description = "Id of the flow.")
  private String flowId = "";

  @Option(
      names = "--full",
      description = "Show every timeline entry; by default, repeated entries are folded.")
  private boolean full;

  @Option(
      names = {"-s", "--step"},
      paramLabel = "STEP",
      description = "Show only this step: its commands with their answers, and what it was sent.")
  private @Nullable String step;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description =
          "Show what the audit log has of the flow since this time, such as 2026-01-31T12:00:00Z or"
              + " -30d, even if the flow itself is no longer kept.")
  private @Nullable String since;

  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output;
  @Mixin private WebOption web;

  @Override
  public Integer call() {
    if (web.isWanted()) {
      String anchor = step == null ? "" : '#' + ServiceClient.segment(step);
      return web.open(options, WebOption.flowPage(flowId) + anchor, output);
    }
    ServiceClient client = options.client();
    if (step != null) {
      return showStep(client, step);
    }
    if (since != null) {
      return showLog(client, since);
    }
    JsonNode flow = flow(client);
    JsonNode timeline = timeline(client);
    if (output.isJson()) {
      ObjectNode both = ((ObjectNode) flow).deepCopy();
      if (!timeline.isMissingNode()) {
        both.set("timeline", timeline.path("events"));
      }
      output.json(both);
      return ExitCodes.OK;
    }
    output.lines(FlowText.lines(flow, output.terminal(), Instant.now()));
    if (!FlowText.isTerminal(flow.path("status").asString(""))) {
      output.line("");
      output.line("  " + why(client));
    }
    if (!flow.path("status").asString("").equals("COMPLETED")) {
      output.lines(new FlowBlockers(client, output.terminal()).lines(flow));
    }
    if (timeline.isMissingNode()) {
      output.note("No timeline: the service runs with doundo.audit off.");
      return ExitCodes.OK;
    }
    output.line("");
    print(new TimelineText(timeline.path("events"), output.terminal()));
    if (!timeline.path("complete").asBoolean(true)) {
      output.note("The beginning of the timeline has expired.");
    }
    return ExitCodes.OK;
  }

  private JsonNode flow(ServiceClient client) {
    try {
      return client.flow(flowId);
    } catch (CommandFailure e) {
      if (e.exitCode() == ExitCodes.NOT_FOUND && !output.isJson()) {
        output.note("Its audit log may be there: " + options.hint("show", flowId, "--since=-30d"));
      }
      throw e;
    }
  }

  /** The audit log alone, of which nothing is known but the time. */
  private int showLog(ServiceClient client, String from) {
    JsonNode timeline =
        client.get(
            ServiceClient.flowPath(flowId, "/timeline", "since=" + ServiceClient.segment(from)));
    if (output.isJson()) {
      output.json(timeline);
      return ExitCodes.OK;
    }
    if (timeline.path("events").isEmpty()) {
      throw new CommandFailure(
          ExitCodes.NOT_FOUND,
          "The audit log has nothing of %s since %s."
              .formatted(Terminal.clean(flowId), Terminal.clean(from)));
    }
    print(new TimelineText(timeline.path("events"), output.terminal()));
    if (!timeline.path("complete").asBoolean(true)) {
      output.note("Not all of it could be read, or its beginning is older.");
    }
    return ExitCodes.OK;
  }

  private int showStep(ServiceClient client, String name) {
    JsonNode shown =
        client.get(ServiceClient.flowPath(flowId, "/steps/" + ServiceClient.segment(name)));
    if (output.isJson()) {
      output.json(shown);
      return ExitCodes.OK;
    }
    output.line(
        "%s of %s: %s"
            .formatted(
                output.terminal().bold(Terminal.clean(name)),
                Terminal.clean(flowId),
                output.terminal().status(Terminal.clean(shown.path("status").asString("?")))));
    Table commands =
        new Table(
            "COMMAND", "SENT", "TOOK", "HANDLER", "ANSWER", "THEN", "WORKER", "VERSION", "ERROR");
    for (JsonNode attempt : shown.path("attemptLog")) {
      String outcome = attempt.path("outcome").asString("");
      commands.row(
          attempt.path("action").asString("") + ' ' + attempt.path("n").asInt(0),
          TimeText.time(attempt.path("sentAt")),
          TimeText.between(attempt.path("sentAt"), attempt.path("answeredAt")),
          handler(attempt.path("handledMs")),
          outcome.isEmpty() ? "awaited" : outcome,
          attempt.path("followedBy").asString(""),
          attempt.path("worker").asString(""),
          attempt.path("workerVersion").asString(""),
          attempt.path("error").asString(""));
    }
    if (!commands.isEmpty()) {
      output.lines(commands.lines(output.terminal(), ""));
    }
    JsonNode input = shown.path("input");
    if (!input.isMissingNode() && !input.isNull()) {
      output.line("sent: " + Terminal.clean(input.toString()));
    }
    if (!shown.path("complete").asBoolean(true)) {
      output.note("Not all of its commands were found in the audit log.");
    }
    return ExitCodes.OK;
  }

  /** How long the handler ran; empty when the worker does not say. */
  private static String handler(JsonNode handledMs) {
    return handledMs.isNumber() ? TimeText.duration(handledMs.longValue()) : "";
  }

  private void print(TimelineText timeline) {
    List<String> all = timeline.inFull();
    List<String> lines = full ? all : timeline.folded();
    output.lines(lines);
    if (lines.size() < all.size()) {
      output.note(
          "The timeline has %s; show all of them: %s"
              .formatted(
                  ListText.count(all.size(), "line"),
                  since == null
                      ? options.hint("show", flowId, "--full")
                      : options.hint("show", flowId, "--full", "--since=" + since)));
    }
  }

  /** Why the flow does not move. The flow is shown even if the reason is not available. */
  private String why(ServiceClient client) {
    try {
      String headline =
          client.get(ServiceClient.flowPath(flowId, "/why")).path("headline").asString("");
      return output.terminal().bold(Terminal.clean(headline));
    } catch (CommandFailure e) {
      return "The reason why the flow waits cannot be looked up: "
          + Terminal.clean(String.valueOf(e.getMessage()));
    }
  }

  /** The timeline, or nothing where none is written. */
  private JsonNode timeline(ServiceClient client) {
    try {
      return client.timeline(flowId);
    } catch (CommandFailure e) {
      if (!e.problemType().equals(AUDIT_OFF)) {
        throw e;
      }
      return MissingNode.getInstance();
    }
  }
}
