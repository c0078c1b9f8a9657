package io.doundo.launcher.cli.definition;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.OutputOptions;
import io.doundo.launcher.cli.ServiceClient;
import io.doundo.launcher.cli.ServiceOptions;
import io.doundo.launcher.text.Terminal;
import io.doundo.orchestrator.definition.OrchestrationStatus;
import io.doundo.protocol.json.Json;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code doundo definitions activate|pause|retire|draft NAME}. */
abstract sealed class OrchestrationStatusCommand implements Callable<Integer> {

  @Parameters(paramLabel = "NAME", description = "The orchestration.")
  private String name = "";

  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output;

  abstract OrchestrationStatus status();

  @Override
  public Integer call() {
    ServiceClient client = options.client();
    // An unknown name is a mistake here, although a status could be registered for it.
    DefinitionsCommand.one(client, name);
    byte[] document =
        Json.MAPPER.writeValueAsBytes(
            Json.MAPPER
                .createObjectNode()
                .put("orchestrationName", name)
                .put("status", status().word()));
    JsonNode answer = client.register(document, "application/json", "");
    if (output.isJson()) {
      output.json(answer);
    } else {
      answer.path("registrations").forEach(this::print);
    }
    return ExitCodes.OK;
  }

  private void print(JsonNode registered) {
    boolean changed = registered.path("changed").asBoolean(true);
    String now = status() == OrchestrationStatus.ACTIVE ? "accepts starts" : "accepts no starts";
    output.line(
        "%s is %s%s: it %s; running flows continue."
            .formatted(
                output.terminal().bold(Terminal.clean(name)),
                changed ? "" : "already ",
                status().word(),
                now));
  }

  /** {@code activate}. */
  @Command(
      name = "activate",
      description = "Let an orchestration accept starts.",
      mixinStandardHelpOptions = true)
  public static final class Activate extends OrchestrationStatusCommand {
    @Override
    OrchestrationStatus status() {
      return OrchestrationStatus.ACTIVE;
    }
  }

  /** {@code pause}. */
  @Command(
      name = "pause",
      description = "Let an orchestration accept no starts for a while. Running flows continue.",
      mixinStandardHelpOptions = true)
  public static final class Pause extends OrchestrationStatusCommand {
    @Override
    OrchestrationStatus status() {
      return OrchestrationStatus.PAUSED;
    }
  }

  /** {@code retire}. */
  @Command(
      name = "retire",
      description = "Let an orchestration accept no starts any more. Running flows continue.",
      mixinStandardHelpOptions = true)
  public static final class Retire extends OrchestrationStatusCommand {
    @Override
    OrchestrationStatus status() {
      return OrchestrationStatus.RETIRED;
    }
  }

  /** {@code draft}. */
  @Command(
      name = "draft",
      description = "Make an orchestration a draft, which accepts no starts yet.",
      mixinStandardHelpOptions = true)
  public static final class Draft extends OrchestrationStatusCommand {
    @Override
    OrchestrationStatus status() {
      return OrchestrationStatus.DRAFT;
    }
  }
}
