package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.text.FlowText;
import io.doundo.launcher.cli.text.ListText;
import io.doundo.launcher.cli.text.TimelineText;
import io.doundo.launcher.text.Terminal;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
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

  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output;
  @Mixin private WebOption web;

  @Override
  public Integer call() {
    if (web.isWanted()) {
      return web.open(options, WebOption.flowPage(flowId), output);
    }
    ServiceClient client = options.client();
    JsonNode flow = client.flow(flowId);
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

  private void print(TimelineText timeline) {
    List<String> all = timeline.inFull();
    List<String> lines = full ? all : timeline.folded();
    output.lines(lines);
    if (lines.size() < all.size()) {
      output.note(
          "The timeline has %s; show all of them: %s"
              .formatted(
                  ListText.count(all.size(), "line"), options.hint("show", flowId, "--full")));
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
