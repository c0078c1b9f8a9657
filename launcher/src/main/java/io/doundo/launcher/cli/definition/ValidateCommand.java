package io.doundo.launcher.cli.definition;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.CommandFailure;
import io.doundo.launcher.cli.JsonArguments;
import io.doundo.launcher.cli.OutputOptions;
import io.doundo.launcher.cli.Problems;
import io.doundo.launcher.cli.text.ListText;
import io.doundo.launcher.text.Terminal;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Result;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.StatusChanged;
import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import io.doundo.orchestrator.definition.compiler.document.Problem;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code doundo validate}: reports the problems that {@code register} would report, and previews a
 * flow, without a service.
 */
@Command(
    name = "validate",
    description = {
      "Check registration files offline.",
      "With --payload, also show what each step of a flow with this payload would be sent, and which"
          + " branches it would take. Every step is assumed to succeed."
    },
    mixinStandardHelpOptions = true)
public final class ValidateCommand implements Callable<Integer> {

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "Files to read; - for standard input.")
  private List<String> files = List.of();

  @Option(
      names = "--payload",
      paramLabel = "FILE",
      description = "The payload of a start, as JSON; - for standard input.")
  private @Nullable String payloadFile;

  @Option(
      names = "--result",
      paramLabel = "STEP=FILE",
      description = "The result of a step as JSON, for the steps that need it. Repeatable.")
  private Map<String, String> resultFiles = new LinkedHashMap<>();

  @Mixin private OutputOptions output;

  @Override
  public Integer call() {
    if (payloadFile == null && !resultFiles.isEmpty()) {
      throw new CommandFailure(ExitCodes.USAGE, "--result needs --payload: the start's payload.");
    }
    RawJson payload =
        payloadFile == null ? null : JsonArguments.json("--payload", "@" + payloadFile);
    Map<String, RawJson> results = new LinkedHashMap<>();
    resultFiles.forEach(
        (step, file) -> results.put(step, JsonArguments.json("--result " + step, "@" + file)));
    int exitCode = ExitCodes.OK;
    for (String file : files) {
      byte[] document = JsonArguments.file(file);
      CompiledRegistration compiled = RegistrationCompiler.compile(document, Map.of());
      List<Problem> problems = compiled.problems();
      if (!problems.isEmpty()) {
        exitCode = ExitCodes.REFUSED;
      }
      List<FlowPreview> previews =
          payload == null || !problems.isEmpty()
              ? List.of()
              : FlowPreview.ofAll(compiled, payload, results);
      if (previews.stream().anyMatch(FlowPreview::fails)) {
        exitCode = ExitCodes.REFUSED;
      }
      if (output.isJson()) {
        output.json(json(file, compiled, problems, previews, payload != null));
      } else {
        print(file, compiled, problems);
        previews.forEach(preview -> output.lines(preview.lines()));
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
    if (result instanceof StatusChanged changed) {
      return "%s becomes %s: no problems."
          .formatted(changed.orchestrationName(), changed.status().word());
    }
    return result instanceof Defined defined
        ? "%s, %s, %s: no problems."
            .formatted(
                defined.orchestrationName(),
                ListText.count(defined.orchestration().steps().size(), "step"),
                defined.orchestration().type().name().toLowerCase(Locale.ROOT))
        : "worker for %s: no problems.".formatted(result.orchestrationName());
  }

  private static ObjectNode json(
      String file,
      CompiledRegistration compiled,
      List<Problem> problems,
      List<FlowPreview> previews,
      boolean hasPayload) {
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
    if (hasPayload) {
      ArrayNode flows = json.putArray("flows");
      previews.forEach(preview -> flows.add(preview.json()));
    }
    return json;
  }
}
