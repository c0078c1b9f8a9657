package io.doundo.launcher.cli.definition;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.cli.CommandFailure;
import io.doundo.launcher.cli.ServiceJson;
import io.doundo.launcher.text.Terminal;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Work;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Result;
import io.doundo.orchestrator.definition.compiler.document.Suggestions;
import io.doundo.orchestrator.evaluation.PayloadPreview;
import io.doundo.orchestrator.evaluation.PayloadPreview.Line;
import io.doundo.orchestrator.evaluation.PayloadPreview.Outcome;
import io.doundo.protocol.json.RawJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The preview of a flow of one orchestration with a payload, as text and as JSON.
 *
 * @param violations why a start with this payload is rejected; empty when it is not
 * @param steps empty when the start is rejected
 */
record FlowPreview(String orchestration, List<String> violations, List<Line> steps) {

  /**
   * Previews each orchestration of a file.
   *
   * @param results the results of steps, by step name
   * @throws CommandFailure when a result is for a step that no orchestration has
   */
  static List<FlowPreview> ofAll(
      CompiledRegistration compiled, RawJson payload, Map<String, RawJson> results) {
    List<Orchestration> definitions = new ArrayList<>();
    for (Result result : compiled.results()) {
      if (result instanceof Defined defined) {
        definitions.add(defined.orchestration());
      }
    }
    requireKnown(definitions, results.keySet());
    return definitions.stream().map(definition -> of(definition, payload, results)).toList();
  }

  private static FlowPreview of(
      Orchestration definition, RawJson payload, Map<String, RawJson> results) {
    List<String> violations = PayloadPreview.violations(definition, payload);
    return new FlowPreview(
        definition.name(),
        violations,
        violations.isEmpty()
            ? PayloadPreview.of(definition, payload, results, Instant.now())
            : List.of());
  }

  private static void requireKnown(List<Orchestration> definitions, Set<String> named) {
    Set<String> known = new TreeSet<>();
    definitions.forEach(
        definition -> definition.allSteps().stream().map(Step::name).forEach(known::add));
    for (String step : named) {
      if (!known.contains(step)) {
        String meant =
            Suggestions.nearest(step, known)
                .map(near -> "; did you mean " + near + "?")
                .orElse(".");
        throw new CommandFailure(ExitCodes.USAGE, "--result: there is no step " + step + meant);
      }
    }
  }

  /** Whether the start would be rejected, or a step would fail. */
  boolean fails() {
    return !violations.isEmpty()
        || steps.stream().anyMatch(line -> line.outcome() instanceof Outcome.Failed);
  }

  /** One line for each step. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    if (!violations.isEmpty()) {
      lines.add("  A start of " + orchestration + " with this payload is rejected:");
      violations.forEach(violation -> lines.add("    " + Terminal.clean(violation)));
      return lines;
    }
    lines.add("  A flow of " + orchestration + " with this payload, if its steps succeed:");
    int width = steps.stream().mapToInt(line -> line.step().length()).max().orElse(0);
    for (Line line : steps) {
      String step = line.step() + " ".repeat(width - line.step().length());
      lines.add("    " + step + "  " + Terminal.clean(text(line)));
    }
    if (isIncomplete()) {
      lines.add("  Say what a step returns with --result STEP=FILE.");
    }
    return lines;
  }

  private static String text(Line line) {
    Outcome outcome = line.outcome();
    boolean isRequest = line.kind().equals(Work.Http.KIND) || line.kind().equals(Work.Http.WEBHOOK);
    if (isRequest && outcome instanceof Outcome.Sent sent) {
      return "requests " + sent.payload();
    }
    if (outcome instanceof Outcome.Sent sent) {
      return sent.missing().isEmpty()
          ? "is sent " + sent.payload()
          : "is sent %s and the results of %s"
              .formatted(sent.payload(), String.join(", ", sent.missing()));
    }
    if (outcome instanceof Outcome.Computed computed) {
      return "computes " + computed.result();
    }
    if (outcome instanceof Outcome.Chosen chosen) {
      String condition = chosen.condition();
      return "takes branch " + chosen.branch() + (condition == null ? ": else" : ": " + condition);
    }
    if (outcome instanceof Outcome.Asked asked) {
      return "asks \"%s\"%s%s"
          .formatted(
              asked.title(),
              asked.assignee() == null ? "" : ", assignee " + asked.assignee(),
              asked.candidates().isEmpty()
                  ? ""
                  : ", candidates " + String.join(", ", asked.candidates()));
    }
    if (outcome instanceof Outcome.NotTaken notTaken) {
      return "is not taken: " + notTaken.why();
    }
    if (outcome instanceof Outcome.Failed failed) {
      return "fails: " + failed.error();
    }
    if (outcome instanceof Outcome.NotReached notReached) {
      return "is not reached: " + notReached.failed() + " fails";
    }
    if (outcome instanceof Outcome.Unknown unknown) {
      return "depends on the results of " + String.join(", ", unknown.missing());
    }
    return line.kind().equals("validate") ? "holds" : "passes";
  }

  private boolean isIncomplete() {
    return steps.stream()
        .anyMatch(
            line ->
                line.outcome() instanceof Outcome.Unknown
                    || (line.outcome() instanceof Outcome.Sent sent && !sent.missing().isEmpty()));
  }

  /** The preview as JSON, for scripts. */
  ObjectNode json() {
    ObjectNode json = ServiceJson.MAPPER.createObjectNode();
    json.put("orchestrationName", orchestration);
    ArrayNode rejected = json.putArray("violations");
    violations.forEach(rejected::add);
    ArrayNode listed = json.putArray("steps");
    for (Line line : steps) {
      listed.add(json(line));
    }
    return json;
  }

  private static ObjectNode json(Line line) {
    ObjectNode json = ServiceJson.MAPPER.createObjectNode();
    json.put("step", line.step());
    json.put("kind", line.kind());
    Outcome outcome = line.outcome();
    json.put("outcome", word(outcome));
    if (outcome instanceof Outcome.Sent sent) {
      json.set("payload", ServiceJson.MAPPER.readTree(sent.payload().toString()));
      missing(json, sent.missing());
    } else if (outcome instanceof Outcome.Computed computed) {
      json.set("result", ServiceJson.MAPPER.readTree(computed.result().toString()));
    } else if (outcome instanceof Outcome.Chosen chosen) {
      json.put("branch", chosen.branch());
    } else if (outcome instanceof Outcome.Asked asked) {
      json.put("title", asked.title());
      json.put("assignee", asked.assignee());
      ArrayNode candidates = json.putArray("candidates");
      asked.candidates().forEach(candidates::add);
    } else if (outcome instanceof Outcome.NotTaken notTaken) {
      json.put("reason", notTaken.why());
    } else if (outcome instanceof Outcome.Failed failed) {
      json.put("error", failed.error());
    } else if (outcome instanceof Outcome.NotReached notReached) {
      json.put("failed", notReached.failed());
    } else if (outcome instanceof Outcome.Unknown unknown) {
      missing(json, unknown.missing());
    }
    return json;
  }

  private static String word(Outcome outcome) {
    if (outcome instanceof Outcome.Sent) {
      return "sent";
    }
    if (outcome instanceof Outcome.Computed) {
      return "computed";
    }
    if (outcome instanceof Outcome.Chosen) {
      return "chosen";
    }
    if (outcome instanceof Outcome.Asked) {
      return "asked";
    }
    if (outcome instanceof Outcome.NotTaken) {
      return "notTaken";
    }
    if (outcome instanceof Outcome.Failed) {
      return "failed";
    }
    if (outcome instanceof Outcome.NotReached) {
      return "notReached";
    }
    return outcome instanceof Outcome.Unknown ? "unknown" : "passed";
  }

  private static void missing(ObjectNode json, Set<String> steps) {
    ArrayNode missing = json.putArray("missing");
    steps.forEach(missing::add);
  }
}
