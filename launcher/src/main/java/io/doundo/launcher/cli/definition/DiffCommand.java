package io.doundo.launcher.cli.definition;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.CommandFailure;
import io.doundo.launcher.cli.JsonArguments;
import io.doundo.launcher.cli.OrchestrationSuggestions;
import io.doundo.launcher.cli.OutputOptions;
import io.doundo.launcher.cli.Problems;
import io.doundo.launcher.cli.ServiceClient;
import io.doundo.launcher.cli.ServiceOptions;
import io.doundo.launcher.cli.text.DiffText;
import io.doundo.launcher.text.Terminal;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Result;
import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/** {@code doundo diff}. */
@Command(
    name = "diff",
    description = "Show what registering a file would change, step by step. Changes nothing.",
    mixinStandardHelpOptions = true)
public final class DiffCommand implements Callable<Integer> {

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE",
      required = true,
      description = "Registration file; - for standard input. Repeatable.")
  private List<String> files = List.of();

  @Option(names = "--exit-code", description = "End with 1 if anything would change.")
  private boolean withExitCode;

  @Mixin private ServiceOptions options;
  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    ServiceClient client = options.client();
    boolean changes = false;
    for (String file : files) {
      CompiledRegistration compiled =
          RegistrationCompiler.compile(JsonArguments.file(file), Map.of());
      if (!compiled.accepted()) {
        throw new CommandFailure(
            ExitCodes.REFUSED,
            "%s cannot be registered:%s".formatted(file, Problems.lines(compiled.problems())));
      }
      for (Result result : compiled.results()) {
        if (result instanceof Defined defined) {
          changes |= print(client, defined.orchestration());
        } else if (!output.isJson()) {
          output.line(
              Terminal.clean(String.valueOf(result.orchestrationName()))
                  + ": declares a worker or a status, and no steps.");
        }
      }
    }
    return changes && withExitCode ? ExitCodes.REFUSED : ExitCodes.OK;
  }

  /** Prints the difference of one orchestration; returns whether there is any. */
  private boolean print(ServiceClient client, Orchestration wanted) {
    JsonNode registered = registered(client, wanted.name());
    JsonNode diff = DefinitionDiff.of(registered, wanted);
    if (output.isJson()) {
      output.json(diff);
    } else {
      output.lines(DiffText.lines(diff, output.terminal()));
    }
    return !diff.path("change").asString("").equals("UNCHANGED");
  }

  /** The newest version; null when there is none. */
  private static @Nullable JsonNode registered(ServiceClient client, String name) {
    try {
      return client.get("/api/orchestrations/" + ServiceClient.segment(name));
    } catch (CommandFailure e) {
      if (OrchestrationSuggestions.isUnknown(e)) {
        return null;
      }
      throw e;
    }
  }
}
