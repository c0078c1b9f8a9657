package io.doundo.orchestrator.evaluation;

import io.doundo.expression.Bindings;
import io.doundo.expression.EvaluationException;
import io.doundo.expression.Reads;
import io.doundo.orchestrator.core.Payloads;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.PartsPlan;
import io.doundo.orchestrator.core.state.PartsState;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.parts.PartPlace;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.JsonWriter;
import io.doundo.protocol.json.RawJson;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Evaluates what steps with parts ask for. Not thread-safe. */
final class PartsEvaluator {

  /** How many bytes a part's input and what it captures may have together. */
  static final int MOST_GIVEN = 64 * 1024;

  private static final int MOST_ERRORS = 100;

  private static final RawJson NULL = RawJson.trusted("null".getBytes(StandardCharsets.UTF_8));

  private final FlowEvaluator flows;
  private final int mostItems;

  PartsEvaluator(FlowEvaluator flows, int mostItems) {
    this.flows = flows;
    this.mostItems = mostItems;
  }

  /** The parts of the step, and what each of them is started with. */
  Evaluation planned(
      Orchestration definition, FlowState state, int index, FlowEvaluator.Values values)
      throws EvaluationException {
    Step step = definition.steps().get(index);
    Work.Parts work = work(step);
    PartPrograms programs = flows.programs(definition).parts(index);
    DefinitionId flow = null;
    if (work instanceof Work.Flow other) {
      PartsState earlier = state.steps().get(index).parts();
      DefinitionId pinned = earlier == null ? null : earlier.plan().flow();
      FlowEvaluator.Newest newest = values.newest(other.orchestration());
      Orchestration found = newest.definition();
      String problem = newest.refusal();
      if (problem == null && pinned == null) {
        problem = problemOf(found, other.orchestration(), step);
      }
      if (problem != null) {
        return FlowEvaluator.failed(problem);
      }
      flow = pinned == null ? Objects.requireNonNull(found).id() : pinned;
    }
    // An input that an operator has given is not computed.
    boolean isReplaced = state.steps().get(index).input() != null;
    RawJson input = isReplaced ? null : flows.inputOf(definition, state, index, values);
    Captured captured = captured(definition, state, step, programs, values);
    long givenBytes = input == null ? inputBytes(definition, state, index) : input.size();
    givenBytes += captured.isEmpty() ? 0 : captured.json().size();
    if (givenBytes > MOST_GIVEN) {
      return FlowEvaluator.failed(
          "each part would be given %d bytes, and at most %d are possible%s"
              .formatted(
                  givenBytes,
                  MOST_GIVEN,
                  input == null && !isReplaced ? ": say with input: what it needs of them" : ""));
    }
    long given = givenBytes;
    RawJson items = null;
    int total = work instanceof Work.FirstOf first ? first.bodies().size() : 1;
    if (programs.items() != null) {
      Bindings bindings =
          VisibleValues.bind(definition, state, index, programs.items().reads(), null, values);
      items = programs.items().evaluate(bindings);
      JsonNode list = Json.MAPPER.readTree(items.bytes());
      if (!list.isArray()) {
        return FlowEvaluator.failed("forEach gives %s, and not a list".formatted(kind(list)));
      }
      total = list.size();
      if (total > mostItems) {
        return FlowEvaluator.failed(
            "the list has %d items, and at most %d are possible".formatted(total, mostItems));
      }
      given += largest(list, items);
    }
    Content loop = null;
    if (programs.state() != null) {
      Bindings bindings =
          VisibleValues.bind(definition, state, index, programs.state().reads(), null, values);
      loop = values.add(programs.state().evaluate(bindings));
      given += loop.size();
    }
    if (!values.fitsMessage(given)) {
      return tooLarge(given);
    }
    return new Evaluation.Planned(
        new PartsPlan(
            total,
            flow,
            input == null ? null : values.add(input),
            captured.isEmpty() ? null : values.add(captured.json()),
            items == null ? null : values.add(items)),
        loop);
  }

  /** The bytes of what a part is given where the definition computes no input. */
  private static long inputBytes(Orchestration definition, FlowState state, int index) {
    Content replaced = state.steps().get(index).input();
    if (replaced != null) {
      return replaced.size();
    }
    long bytes = 0;
    for (Content content : Payloads.merged(definition, state, index)) {
      bytes += content.size();
    }
    return bytes;
  }

  /** The bytes of the largest item. */
  private static long largest(JsonNode list, RawJson items) {
    if (items.size() < MOST_GIVEN) {
      return items.size();
    }
    int largest = 0;
    for (JsonNode item : list) {
      largest = Math.max(largest, Json.of(item).size());
    }
    return largest;
  }

  private static Evaluation tooLarge(long bytes) {
    return FlowEvaluator.failed(
        "a part would be started with %d bytes, more than a message between flows can carry"
            .formatted(bytes));
  }

  private static String kind(JsonNode value) {
    return value.isNull()
        ? "null"
        : "a value of type " + value.getNodeType().name().toLowerCase(Locale.ROOT);
  }

  private static @Nullable String problemOf(@Nullable Orchestration flow, String name, Step step) {
    if (flow == null) {
      return "there is no orchestration " + name;
    }
    boolean hasPivot = flow.allSteps().stream().anyMatch(Step::pivot);
    return hasPivot && !step.pivot()
        ? "orchestration %s has a pivot, and step %s is none: say pivot: true"
            .formatted(name, step.name())
        : null;
  }

  /** What the bodies read of this flow, and of what it has captured itself. */
  private static Captured captured(
      Orchestration definition,
      FlowState state,
      Step step,
      PartPrograms programs,
      FlowEvaluator.Values values) {
    Captured above = Captured.of(state, values);
    Map<String, RawJson> variables = new LinkedHashMap<>();
    Map<String, RawJson> steps = new LinkedHashMap<>();
    Reads inside = programs.inside();
    for (String name : inside.variables()) {
      boolean isGiven = Orchestration.givenBy(work(step)).contains(name);
      RawJson value = isGiven ? null : VisibleValues.inherited(definition, state, name, values);
      if (value != null) {
        variables.put(name, value);
      }
    }
    for (String name : inside.steps()) {
      int index = definition.indexOf(name);
      RawJson fields =
          index >= 0
              ? Json.object(VisibleValues.fieldsOf(definition, state, index, values))
              : above.steps().get(name);
      if (fields != null) {
        steps.put(name, fields);
      }
    }
    return new Captured(variables, steps);
  }

  /** The state of a loop after a round, and whether that was the last one. */
  Evaluation next(Orchestration definition, FlowState state, int index, FlowEvaluator.Values values)
      throws EvaluationException {
    StepState step = state.steps().get(index);
    PartsState parts = Objects.requireNonNull(step.parts());
    PartPrograms programs = flows.programs(definition).parts(index);
    RawJson result = step.result() == null ? null : values.read(step.result());
    RawJson loop = parts.loop() == null ? null : values.read(parts.loop());
    if (programs.next() != null) {
      Bindings bindings =
          loop(definition, state, index, programs.next().reads(), result, loop, parts, values);
      loop = programs.next().evaluate(bindings);
    }
    boolean isLast = false;
    if (programs.until() != null) {
      isLast =
          programs
              .until()
              .evaluate(
                  loop(
                      definition,
                      state,
                      index,
                      programs.until().reads(),
                      result,
                      loop,
                      parts,
                      values));
    }
    long given =
        loop == null
            ? 0
            : loop.size()
                + (parts.plan().input() == null
                    ? inputBytes(definition, state, index)
                    : parts.plan().input().size());
    if (!isLast && !values.fitsMessage(given)) {
      return tooLarge(given);
    }
    boolean isNewest =
        work(definition.steps().get(index)) instanceof Work.Repeat repeat && repeat.newest();
    Version newest = isNewest && !isLast ? newestOf(definition, state, index, values) : null;
    return new Evaluation.Round(
        loop == null ? null : values.add(loop),
        isLast,
        newest == null ? null : newest.id(),
        newest == null || newest.captured() == null ? null : values.add(newest.captured().json()));
  }

  /**
   * A version in which a loop may go on.
   *
   * @param captured what its body reads of the flows above it; null when that is known already
   */
  private record Version(DefinitionId id, @Nullable Captured captured) {}

  /**
   * The newest version, if it has the loop in the same place, owes no undo where this one owes
   * none, and reads nothing that this flow does not know; else null, and the loop goes on in its
   * version.
   */
  private @Nullable Version newestOf(
      Orchestration definition, FlowState state, int ofStep, FlowEvaluator.Values values) {
    Step step = definition.steps().get(ofStep);
    PartsPlan plan = Objects.requireNonNull(state.steps().get(ofStep).parts()).plan();
    FlowEvaluator.Newest newest = values.newest(definition.name());
    Orchestration found = newest.definition();
    if (found == null || newest.refusal() != null) {
      return null;
    }
    Orchestration.Part part = definition.part();
    Orchestration holder;
    try {
      holder = part == null ? found : found.part(part.path());
    } catch (IllegalArgumentException e) {
      // It has no such body any more.
      return null;
    }
    int index = holder.indexOf(step.name());
    boolean isSame =
        index >= 0
            && holder.steps().get(index).work() instanceof Work.Repeat later
            && step.work() instanceof Work.Repeat repeat
            && later.isEndless() == repeat.isEndless()
            && !later.body().holdsPivot()
            && !(repeat.isEndless() && later.body().owesUndo());
    if (!isSame) {
      return null;
    }
    if (found.id().equals(plan.flow() == null ? definition.id() : plan.flow())) {
      return new Version(found.id(), null);
    }
    PartPrograms programs = flows.programs(holder).parts(index);
    Captured captured = captured(definition, state, step, programs, values);
    long given =
        captured.json().size()
            + (plan.input() == null ? inputBytes(definition, state, ofStep) : plan.input().size());
    return given <= MOST_GIVEN && knowsAll(captured, found, holder, step, programs.inside())
        ? new Version(found.id(), captured)
        : null;
  }

  /** Whether everything was captured that the body of a loop reads of the flows above it. */
  private static boolean knowsAll(
      Captured captured, Orchestration whole, Orchestration holder, Step loop, Reads inside) {
    Orchestration.Part part = holder.part();
    String path = part == null ? loop.name() : part.path() + '/' + loop.name();
    Set<String> own =
        whole.part(path).allSteps().stream().map(Step::name).collect(Collectors.toSet());
    Set<String> outside = new HashSet<>(Set.of("payload"));
    for (Step step : whole.allSteps()) {
      if (step.work() instanceof Work.Parts parts && holds(parts, loop.name())) {
        outside.addAll(Orchestration.givenBy(parts));
      }
    }
    outside.removeAll(Orchestration.givenBy(work(loop)));
    return inside.steps().stream()
            .allMatch(name -> own.contains(name) || captured.steps().containsKey(name))
        && inside.variables().stream()
            .allMatch(name -> !outside.contains(name) || captured.variables().containsKey(name));
  }

  /** Whether the step is in a body of the parts, at any depth. */
  private static boolean holds(Work.Parts parts, String step) {
    return parts.bodies().stream()
        .flatMap(body -> body.steps().stream())
        .anyMatch(
            inner ->
                inner.name().equals(step)
                    || (inner.work() instanceof Work.Parts deeper && holds(deeper, step)));
  }

  private static Bindings loop(
      Orchestration definition,
      FlowState state,
      int index,
      Reads reads,
      @Nullable RawJson result,
      @Nullable RawJson loop,
      PartsState parts,
      FlowEvaluator.Values values) {
    Reads others = reads.without("state", "round");
    return VisibleValues.bind(definition, state, index, others, result, values)
        .with("state", loop == null ? RawJson.EMPTY_OBJECT : loop)
        .with("round", PartPayloads.number(parts.next()));
  }

  /** The result of the step, put together from those of its parts. */
  Evaluation gathered(
      Orchestration definition, FlowState state, int index, FlowEvaluator.Values values)
      throws EvaluationException {
    Step step = definition.steps().get(index);
    StepState standing = state.steps().get(index);
    PartsState parts = Objects.requireNonNull(standing.parts());
    RawJson result = standing.result() == null ? null : values.read(standing.result());
    Work.Parts work = work(step);
    if (work instanceof Work.Flow) {
      return flows.keptOf(definition, state, index, result, values);
    }
    JsonWriter json = new JsonWriter(256);
    json.beginObject().beginObject(step.name());
    if (work instanceof Work.FirstOf first) {
      json.field("winner", String.valueOf(first.bodies().get(parts.winner()).branch()));
      json.field("result", result == null ? RawJson.EMPTY_OBJECT : result);
    } else if (work instanceof Work.Repeat) {
      json.field("rounds", parts.next());
      json.field("state", parts.loop() == null ? RawJson.EMPTY_OBJECT : values.read(parts.loop()));
      json.field("result", result == null ? RawJson.EMPTY_OBJECT : result);
    } else {
      list(json, index, step.data().result() != null, parts, values);
    }
    return FlowEvaluator.value(RawJson.trusted(json.endObject().endObject().toByteArray()), values);
  }

  private static void list(
      JsonWriter json, int step, boolean hasItems, PartsState parts, FlowEvaluator.Values values) {
    if (hasItems) {
      json.beginArray("items");
      for (int i = 0; i < parts.next(); i++) {
        FlowEvaluator.KeptPart part = values.part(step, parts.attempt(), i);
        json.element(part.result() == null ? NULL : part.result());
      }
      json.endArray();
    }
    json.field("done", parts.sets().at(PartPlace.DONE).size());
    json.field("failed", parts.sets().at(PartPlace.FAILED).size());
    json.beginArray("errors");
    int[] failed = parts.sets().at(PartPlace.FAILED).numbers().limit(MOST_ERRORS).toArray();
    for (int index : failed) {
      FlowEvaluator.KeptPart part = values.part(step, parts.attempt(), index);
      Map<String, RawJson> error = new LinkedHashMap<>();
      error.put("index", PartPayloads.number(index));
      error.put("error", Json.string(part.error() == null ? "" : part.error()));
      json.element(Json.object(error));
    }
    json.endArray();
    if (parts.kept() > PartsState.MOST_KEPT) {
      json.field("truncated", true);
    }
  }

  private static Work.Parts work(Step step) {
    if (step.work() instanceof Work.Parts parts) {
      return parts;
    }
    throw new IllegalStateException("step " + step.name() + " has no parts");
  }
}
