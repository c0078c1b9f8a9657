package io.doundo.orchestrator.play;

import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.orchestrator.core.effect.FlowMessage.Asked;
import io.doundo.orchestrator.core.event.FailureKind;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.AnswerOf;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.event.FlowEvent.Resolution;
import io.doundo.orchestrator.core.event.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.event.FlowEvent.TimeReached;
import io.doundo.orchestrator.core.state.ControlOutcome;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.core.state.PartOf;
import io.doundo.orchestrator.core.state.StepEffect;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.parts.ParentVerb;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.KnownEffect;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes an undo plan: requests the UNDO on a copy of the flow, then answers every command with
 * success until nothing moves. The order of the commands is the plan. Used once; not thread-safe.
 */
public final class UndoPlanner {

  /** A control id that no flow can remember, because it is longer than a record allows. */
  private static final String CONTROL_ID = "plan-".repeat(60);

  /** How many of the parts that go back first are named. */
  private static final int MOST_NAMED = 20;

  private final @Nullable Orchestration definition;
  private final FlowState before;
  private final Presence presence;
  private final FlowCopy copy;
  private final List<UndoPlan.Drained> drain = new ArrayList<>();
  private final List<List<UndoPlan.Undone>> stages = new ArrayList<>();
  private final Map<String, Integer> openings = new HashMap<>();
  private final Map<String, List<Asked>> onTheirWay = new HashMap<>();
  private final Set<String> planned = new HashSet<>();
  private final Set<String> drained = new HashSet<>();
  private final List<String> notes = new ArrayList<>();
  private long now;

  private UndoPlanner(
      @Nullable Orchestration definition,
      FlowState state,
      long now,
      Presence presence,
      Evaluations evaluations) {
    this.definition = definition;
    this.before = state;
    this.now = now;
    this.presence = presence;
    this.copy = new FlowCopy(definition, state, evaluations);
  }

  /**
   * The plan of a flow.
   *
   * @param definition null for a flow that waits for it
   * @param now ms since the epoch
   */
  public static UndoPlan plan(
      @Nullable Orchestration definition,
      FlowState state,
      long now,
      Presence presence,
      Evaluations evaluations) {
    return new UndoPlanner(definition, state, now, presence, evaluations).plan();
  }

  private UndoPlan plan() {
    if (before.definition() != null && definition == null) {
      throw new IllegalArgumentException(
          "flow " + before.flowId() + " needs " + before.definition());
    }
    copy.give(request(ControlAction.UNDO));
    String refusal = refusal();
    boolean possible = refusal == null;
    if (possible || isGoingBack(before)) {
      follow();
    }
    return new UndoPlan(
        possible,
        refusal,
        notes.isEmpty() ? null : String.join(" ", notes),
        drain,
        stages.stream().map(stage -> stage.stream().map(this::withParts).toList()).toList(),
        leftStanding(),
        untouched(),
        possible && before.status() == FlowStatus.COMPLETED ? endOfWindow() : null);
  }

  /** How many parts a step takes back is known once all of them have gone back. */
  private UndoPlan.Undone withParts(UndoPlan.Undone step) {
    Integer opening = openings.get(step.step());
    if (opening == null) {
      return step;
    }
    List<Asked> back = askedOf(step.step(), ParentVerb.BACK);
    return new UndoPlan.Undone(
        step.step(),
        step.knows(),
        step.served(),
        step.dispatch(),
        step.commandId(),
        step.dependsOn(),
        new UndoPlan.TakenBack(
            back.size(),
            (int)
                copy.toldParts().stream()
                    .filter(asked -> asked.verb() == ParentVerb.KEEP)
                    .filter(asked -> asked.link().step().equals(step.step()))
                    .count(),
            atOnce(step.step()),
            opening,
            back.stream()
                .limit(Math.min(opening, MOST_NAMED))
                .map(asked -> PartOf.flowIdOf(asked.link()))
                .toList()));
  }

  /** All parts of the step that are asked, those first that were asked before. */
  private List<Asked> askedOf(String step, ParentVerb verb) {
    return Stream.concat(
            onTheirWay.getOrDefault(step, List.of()).stream(), copy.toldParts().stream())
        .filter(asked -> asked.verb() == verb && asked.link().step().equals(step))
        .toList();
  }

  private int atOnce(String step) {
    return definition != null
            && definition.steps().get(definition.indexOf(step)).work() instanceof Work.Parts parts
        ? parts.atOnce()
        : 0;
  }

  private @Nullable Instant endOfWindow() {
    return definition == null
        ? null
        : Instant.ofEpochMilli(before.times().endedAt()).plus(definition.undoWindow());
  }

  private ControlRequested request(ControlAction verb) {
    return new ControlRequested(
        now, CONTROL_ID + verb, verb, null, null, Resolution.DONE, null, null);
  }

  private @Nullable String refusal() {
    ControlOutcome outcome = copy.state().notes().outcomeOf(CONTROL_ID + ControlAction.UNDO);
    return outcome == null ? null : outcome.refusal();
  }

  private static boolean isGoingBack(FlowState state) {
    boolean isParkedOnTheWay =
        state.status() == FlowStatus.PARKED
            && (state.parkReason() == ParkReason.UNDO_FAILED
                || (state.parkReason() == ParkReason.ENGINE_FAULT && state.turns().undo() > 0));
    return state.status() == FlowStatus.UNDOING || isParkedOnTheWay;
  }

  /** Lets the flow go back as far as it goes by itself. */
  private void follow() {
    if (copy.state().status() == FlowStatus.REJECTED) {
      notes.add("Nothing has started: the flow is rejected.");
      return;
    }
    if (copy.state().paused()) {
      notes.add("The flow is paused: the first UNDO is sent once it is resumed.");
      copy.give(request(ControlAction.RESUME));
    }
    if (copy.state().status() == FlowStatus.PARKED) {
      notes.add("The flow is parked: the plan begins with a RETRY.");
      copy.give(request(ControlAction.RETRY));
    }
    copy.commitEarlierTurns(now);
    noteRequests();
    noteDrain();
    int rounds = 4 * before.steps().size() + 16;
    while (!copy.state().status().isTerminal() && moves()) {
      if (rounds-- == 0) {
        throw new IllegalStateException(
            "flow " + before.flowId() + " goes on for ever when all of its UNDOs succeed");
      }
      copy.commitEarlierTurns(now);
    }
    if (copy.state().status() == FlowStatus.PARKED) {
      notes.add("The flow then waits for an operator: " + copy.state().reason() + ".");
    }
  }

  private void noteRequests() {
    for (int i = 0; i < before.steps().size(); i++) {
      String name = step(i).name();
      onTheirWay.put(name, FlowCopy.openRequests(before, i, name));
    }
    copy.hearEarlierRequests();
  }

  private void noteDrain() {
    for (int i = 0; i < copy.state().steps().size(); i++) {
      StepState step = copy.state().steps().get(i);
      if (isDoInFlight(step)) {
        drained.add(step(i).name());
        drain.add(
            new UndoPlan.Drained(
                step(i).name(), step.dueAt() == 0 ? null : Instant.ofEpochMilli(step.dueAt())));
        if (step(i).pivot()) {
          notes.add(
              "The pivot %s is awaited first: if it succeeds, nothing is undone."
                  .formatted(step(i).name()));
        }
      }
    }
  }

  private static boolean isDoInFlight(StepState step) {
    return step.parts() == null
        && step.outside().openAttempt() > 0
        && step.status() != StepStatus.UNDOING;
  }

  /** Answers what is in flight, or lets the next delay pass; false when there is neither. */
  private boolean moves() {
    List<FlowEvent> answers = new ArrayList<>();
    List<UndoPlan.Undone> stage = new ArrayList<>();
    Map<String, DispatchStep> sent = new LinkedHashMap<>();
    copy.commands().forEach(command -> sent.put(command.stepName(), command));
    copy.commands().clear();
    List<StepState> steps = copy.state().steps();
    for (int i = steps.size() - 1; i >= 0; i--) {
      StepState step = steps.get(i);
      boolean isUndone = step.status() == StepStatus.UNDOING && step.outside().openAttempt() > 0;
      if (isUndone && step.parts() != null) {
        takeBack(stage, i, step);
      } else if (isUndone) {
        stage.add(undone(i, step, sent.get(step(i).name())));
        answers.add(succeeded(i, step, CommandAction.UNDO));
      } else if (isDoInFlight(step)) {
        answers.add(drainedAnswer(i, step));
      }
    }
    if (!stage.isEmpty()) {
      stages.add(stage);
    }
    answers.forEach(copy::give);
    // The parts of a step that stands in the plan go back, whatever that takes of them; those of a
    // step whose turn has just come go back once it stands there.
    boolean havePartsMoved =
        copy.partsObey(
            now,
            asked -> asked.verb() != ParentVerb.BACK || openings.containsKey(asked.link().step()));
    if (!answers.isEmpty() || havePartsMoved) {
      return true;
    }
    long wakeAt = copy.state().times().wakeAt();
    if (wakeAt == 0) {
      return false;
    }
    now = Math.max(now, wakeAt);
    copy.give(new TimeReached(now));
    return true;
  }

  /** Its parts go back in waves, and the step is one of the plan only once. */
  private void takeBack(List<UndoPlan.Undone> stage, int index, StepState step) {
    String name = step(index).name();
    if (!openings.containsKey(name)) {
      openings.put(name, askedOf(name, ParentVerb.BACK).size());
      stage.add(undone(index, step, null));
    }
  }

  /** A pivot that succeeds would end the plan, so the plan assumes that it fails. */
  private FlowEvent drainedAnswer(int index, StepState step) {
    return step(index).pivot()
        ? new StepFailed(
            now,
            step(index).name(),
            CommandAction.DO,
            answerOf(step),
            FailureKind.NO_EFFECT_FINAL,
            null,
            null)
        : succeeded(index, step, CommandAction.DO);
  }

  private StepSucceeded succeeded(int index, StepState step, CommandAction action) {
    String name = step(index).name();
    return new StepSucceeded(
        now,
        name,
        action,
        answerOf(step),
        action == CommandAction.DO ? UnknownValue.of("result of " + name) : null,
        null);
  }

  private static AnswerOf answerOf(StepState step) {
    return new AnswerOf(null, step.outside().openAttempt(), false);
  }

  private UndoPlan.Undone undone(int index, StepState step, @Nullable DispatchStep command) {
    Step definitionOf = step(index);
    String name = definitionOf.name();
    planned.add(name);
    PlannedCommand sent = command == null ? null : PlannedCommand.of(command);
    return new UndoPlan.Undone(
        name,
        drained.contains(name) ? KnownEffect.UNKNOWN : known(step.effect()),
        presence.reads(before.orchestrationName(), definitionOf, CommandAction.UNDO),
        definitionOf.isCommitted() ? "committed" : "immediate",
        sent == null ? null : sent.commandId(),
        sent == null ? List.of() : sent.dependsOn(),
        null);
  }

  private static KnownEffect known(StepEffect effect) {
    return switch (effect) {
      case DONE -> KnownEffect.DONE;
      case IN_DOUBT -> KnownEffect.UNKNOWN;
      case CLEAN, NONE -> KnownEffect.FAILED;
    };
  }

  private Step step(int index) {
    if (definition == null) {
      throw new IllegalStateException("a flow without definition has no steps");
    }
    return definition.steps().get(index);
  }

  private List<UndoPlan.Reason> leftStanding() {
    List<UndoPlan.Reason> standing = new ArrayList<>();
    for (int i = 0; i < copy.state().steps().size(); i++) {
      StepState step = copy.state().steps().get(i);
      if (stands(i, step)) {
        standing.add(new UndoPlan.Reason(step(i).name(), whyStanding(i, step)));
      }
    }
    return standing;
  }

  /** Whether its effect, certain or possible, remains after the flow has gone back. */
  private boolean stands(int index, StepState step) {
    boolean isEnded = copy.state().status().isTerminal() || !step(index).undoable();
    boolean goesBack = refusal() == null || isGoingBack(before);
    boolean ended = before.status() == FlowStatus.UNDONE || before.status() == FlowStatus.ABANDONED;
    return (goesBack || ended)
        && isEnded
        && step.effect().mayExist()
        && !planned.contains(step(index).name());
  }

  private String whyStanding(int index, StepState step) {
    String name = step(index).name();
    String doubt =
        drained.contains(name)
            ? ", if it succeeds"
            : step.effect() == StepEffect.IN_DOUBT ? "; nobody knows whether it happened" : "";
    if (!step(index).undoable()) {
      return "it has no UNDO" + doubt;
    }
    return before.status() == FlowStatus.ABANDONED
        ? "the flow was abandoned" + doubt
        : "an operator passed over it" + doubt;
  }

  private List<UndoPlan.Reason> untouched() {
    List<UndoPlan.Reason> untouched = new ArrayList<>();
    for (int i = 0; i < copy.state().steps().size(); i++) {
      StepState after = copy.state().steps().get(i);
      String name = step(i).name();
      if (!planned.contains(name) && !stands(i, after)) {
        untouched.add(new UndoPlan.Reason(name, whyUntouched(i, was(i), after)));
      }
    }
    return untouched;
  }

  /** The step before the request; a flow that waits for its definition has none yet. */
  private StepState was(int index) {
    return before.steps().isEmpty() ? StepState.PENDING : before.steps().get(index);
  }

  private String whyUntouched(int index, StepState was, StepState is) {
    if (drained.contains(step(index).name()) && !is.effect().mayExist()) {
      return "its answer is awaited";
    }
    if (is.effect().mayExist()) {
      return copy.state().status() == FlowStatus.PARKED && is.error() != null
          ? "its UNDO needs an operator: " + is.error()
          : "its turn does not come";
    }
    return switch (was.status()) {
      case PENDING, COMPUTING, ARMED -> "it has not begun";
      case WAITING -> "its wait is withdrawn";
      case HELD -> "its command is held back, and is withdrawn";
      case NOT_TAKEN -> "it was not taken";
      case GIVEN_UP -> "it failed, and the flow went on without it";
      case SKIPPED -> "an operator passed over it";
      case RESOLVED -> "an operator settled it";
      case UNDO_SUCCESS -> "it is undone already";
      case DO_SUCCESS ->
          step(index).isOutside() || step(index).work() instanceof Work.Parts
              ? "it changed nothing"
              : "it has no effect outside of the flow";
      case DO_FAIL, RETRY_EXHAUSTED, FAILED, IN_PROGRESS, IN_DOUBT, UNDOING, UNDO_FAIL ->
          "it failed without effect";
    };
  }
}
