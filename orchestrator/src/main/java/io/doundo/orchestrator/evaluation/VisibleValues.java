package io.doundo.orchestrator.evaluation;

import io.doundo.expression.Bindings;
import io.doundo.expression.Reads;
import io.doundo.expression.VisibleNames;
import io.doundo.orchestrator.core.Payloads;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.PartOf;
import io.doundo.orchestrator.core.state.Signal;
import io.doundo.orchestrator.core.state.StepEffect;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.TakenSignal;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Work;
import io.doundo.orchestrator.evaluation.FlowEvaluator.Reader;
import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.JsonWriter;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the expressions of a step see of its flow: the values of their variables, and the fields of
 * the other steps. Only what an expression reads is loaded. Stateless.
 */
final class VisibleValues {

  private static final RawJson TRUE = literal("true");
  private static final RawJson FALSE = literal("false");

  private VisibleValues() {}

  /** The values that an expression of the step reads. */
  static Bindings bind(
      Orchestration definition,
      FlowState state,
      int step,
      Reads reads,
      @Nullable RawJson result,
      Reader values) {
    Bindings bindings = new Bindings();
    for (String variable : reads.variables()) {
      bindings.with(variable, valueOf(definition, state, step, variable, result, values));
    }
    for (String name : reads.steps()) {
      bindings.withStep(name, fieldsOf(definition, state, name, values));
    }
    return bindings;
  }

  /** The same values as JSON by name, for a worker that evaluates expressions itself. */
  static Map<String, RawJson> carried(
      Orchestration definition, FlowState state, int step, Reads reads, Reader values) {
    Map<String, RawJson> carried = new TreeMap<>();
    for (String variable : reads.variables()) {
      carried.put(variable, valueOf(definition, state, step, variable, null, values));
    }
    if (!reads.steps().isEmpty()) {
      Map<String, RawJson> steps = new TreeMap<>();
      for (String name : reads.steps()) {
        steps.put(name, Json.object(fieldsOf(definition, state, name, values)));
      }
      carried.put(VisibleNames.STEPS, Json.object(steps));
    }
    return carried;
  }

  private static RawJson valueOf(
      Orchestration definition,
      FlowState state,
      int step,
      String variable,
      @Nullable RawJson result,
      Reader values) {
    return switch (variable) {
      case "payload" -> payloadOf(definition, state, values);
      case "input" -> merged(definition, state, step, values);
      case "flow" -> flow(definition, state);
      case "signal" -> fieldsOf(awaited(definition, state, step), values);
      case "result" -> result == null ? RawJson.EMPTY_OBJECT : result;
      case "effect" -> Json.string(effect(state.steps().get(step)).name());
      default -> inheritedOrThrow(definition, state, variable, values);
    };
  }

  private static Map<String, RawJson> fieldsOf(
      Orchestration definition, FlowState state, String name, Reader values) {
    int index = definition.indexOf(name);
    return index >= 0
        ? fieldsOf(definition, state, index, values)
        : Json.trustedFields(
            Objects.requireNonNull(
                Captured.of(state, values).steps().get(name),
                () -> "nothing is known of step " + name));
  }

  /** In a part that is a body of its parent's definition, the payload is that of its holder. */
  private static RawJson payloadOf(Orchestration definition, FlowState state, Reader values) {
    PartOf partOf = state.origin().partOf();
    return partOf == null || partOf.path() == null
        ? values.read(state.origin().payload())
        : inheritedOrThrow(definition, state, "payload", values);
  }

  private static RawJson inheritedOrThrow(
      Orchestration definition, FlowState state, String variable, Reader values) {
    RawJson value = inherited(definition, state, variable, values);
    if (value == null) {
      throw new IllegalStateException("nothing is known of " + variable);
    }
    return value;
  }

  /** The value of a variable that a body can see; null when it is none of the flow's. */
  static @Nullable RawJson inherited(
      Orchestration definition, FlowState state, String variable, Reader values) {
    if (definition.part() != null && definition.part().given().contains(variable)) {
      return Json.trustedFields(values.read(state.origin().payload())).get(variable);
    }
    PartOf partOf = state.origin().partOf();
    boolean isWhole = partOf == null || partOf.path() == null;
    return isWhole && variable.equals("payload")
        ? values.read(state.origin().payload())
        : Captured.of(state, values).variables().get(variable);
  }

  /** The first signal kept for the step. */
  static Signal awaited(Orchestration definition, FlowState state, int step) {
    String name =
        definition.steps().get(step).work() instanceof Work.Signal wait ? wait.signal() : "";
    Signal signal = state.signals().offeredTo(step, name);
    if (signal == null) {
      throw new IllegalStateException("no signal is kept for the step with index " + step);
    }
    return signal;
  }

  private static RawJson fieldsOf(Signal signal, Reader values) {
    Map<String, RawJson> fields = new LinkedHashMap<>();
    if (signal.payload() != null) {
      fields.put("payload", values.read(signal.payload()));
    }
    putSender(fields, signal.by(), signal.at());
    fields.put("verified", signal.verified() ? TRUE : FALSE);
    return Json.object(fields);
  }

  private static void putSender(Map<String, RawJson> fields, @Nullable String by, long at) {
    if (by != null) {
      fields.put("by", Json.string(by));
    }
    fields.put("at", Json.string(Instant.ofEpochMilli(at).toString()));
  }

  /** What expressions see of a step. */
  static Map<String, RawJson> fieldsOf(
      Orchestration definition, FlowState state, int index, Reader values) {
    Map<String, RawJson> fields = fields(state.steps().get(index), values);
    Step step = definition.steps().get(index);
    RawJson result = fields.get("result");
    if (result != null && step.work() instanceof Work.Parts parts && parts.gathers()) {
      // It is stored under the step's name, as payloads have it.
      fields.put("result", Json.trustedFields(result).getOrDefault(step.name(), result));
    }
    return fields;
  }

  private static RawJson merged(
      Orchestration definition, FlowState state, int step, Reader values) {
    List<RawJson> parts = new ArrayList<>();
    for (Content content : Payloads.merged(definition, state, step)) {
      parts.add(values.read(content));
    }
    return parts.size() == 1 ? parts.get(0) : mergedOf(parts, state);
  }

  /** Several JSON objects as one. */
  static RawJson mergedOf(List<RawJson> parts, FlowState state) {
    try {
      return Json.merge(parts);
    } catch (MalformedRecordException e) {
      throw new IllegalStateException(
          "a stored content of flow " + state.flowId() + " is not JSON", e);
    }
  }

  private static RawJson flow(Orchestration definition, FlowState state) {
    JsonWriter json = new JsonWriter(256);
    json.beginObject()
        .field("id", state.flowId())
        .field("root", state.origin().root())
        .field("name", definition.name())
        .field("version", definition.id().hash())
        .field("startedAt", Instant.ofEpochMilli(state.origin().startedAt()).toString())
        .present("initiator", state.origin().initiator())
        .present("requestedBy", state.origin().requestedBy());
    return RawJson.trusted(json.endObject().toByteArray());
  }

  private static KnownEffect effect(StepState step) {
    StepEffect effect = step.effect();
    return switch (effect) {
      case DONE -> KnownEffect.DONE;
      case IN_DOUBT -> KnownEffect.UNKNOWN;
      case CLEAN, NONE -> KnownEffect.FAILED;
    };
  }

  private static Map<String, RawJson> fields(StepState step, Reader values) {
    Map<String, RawJson> fields = new LinkedHashMap<>();
    Content result = step.result();
    boolean isGone = step.status() == StepStatus.NOT_TAKEN || step.status() == StepStatus.GIVEN_UP;
    if (result != null && !isGone) {
      fields.put("result", values.read(result));
    }
    fields.put("status", Json.string(step.status().name()));
    fields.put("failed", step.status() == StepStatus.GIVEN_UP ? TRUE : FALSE);
    if (step.branch() != StepState.NO_BRANCH) {
      fields.put("branch", literal(Integer.toString(step.branch())));
    }
    TakenSignal taken = step.takenSignal();
    if (taken != null) {
      putSender(fields, taken.by(), taken.at());
    }
    if (step.error() != null) {
      fields.put("error", Json.string(step.error()));
    }
    return fields;
  }

  private static RawJson literal(String json) {
    return RawJson.trusted(json.getBytes(StandardCharsets.UTF_8));
  }
}
