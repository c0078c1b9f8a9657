package io.doundo.orchestrator.evaluation;

import io.doundo.expression.Bindings;
import io.doundo.expression.EvaluationException;
import io.doundo.expression.ExpressionCompiler;
import io.doundo.expression.JsonSchema;
import io.doundo.expression.Reads;
import io.doundo.expression.Template;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The expressions of one orchestration. Those of a step are compiled when the first flow needs
 * them, and then kept. Not thread-safe.
 */
public final class OrchestrationPrograms {

  private final Orchestration definition;
  private final @Nullable StepPrograms[] steps;
  private final @Nullable PartPrograms[] parts;
  private final @Nullable JsonSchema payload;
  private final @Nullable Template result;

  public OrchestrationPrograms(Orchestration definition) {
    this.definition = definition;
    this.steps = new StepPrograms[definition.steps().size()];
    this.parts = new PartPrograms[definition.steps().size()];
    String schema = definition.contract().payload();
    this.payload = schema == null ? null : JsonSchema.of(Json.MAPPER.readTree(schema));
    String told = definition.contract().result();
    this.result =
        told == null
            ? null
            : ExpressionCompiler.ofStored()
                .template("result", Json.MAPPER.readTree(told))
                .orElseThrow();
  }

  /**
   * The expressions of a step.
   *
   * @param step index in the definition
   */
  public StepPrograms step(int step) {
    StepPrograms known = steps[step];
    if (known == null) {
      known = StepPrograms.of(definition.steps().get(step));
      steps[step] = known;
    }
    return known;
  }

  /**
   * The expressions of a step with parts.
   *
   * @param step index in the definition
   */
  PartPrograms parts(int step) {
    PartPrograms known = parts[step];
    if (known == null) {
      if (!(definition.steps().get(step).work() instanceof Work.Parts work)) {
        throw new IllegalStateException(
            "step " + step + " of " + definition.id() + " has no parts");
      }
      known = PartPrograms.of(definition.steps().get(step), work);
      parts[step] = known;
    }
    return known;
  }

  /** Why the orchestration does not accept a payload, one sentence each; empty when it does. */
  public List<String> violations(RawJson start) throws EvaluationException {
    return payload == null ? List.of() : payload.violations(start, "payload");
  }

  /** The values to be bound to compute the result of a completed flow. */
  public Optional<Reads> readByResult() {
    return Optional.ofNullable(result).map(Template::reads);
  }

  /** The result of a completed flow; empty when the orchestration defines none. */
  public Optional<RawJson> result(Bindings bindings) throws EvaluationException {
    return result == null ? Optional.empty() : Optional.of(result.evaluate(bindings));
  }
}
