package io.doundo.orchestrator.evaluation;

import io.doundo.expression.Bindings;
import io.doundo.expression.ComputedJson;
import io.doundo.expression.EvaluationException;
import io.doundo.expression.Reads;
import io.doundo.orchestrator.core.effect.Effect.Evaluate;
import io.doundo.orchestrator.core.event.FailureKind;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.EffectLanded;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation;
import io.doundo.orchestrator.core.event.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.Signal;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.json.RawJson;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates the expressions of definitions over the values of a flow. It uses no clock and no
 * randomness, so the same flow always gives the same value. Only the values that an expression
 * names are loaded. Not thread-safe.
 */
public final class FlowEvaluator {

  private static final int MOST_DEFINITIONS = 1_000;

  /** How many items the list of a step may have when nothing else is said. */
  public static final int MOST_ITEMS = 1_000;

  private static final int MAX_ERROR_LENGTH = 4_000;

  private final Map<Key, OrchestrationPrograms> compiled = new HashMap<>();
  private final PartsEvaluator parts;
  private final HttpEvaluator requests = new HttpEvaluator(this);

  public FlowEvaluator() {
    this(MOST_ITEMS);
  }

  /**
   * @param mostItems how many items the list of a step may have
   */
  public FlowEvaluator(int mostItems) {
    this.parts = new PartsEvaluator(this, mostItems);
  }

  /** The source of one flow's JSON values. */
  @FunctionalInterface
  public interface Reader {

    RawJson read(Content content);
  }

  /** The source of the values, and the store of computed ones. */
  public interface Values extends Reader {

    /** Stores a computed value. */
    Content add(RawJson value);

    /** Whether a command of the flow can carry the value. */
    boolean fitsCommand(RawJson value);

    /** The newest version of an orchestration, for a part that is about to begin. */
    Newest newest(String orchestration);

    /** Whether a message to another flow can carry values of so many bytes. */
    boolean fitsMessage(long bytes);

    /**
     * What a part has given or why it failed.
     *
     * @param step index in the definition
     */
    KeptPart part(int step, int attempt, int index);

    /** Whether the step's UNDO can carry its result beside what its DO was sent. */
    boolean fitsUndo(String step, RawJson result);
  }

  /**
   * The newest version of an orchestration.
   *
   * @param definition null when there is none of that name
   * @param refusal why it accepts no starts, or null when it does
   */
  public record Newest(@Nullable Orchestration definition, @Nullable String refusal) {

    /** There is no orchestration of that name. */
    public static final Newest NONE = new Newest(null, null);
  }

  /**
   * What is kept of an ended part.
   *
   * @param result null when it has none
   * @param error null when it has completed
   */
  public record KeptPart(@Nullable RawJson result, @Nullable String error) {}

  /** A definition, or one of its bodies. */
  private record Key(DefinitionId definition, @Nullable String path) {
    static Key of(Orchestration definition) {
      Orchestration.Part part = definition.part();
      return new Key(definition.id(), part == null ? null : part.path());
    }
  }

  /** Evaluates what the core has asked for; a failure is a value as well. */
  public Evaluation evaluate(
      Orchestration definition, FlowState state, Evaluate asked, Values values) {
    try {
      return switch (asked.purpose()) {
        case PAYLOAD -> payload(definition, state, values);
        case WHEN -> when(definition, state, asked.step(), values);
        case WORK -> work(definition, state, asked.step(), values);
        case REQUEST -> requests.request(definition, state, asked.step(), values);
        case INPUT -> {
          if (definition.steps().get(asked.step()).work() instanceof Work.Http) {
            yield requests.request(definition, state, asked.step(), values);
          }
          StepPrograms programs = programs(definition).step(asked.step());
          Reads reads = programs.readByInput().orElseThrow();
          Bindings bindings =
              VisibleValues.bind(definition, state, asked.step(), reads, null, values);
          yield value(programs.input(bindings), values);
        }
        case UNTIL -> until(definition, state, asked.step(), values);
        case SIGNAL -> signal(definition, state, asked.step(), values);
        case TASK -> task(definition, state, asked.step(), values);
        case UNDO -> {
          if (definition.steps().get(asked.step()).work() instanceof Work.Http) {
            yield requests.undo(definition, state, asked.step(), values);
          }
          StepPrograms programs = programs(definition).step(asked.step());
          Reads reads = programs.readByUndo().orElseThrow();
          Content result = state.steps().get(asked.step()).result();
          RawJson known = result == null ? null : values.read(result);
          Bindings bindings =
              VisibleValues.bind(definition, state, asked.step(), reads, known, values);
          yield value(programs.undoInput(bindings), values);
        }
        case PARTS -> parts.planned(definition, state, asked.step(), values);
        case NEXT -> parts.next(definition, state, asked.step(), values);
        case GATHER -> parts.gathered(definition, state, asked.step(), values);
        case RESULT -> result(definition, state, values);
      };
    } catch (EvaluationException e) {
      return failed(String.valueOf(e.getMessage()));
    }
  }

  /**
   * The event with the part of the answer that its step's definition keeps. If that cannot be
   * computed, a success becomes a failure that leaves an effect. Events of other kinds and steps
   * stay as they are.
   */
  public FlowEvent kept(Orchestration definition, FlowState state, FlowEvent event, Values values) {
    if (event instanceof StepSucceeded success && success.action() == CommandAction.DO) {
      int step = reducing(definition, state, success.step());
      return step < 0 ? event : kept(definition, state, step, success, values);
    }
    if (event instanceof EffectLanded landed && landed.action() == CommandAction.DO) {
      int step = reducing(definition, state, landed.step());
      return step < 0 ? event : kept(definition, state, step, landed, values);
    }
    return event;
  }

  /** Whether the event is an answer of which its step keeps only a part. */
  public static boolean isReduced(Orchestration definition, FlowEvent event) {
    String name =
        event instanceof StepSucceeded success
            ? success.step()
            : event instanceof EffectLanded landed ? landed.step() : null;
    int step = name == null ? -1 : definition.indexOf(name);
    return step >= 0 && definition.steps().get(step).data().result() != null;
  }

  /** The index of a step that keeps only a part of its answer; -1 for others. */
  private static int reducing(Orchestration definition, FlowState state, String name) {
    int step = definition.indexOf(name);
    boolean isReducing =
        step >= 0
            && step < state.steps().size()
            && definition.steps().get(step).data().result() != null;
    return isReducing ? step : -1;
  }

  private FlowEvent kept(
      Orchestration definition, FlowState state, int step, StepSucceeded success, Values values) {
    RawJson answered = success.result() == null ? null : values.read(success.result());
    RawJson kept;
    try {
      kept = kept(definition, state, step, answered, values).orElseThrow();
    } catch (EvaluationException e) {
      return failed(success, FailureKind.RESULT_NOT_COMPUTED, ": " + e.getMessage());
    }
    if (!values.fitsUndo(success.step(), kept)) {
      return failed(
          success,
          FailureKind.RESULT_TOO_LARGE,
          ": it takes " + kept.size() + " bytes, more than its UNDO can carry");
    }
    return new StepSucceeded(
        success.at(),
        success.step(),
        success.action(),
        success.answerOf(),
        content(kept, values),
        success.worker(),
        success.unchanged(),
        success.inDoubt());
  }

  private FlowEvent kept(
      Orchestration definition, FlowState state, int step, EffectLanded landed, Values values) {
    RawJson answered = landed.result() == null ? null : values.read(landed.result());
    Content result;
    try {
      RawJson kept = kept(definition, state, step, answered, values).orElseThrow();
      result = values.fitsUndo(landed.step(), kept) ? content(kept, values) : null;
    } catch (EvaluationException e) {
      // It is undone either way, and an UNDO finds the known result.
      result = null;
    }
    return new EffectLanded(
        landed.at(), landed.step(), landed.action(), landed.answerOf(), result, landed.worker());
  }

  private static @Nullable Content content(RawJson kept, Values values) {
    return kept.equals(RawJson.EMPTY_OBJECT) ? null : values.add(kept);
  }

  private static StepFailed failed(StepSucceeded success, FailureKind effective, String why) {
    // An attempt that did nothing leaves nothing to undo.
    FailureKind kind =
        !success.unchanged()
            ? effective
            : success.inDoubt() ? FailureKind.UNKNOWN_FINAL : FailureKind.NO_EFFECT_FINAL;
    return new StepFailed(
        success.at(),
        success.step(),
        success.action(),
        success.answerOf(),
        kind,
        shortened("the step succeeded, but its result cannot be kept" + why),
        success.worker());
  }

  private Optional<RawJson> kept(
      Orchestration definition, FlowState state, int step, @Nullable RawJson result, Values values)
      throws EvaluationException {
    if (definition.steps().get(step).data().result() == null) {
      return Optional.empty();
    }
    StepPrograms programs = programs(definition).step(step);
    Reads reads = programs.readByResult().orElseThrow();
    return programs.result(VisibleValues.bind(definition, state, step, reads, result, values));
  }

  /**
   * The result of a completed flow; empty when its orchestration defines none.
   *
   * @throws EvaluationException when it cannot be computed
   */
  public Optional<RawJson> told(Orchestration definition, FlowState state, Reader values)
      throws EvaluationException {
    OrchestrationPrograms programs = programs(definition);
    Optional<Reads> reads = programs.readByResult();
    return reads.isEmpty()
        ? Optional.empty()
        : programs.result(VisibleValues.bind(definition, state, -1, reads.get(), null, values));
  }

  /** The result of a flow that is a part: as its step says, else what its last steps returned. */
  private Evaluation result(Orchestration definition, FlowState state, Values values)
      throws EvaluationException {
    Optional<RawJson> said = told(definition, state, values);
    if (said.isPresent()) {
      return toldToParent(said.get(), values);
    }
    List<RawJson> results = new ArrayList<>();
    for (int i = 0; i < definition.steps().size(); i++) {
      Content result = state.steps().get(i).result();
      if (result != null && definition.graph().dependents(i).length == 0) {
        results.add(values.read(result));
      }
    }
    if (results.size() > 1) {
      results.removeIf(one -> !one.isObject());
    }
    if (results.isEmpty()) {
      return new Evaluation.Value(null);
    }
    return toldToParent(
        results.size() == 1 ? results.get(0) : VisibleValues.mergedOf(results, state), values);
  }

  /** Only a part's result is computed as a value, and its parent must be told it. */
  private static Evaluation toldToParent(RawJson value, Values values) {
    return values.fitsMessage(value.size())
        ? value(value, values)
        : failed(
            "the result takes %d bytes, more than a message between flows can carry"
                .formatted(value.size()));
  }

  OrchestrationPrograms programs(Orchestration definition) {
    OrchestrationPrograms known = compiled.get(Key.of(definition));
    if (known == null) {
      if (compiled.size() >= MOST_DEFINITIONS) {
        compiled.clear();
      }
      known = new OrchestrationPrograms(definition);
      compiled.put(Key.of(definition), known);
    }
    return known;
  }

  private Evaluation payload(Orchestration definition, FlowState state, Values values)
      throws EvaluationException {
    List<String> violations =
        programs(definition).violations(values.read(state.origin().payload()));
    return violations.isEmpty()
        ? new Evaluation.Truth(true)
        : failed(String.join("; ", violations));
  }

  private Evaluation when(Orchestration definition, FlowState state, int step, Values values)
      throws EvaluationException {
    StepPrograms programs = programs(definition).step(step);
    Reads reads = programs.readByWhen().orElseThrow();
    return new Evaluation.Truth(
        programs.isTaken(VisibleValues.bind(definition, state, step, reads, null, values)));
  }

  private Evaluation until(Orchestration definition, FlowState state, int step, Values values)
      throws EvaluationException {
    StepPrograms programs = programs(definition).step(step);
    Reads reads = programs.readByUntil().orElseThrow();
    RawJson said =
        programs
            .until(VisibleValues.bind(definition, state, step, reads, null, values))
            .orElseThrow();
    String text = said.isScalar() ? ComputedJson.text(said, "") : said.toString();
    boolean isLength = definition.steps().get(step).work() instanceof Work.Wait;
    Long millis = isLength ? WaitTimes.length(text) : WaitTimes.point(text);
    if (millis != null) {
      return new Evaluation.Millis(millis);
    }
    return failed(
        isLength
            ? "it waits for \"" + text + "\", which is no duration, such as 30s, 10m or 3d"
            : "it waits until \"" + text + "\", which is no time, such as 2026-01-31T09:00:00Z");
  }

  /** Whether the step accepts the first signal kept for it, and the kept part of its payload. */
  private Evaluation signal(Orchestration definition, FlowState state, int step, Values values)
      throws EvaluationException {
    StepPrograms programs = programs(definition).step(step);
    Signal signal = VisibleValues.awaited(definition, state, step);
    Optional<Reads> reads = programs.readByAccept();
    if (reads.isPresent()
        && !programs.accepts(
            VisibleValues.bind(definition, state, step, reads.get(), null, values))) {
      return new Evaluation.Truth(false);
    }
    RawJson payload = signal.payload() == null ? null : values.read(signal.payload());
    List<String> violations = programs.violations(payload == null ? RawJson.EMPTY_OBJECT : payload);
    if (!violations.isEmpty()) {
      return failed("its payload does not fit the form: " + String.join("; ", violations));
    }
    Optional<RawJson> kept = kept(definition, state, step, payload, values);
    return kept.isPresent() ? value(kept, values) : new Evaluation.Value(signal.payload());
  }

  /** The title of the step's task, and who may complete it. */
  private Evaluation task(Orchestration definition, FlowState state, int step, Values values)
      throws EvaluationException {
    StepPrograms programs = programs(definition).step(step);
    Reads reads = programs.readByTask().orElseThrow();
    return TaskTexts.of(
        programs.task(VisibleValues.bind(definition, state, step, reads, null, values)));
  }

  private Evaluation work(Orchestration definition, FlowState state, int step, Values values)
      throws EvaluationException {
    StepPrograms programs = programs(definition).step(step);
    Reads reads = programs.readByWork().orElse(Reads.NONE);
    Bindings bindings = VisibleValues.bind(definition, state, step, reads, null, values);
    Work work = definition.steps().get(step).work();
    if (work instanceof Work.Validate) {
      List<String> broken = programs.brokenRules(bindings);
      return broken.isEmpty() ? new Evaluation.Value(null) : failed(String.join("; ", broken));
    }
    if (work instanceof Work.Choose) {
      int branch = programs.branch(bindings);
      return branch < 0
          ? failed("no branch of the choice matches, and it has no else")
          : new Evaluation.Chosen(branch);
    }
    RawJson made = programs.set(bindings).orElseThrow();
    Optional<RawJson> kept = kept(definition, state, step, made, values);
    return value(kept.isPresent() ? kept : Optional.of(made), values);
  }

  private static Evaluation value(Optional<RawJson> computed, Values values) {
    return value(computed.orElseThrow(), values);
  }

  static Evaluation value(RawJson value, Values values) {
    return values.fitsCommand(value)
        ? new Evaluation.Value(values.add(value))
        : failed("the value takes " + value.size() + " bytes, more than a command can carry");
  }

  static Evaluation failed(String error) {
    return new Evaluation.Failed(shortened(error));
  }

  private static String shortened(String error) {
    return error.length() <= MAX_ERROR_LENGTH ? error : error.substring(0, MAX_ERROR_LENGTH) + "…";
  }

  /** The input of a step; null when its definition has none. */
  @Nullable RawJson inputOf(Orchestration definition, FlowState state, int step, Reader values)
      throws EvaluationException {
    StepPrograms programs = programs(definition).step(step);
    Optional<Reads> reads = programs.readByInput();
    return reads.isEmpty()
        ? null
        : programs
            .input(VisibleValues.bind(definition, state, step, reads.get(), null, values))
            .orElseThrow();
  }

  /** The part of a result that the step keeps. */
  Evaluation keptOf(
      Orchestration definition, FlowState state, int step, @Nullable RawJson result, Values values)
      throws EvaluationException {
    return value(kept(definition, state, step, result, values), values);
  }
}
