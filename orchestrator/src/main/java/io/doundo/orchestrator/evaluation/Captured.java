package io.doundo.orchestrator.evaluation;

import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.PartOf;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a part knows of the flows above it: the variables and the steps that the expressions of its
 * body read.
 *
 * @param variables by name
 * @param steps the fields of each step, as a JSON object, by its name
 */
record Captured(Map<String, RawJson> variables, Map<String, RawJson> steps) {

  private static final String VARIABLES = "variables";
  private static final String STEPS = "steps";

  /** A flow that is no part, or whose body reads nothing of the flows above it. */
  static final Captured NONE = new Captured(Map.of(), Map.of());

  static Captured of(FlowState state, FlowEvaluator.Reader values) {
    PartOf partOf = state.origin().partOf();
    if (partOf == null || partOf.captured() == null) {
      return NONE;
    }
    Map<String, RawJson> fields = Json.trustedFields(values.read(partOf.captured()));
    return new Captured(object(fields.get(VARIABLES)), object(fields.get(STEPS)));
  }

  private static Map<String, RawJson> object(@Nullable RawJson json) {
    return json == null ? Map.of() : Json.trustedFields(json);
  }

  boolean isEmpty() {
    return variables.isEmpty() && steps.isEmpty();
  }

  RawJson json() {
    Map<String, RawJson> fields = new LinkedHashMap<>();
    fields.put(VARIABLES, Json.object(variables));
    fields.put(STEPS, Json.object(steps));
    return Json.object(fields);
  }
}
