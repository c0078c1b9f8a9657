package io.doundo.launcher.cli.tool;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.OutputOptions;
import io.doundo.launcher.cli.ServiceOptions;
import io.doundo.launcher.text.Terminal;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

/** {@code doundo whoami}. */
@Command(
    name = "whoami",
    description = "Show who you are to the service, what you may do, and which service it is.",
    mixinStandardHelpOptions = true)
public final class WhoamiCommand implements Callable<Integer> {

  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    JsonNode me = options.client().get("/api/me");
    if (output.isJson()) {
      output.json(me);
      return ExitCodes.OK;
    }
    output.line(
        "%s with the role %s at %s"
            .formatted(
                output.terminal().bold(Terminal.clean(me.path("principal").asString("?"))),
                Terminal.clean(me.path("role").asString("?")),
                options.url()));
    for (Map.Entry<String, JsonNode> fact : me.properties()) {
      boolean isTold = fact.getKey().equals("principal") || fact.getKey().equals("role");
      if (!isTold && !fact.getValue().isNull()) {
        output.line(
            "  %-14s%s"
                .formatted(Terminal.clean(fact.getKey()), Terminal.clean(text(fact.getValue()))));
      }
    }
    return ExitCodes.OK;
  }

  private static String text(JsonNode value) {
    return value.isContainer() ? value.toString() : value.asString("");
  }
}
