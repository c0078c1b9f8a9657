package io.doundo.launcher.cli;

import io.doundo.launcher.ExitCodes;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Result;
import io.doundo.orchestrator.definition.compiler.Problem;
import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import io.doundo.protocol.json.Json;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code doundo validate}: what {@code register} would say, without a service. */
@Command(
    name = "validate",
    description = "Check registration files offline.",
    mixinStandardHelpOptions = true)
public final class ValidateCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "Files to read; - for standard input.")
  private List<String> files = List.of();

  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    int exitCode = ExitCodes.OK;
    for (String file : files) {
      byte[] document = JsonArguments.file(file);
      CompiledRegistration compiled = RegistrationCompiler.compile(document, Map.of());
      List<Problem> problems = compiled.problems();
      if (!problems.isEmpty()) {
        exitCode = ExitCodes.REFUSED;
      }
      if (output.isJson()) {
        output.json(json(file, compiled, problems));
      } else {
        print(file, compiled, problems);
      }
    }
    return exitCode;
  }

  private void print(String file, CompiledRegistration compiled, List<Problem> problems) {
    if (problems.isEmpty()) {
      compiled.results().forEach(result -> output.line(file + ": " + accepted(result)));
    } else {
      output.line(
          "%s: %d %s:%s"
              .formatted(
                  file,
                  problems.size(),
                  problems.size() == 1 ? "problem" : "problems",
                  Problems.lines(problems)));
    }
    for (Result result : compiled.results()) {
      result.warnings().forEach(warning -> output.line("  warning: " + Terminal.clean(warning)));
    }
  }

  private static String accepted(Result result) {
    return result instanceof Defined defined
        ? "%s, %s, %s: no problems."
            .formatted(
                defined.orchestrationName(),
                ListText.count(defined.orchestration().steps().size(), "step"),
                defined.orchestration().type().name().toLowerCase(Locale.ROOT))
        : "worker for %s: no problems.".formatted(result.orchestrationName());
  }

  private static ObjectNode json(
      String file, CompiledRegistration compiled, List<Problem> problems) {
    ObjectNode json = Json.MAPPER.createObjectNode();
    json.put("file", file);
    json.put("valid", problems.isEmpty());
    ArrayNode names = json.putArray("orchestrations");
    ArrayNode warnings = json.putArray("warnings");
    for (Result result : compiled.results()) {
      String name = result.orchestrationName();
      if (name != null) {
        names.add(name);
      }
      result.warnings().forEach(warnings::add);
    }
    ArrayNode listed = json.putArray("problems");
    problems.forEach(problem -> listed.add(Json.MAPPER.<ObjectNode>valueToTree(problem)));
    return json;
  }
}
