package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code doundo show}. */
@Command(
    name = "show",
    description = "Show a flow: where it stands, its steps, and what happened in order.",
    mixinStandardHelpOptions = true)
public final class ShowCommand implements Callable<Integer> {

  private static final String AUDIT_OFF = "urn:doundo:problem:audit-off";

  @Parameters(paramLabel = "FLOW", description = "The flow's id.")
  private String flowId = "";

  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    ServiceClient client = options.client();
    String path = "/api/flows/" + ServiceClient.segment(flowId);
    JsonNode flow = client.get(path);
    JsonNode timeline = timeline(client, path + "/timeline");
    if (output.isJson()) {
      ObjectNode both = ((ObjectNode) flow).deepCopy();
      if (!timeline.isMissingNode()) {
        both.set("timeline", timeline.path("events"));
      }
      output.json(both);
      return ExitCodes.OK;
    }
    output.lines(FlowText.lines(flow, output.terminal()));
    if (timeline.isMissingNode()) {
      output.note("There is no timeline: the service runs with doundo.audit off.");
      return ExitCodes.OK;
    }
    output.line("");
    for (JsonNode entry : timeline.path("events")) {
      output.line(FlowText.entry(entry, output.terminal()));
    }
    if (!timeline.path("complete").asBoolean(true)) {
      output.note("The beginning of the timeline is no longer kept.");
    }
    return ExitCodes.OK;
  }

  /** The timeline, or nothing where none is written. */
  private static JsonNode timeline(ServiceClient client, String path) {
    try {
      return client.get(path);
    } catch (CommandFailure e) {
      JsonNode problem = e.problem();
      if (problem == null || !problem.path("type").asString("").equals(AUDIT_OFF)) {
        throw e;
      }
      return MissingNode.getInstance();
    }
  }
}
