package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.text.Terminal;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code doundo why}: why a flow does not move, and what helps. */
@Command(
    name = "why",
    description = "Explain why a flow stands still and what helps.",
    mixinStandardHelpOptions = true)
public final class WhyCommand implements Callable<Integer> {

  @Parameters(paramLabel = "FLOW", description = "Id of the flow.")
  private String flowId = "";

  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    JsonNode why = options.client().get(ServiceClient.flowPath(flowId, "/why"));
    if (output.isJson()) {
      output.json(why);
      return ExitCodes.OK;
    }
    boolean isFirst = true;
    for (JsonNode fact : why.path("facts")) {
      String sentence = Terminal.clean(fact.asString(""));
      output.line(isFirst ? output.terminal().bold(sentence) : sentence);
      isFirst = false;
    }
    for (JsonNode suggestion : why.path("suggestions")) {
      output.line(
          "  "
              + Terminal.clean(suggestion.path("label").asString(""))
              + ": "
              + command(suggestion));
    }
    return ExitCodes.OK;
  }

  private String command(JsonNode suggestion) {
    String verb = suggestion.path("verb").asString("").toLowerCase(Locale.ROOT);
    String step = suggestion.path("step").asString("");
    return step.isEmpty() ? options.hint(verb, flowId) : options.hint(verb, flowId, "--step", step);
  }
}
