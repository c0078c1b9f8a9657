package io.doundo.orchestrator.core;

import io.doundo.orchestrator.core.effect.Decision;
import io.doundo.orchestrator.core.effect.Effect;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.ControlOutcome;
import io.doundo.orchestrator.core.state.FlowNotes;
import io.doundo.orchestrator.core.state.FlowSignals;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.FlowTimes;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.core.state.Purpose;
import io.doundo.orchestrator.core.state.Signal;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.TurnState;
import io.doundo.orchestrator.core.state.parts.PartLife;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.protocol.CommandAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A {@link FlowState} in the making, for the length of one decision: the only place in which flow
 * state is written. Not thread-safe.
 */
final class FlowDraft implements Payloads.Results {

  /** How often a flow looks for the definition it waits for. */
  private static final long DEFINITION_CHECK_MS = 1_000;

  /** How many refused control records are remembered with their reason, and how much of it. */
  private static final int MOST_REFUSAL_REASONS = 2;

  private static final int MAX_REFUSAL_LENGTH = 160;

  private static final int MAX_INCIDENT_LENGTH = 200;

  private final FlowState before;
  private final @Nullable Orchestration definition;
  private final List<Effect> effects = new ArrayList<>(4);

  /** The orchestrator's clock at this event, ms since the epoch. */
  final long at;

  final StepDraft[] steps;

  FlowStatus status;
  @Nullable ParkReason parkReason;
  boolean paused;

  /** Who has paused the flow in this decision; null when nobody has, or it is not known. */
  @Nullable String pausedBy;

  /** Whether a flow above this one is paused. */
  boolean pausedAbove;

  long keptUntil;

  /** Whether the flow, which is a part, says how it stands although that has not changed. */
  boolean answersParent;

  /** Whether the flow, which is a part, does not go back. */
  boolean refusesParent;

  /** When the flow, which has ended, asks its parts and its parent again; 0 for never. */
  long askAgainAt;

  /** The signals that were handed to the flow, which is a part, and that no step of it takes. */
  private List<Signal> returned = List.of();

  /** Whether the result of the flow, which is a part, is known, and what it is. */
  boolean hasResult;

  @Nullable Content ownResult;
  @Nullable String reason;
  @Nullable String cancelReason;
  long endedAt;
  long deadlineAt;
  private long wakeAt;
  private int turns;
  int undoTurn;
  boolean undoCommitted;
  @Nullable String turnedBack;
  private List<ControlOutcome> controls;
  List<Signal> signals;
  private List<ControlOutcome> seenSignals;
  private int ignoredAnswers;
  private int incidents;
  private @Nullable String lastIncident;

  /** Whether this decision completes the transition of the one before: it answers its question. */
  boolean continuesTransition;

  /**
   * @param definition null only for a flow that waits for it, which has no steps yet
   */
  FlowDraft(@Nullable Orchestration definition, FlowState before, long at) {
    this.definition = definition;
    this.before = before;
    this.at = at;
    status = before.status();
    parkReason = before.parkReason();
    paused = before.paused();
    pausedAbove = before.life().paused();
    keptUntil = before.life().keptUntil();
    reason = before.reason();
    cancelReason = before.cancelReason();
    endedAt = before.times().endedAt();
    deadlineAt = before.times().deadlineAt();
    wakeAt = before.times().wakeAt();
    turns = before.turns().sent();
    undoTurn = before.turns().undo();
    undoCommitted = before.turns().undoCommitted();
    FlowNotes notes = before.notes();
    turnedBack = notes.turnedBack();
    controls = notes.controls();
    signals = before.signals().kept();
    seenSignals = before.signals().seen();
    ignoredAnswers = notes.ignoredAnswers();
    incidents = notes.incidents();
    lastIncident = notes.lastIncident();
    int size = definition == null ? 0 : definition.steps().size();
    steps = new StepDraft[size];
    for (int i = 0; i < size; i++) {
      steps[i] =
          new StepDraft(before.steps().isEmpty() ? StepState.PENDING : before.steps().get(i));
    }
  }

  /** Whether the flow sends nothing: an operator has paused it, or a flow above it. */
  boolean isPaused() {
    return paused || pausedAbove;
  }

  /** Whether the flow has found its definition; only then it has steps. */
  boolean isDefined() {
    return definition != null;
  }

  Orchestration definition() {
    if (definition == null) {
      throw new IllegalStateException("flow " + before.flowId() + " still waits for a definition");
    }
    return definition;
  }

  Step definitionOf(int step) {
    return definition().steps().get(step);
  }

  @Override
  public @Nullable Content resultOf(int step) {
    return steps[step].result;
  }

  StepMachine machineOf(int step) {
    return StepMachine.of(definitionOf(step));
  }

  /** The state this decision began with. */
  FlowState before() {
    return before;
  }

  /**
   * Remembers what became of a control record. Of the refused ones only the latest keep their
   * reason, so that the state stays small.
   */
  void remember(String controlId, @Nullable String refusal) {
    controls = remembered(controls, FlowNotes.MOST_CONTROLS, controlId, refusal);
  }

  /**
   * Remembers what became of a signal, in the place of what was known of it before. Only the latest
   * accepted and the latest refused ones are remembered, so that a loop that takes one in each
   * round does not grow; one that is still kept is never forgotten.
   */
  void rememberSignal(String controlId, @Nullable String refusal) {
    long id = ControlOutcome.idOf(controlId);
    List<ControlOutcome> others = new ArrayList<>(seenSignals);
    others.removeIf(outcome -> outcome.id() == id);
    if (refusal != null) {
      forgetOldestRefused(others);
    } else {
      forgetOldestAccepted(others);
    }
    seenSignals = remembered(others, Integer.MAX_VALUE, controlId, refusal);
  }

  /** The signals that go back to the parent, in their order. */
  List<Signal> returned() {
    return returned;
  }

  /** No step of the flow takes the signal, which its parent has handed to it. */
  void giveBack(Signal signal) {
    List<Signal> all = new ArrayList<>(returned);
    all.add(signal);
    returned = all;
  }

  /** Whether the outcome of a signal with this control id is remembered. */
  boolean remembersSignal(String controlId) {
    long id = ControlOutcome.idOf(controlId);
    return seenSignals.stream().anyMatch(outcome -> outcome.id() == id);
  }

  /** Makes room for one more that is accepted. */
  private void forgetOldestAccepted(List<ControlOutcome> outcomes) {
    int accepted = 0;
    int oldest = -1;
    for (int i = outcomes.size() - 1; i >= 0; i--) {
      if (outcomes.get(i).accepted()) {
        accepted++;
        oldest = isKept(outcomes.get(i)) ? oldest : i;
      }
    }
    if (accepted >= FlowSignals.MOST_ACCEPTED && oldest >= 0) {
      outcomes.remove(oldest);
    }
  }

  private boolean isKept(ControlOutcome outcome) {
    for (Signal signal : signals) {
      if (ControlOutcome.idOf(signal.controlId()) == outcome.id()) {
        return true;
      }
    }
    return false;
  }

  /** Makes room for one more that is refused. */
  private static void forgetOldestRefused(List<ControlOutcome> outcomes) {
    int refused = 0;
    int oldest = -1;
    for (int i = outcomes.size() - 1; i >= 0; i--) {
      if (!outcomes.get(i).accepted()) {
        refused++;
        oldest = i;
      }
    }
    if (refused >= FlowSignals.MOST_REFUSED) {
      outcomes.remove(oldest);
    }
  }

  private List<ControlOutcome> remembered(
      List<ControlOutcome> earlier, int most, String controlId, @Nullable String refusal) {
    List<ControlOutcome> kept = new ArrayList<>(earlier);
    if (kept.size() == most) {
      kept.remove(0);
    }
    String reason = refusal == null ? null : shortened(refusal, MAX_REFUSAL_LENGTH);
    kept.add(new ControlOutcome(ControlOutcome.idOf(controlId), before.transitions() + 1, reason));
    int reasons = 0;
    for (int i = kept.size() - 1; i >= 0; i--) {
      ControlOutcome outcome = kept.get(i);
      boolean explained = outcome.refusal() != null && !outcome.refusal().isEmpty();
      if (explained && ++reasons > MOST_REFUSAL_REASONS) {
        kept.set(i, new ControlOutcome(outcome.id(), outcome.transition(), ""));
      }
    }
    return kept;
  }

  /** Notes that an answer changed nothing, as long as that has not happened very often. */
  void ignoredAnswer(
      int step, @Nullable CommandAction action, @Nullable String worker, String why) {
    if (ignoredAnswers == FlowNotes.MOST_IGNORED_ANSWERS) {
      return;
    }
    ignoredAnswers++;
    boolean last = ignoredAnswers == FlowNotes.MOST_IGNORED_ANSWERS;
    auditStep(
        FlowEventType.ANSWER_IGNORED,
        step,
        action,
        -1,
        worker,
        last ? why + "; further ignored answers are not recorded" : why);
  }

  /** How many effects are decided so far. */
  int effectCount() {
    return effects.size();
  }

  private static String shortened(String text, int longest) {
    return text.length() <= longest ? text : text.substring(0, longest) + "…";
  }

  /** Whether the flow's way leads back: it is being undone, was undone, or is stuck on that way. */
  boolean leadsBack() {
    return status == FlowStatus.UNDOING
        || status == FlowStatus.UNDONE
        || (status == FlowStatus.PARKED && parkReason == ParkReason.UNDO_FAILED)
        || (isFaulted() && undoTurn > 0);
  }

  /** Whether the flow is parked because of an internal error: nothing moves it on its own. */
  boolean isFaulted() {
    return status == FlowStatus.PARKED && parkReason == ParkReason.ENGINE_FAULT;
  }

  /** The pivot that was passed, or -1. */
  int passedPivot() {
    for (int i = 0; i < steps.length; i++) {
      if (definitionOf(i).pivot()
          && (steps[i].status == StepStatus.DO_SUCCESS || steps[i].status == StepStatus.RESOLVED)) {
        return i;
      }
    }
    return -1;
  }

  /**
   * A pivot of which a command is out, may be out, or may have had its effect, without being
   * passed; or -1. An armed one counts: a transaction that was aborted may have sent its command.
   */
  int openPivot() {
    for (int i = 0; i < steps.length; i++) {
      StepDraft step = steps[i];
      if (definitionOf(i).pivot()
          && !step.passed()
          && (step.doInFlight() || step.status == StepStatus.ARMED || step.effect.mayExist())) {
        return i;
      }
    }
    return -1;
  }

  void add(Effect effect) {
    effects.add(effect);
  }

  /** Asks for an expression of the step; its answer is the flow's next event. */
  void evaluate(int step, Purpose purpose) {
    steps[step].status = StepStatus.COMPUTING;
    effects.add(new Effect.Evaluate(step, definitionOf(step).name(), purpose));
  }

  /** Asks for an expression of the whole flow; its answer is the flow's next event. */
  void evaluate(Purpose purpose) {
    effects.add(new Effect.Evaluate(-1, "", purpose));
  }

  /** The event makes no sense for this flow. */
  void refuse(String why) {
    effects.add(new Effect.RefuseEvent(why));
  }

  /** Asks for a turn and gives its number. */
  int sendTurn() {
    turns++;
    effects.add(new Effect.SendTurn(turns));
    return turns;
  }

  void audit(FlowEventType type, @Nullable String why) {
    audit(type, -1, why);
  }

  void audit(FlowEventType type, long durationMs, @Nullable String why) {
    effects.add(new PublishFlowEvent(type, null, null, 0, 0, durationMs, null, why));
  }

  /** An entry about a signal, and about the step that takes it unless that is -1. */
  void auditSignal(FlowEventType type, int step, Signal signal, String what) {
    StepDraft taking = step < 0 ? null : steps[step];
    effects.add(
        new PublishFlowEvent(
            type,
            taking == null ? null : definitionOf(step).name(),
            taking == null ? null : CommandAction.DO,
            taking == null ? 0 : taking.generation,
            0,
            -1,
            null,
            Signals.name(signal) + ' ' + what,
            signal.controlId()));
  }

  void auditStep(
      FlowEventType type, int step, @Nullable CommandAction action, @Nullable String why) {
    auditStep(type, step, action, -1, null, why);
  }

  void auditStep(
      FlowEventType type,
      int step,
      @Nullable CommandAction action,
      long durationMs,
      @Nullable String worker,
      @Nullable String why) {
    if (type == FlowEventType.INCIDENT) {
      incidents++;
      lastIncident =
          shortened("step " + definitionOf(step).name() + ": " + why, MAX_INCIDENT_LENGTH);
    }
    StepDraft draft = steps[step];
    int attempt = action == null ? 0 : action == CommandAction.UNDO ? draft.undoSent : draft.doSent;
    effects.add(
        new PublishFlowEvent(
            type,
            definitionOf(step).name(),
            action,
            draft.generation,
            attempt,
            durationMs,
            worker,
            why));
  }

  /** Moves to a terminal status. */
  void end(FlowStatus terminal, FlowEventType type, @Nullable String why) {
    status = terminal;
    parkReason = null;
    turnedBack = null;
    paused = false;
    pausedAbove = false;
    deadlineAt = 0;
    endedAt = at;
    audit(type, since(before.origin().startedAt()), why);
  }

  /** How long it is since then, in ms; a clock that was set back meanwhile has it at 0. */
  long since(long then) {
    return Math.max(0, at - then);
  }

  /** How long the attempt in flight took, in ms. */
  long took(int step) {
    return since(steps[step].dueAt - definitionOf(step).timeout().toMillis());
  }

  /**
   * Closes the decision: sets the timer to what is due next and numbers the transition. When
   * nothing has changed, the state is the very same object as before; when only the timer has, the
   * transition keeps its number and leaves no audit record.
   */
  Decision freeze() {
    Family.tellParent(this);
    Holds.tell(this);
    boolean sameTerminal =
        status.isTerminal()
            && status == before.status()
            && effects.isEmpty()
            && askAgainAt == 0
            && wakeAt == before.times().wakeAt()
            && !hasFamilyMoved();
    if (sameTerminal) {
      // An ended flow that has nothing to say stays as it was archived.
      return new Decision(before, List.of());
    }
    boolean silent = isSilent();
    FlowTimes times = before.times();
    if (silent && state(before.transitions(), times.updatedAt(), times.wakeAt()).equals(before)) {
      setTimer();
      FlowState same = state(before.transitions(), times.updatedAt(), wakeAt);
      return new Decision(wakeAt == times.wakeAt() ? before : same, effects);
    }
    setTimer();
    if (status != before.status() && !before.status().successors().contains(status)) {
      throw new IllegalStateException(
          "flow " + before.flowId() + " cannot go from " + before.status() + " to " + status);
    }
    int transition = before.transitions() + (continuesTransition ? 0 : 1);
    return new Decision(state(transition, at, wakeAt), effects);
  }

  /** Whether this decision has changed what the flow knows of its parts or was told as a part. */
  private boolean hasFamilyMoved() {
    if (!life().equals(before.life())) {
      return true;
    }
    for (StepDraft step : steps) {
      if (step.hasMovedParts()) {
        return true;
      }
    }
    return false;
  }

  private PartLife life() {
    return PartLife.of(pausedAbove, keptUntil);
  }

  boolean isSilent() {
    for (Effect effect : effects) {
      if (effect instanceof PublishFlowEvent) {
        return false;
      }
    }
    return true;
  }

  private FlowState state(int transitions, long updatedAt, long timerAt) {
    StepState[] frozen = new StepState[steps.length];
    for (int i = 0; i < frozen.length; i++) {
      frozen[i] = steps[i].freeze();
    }
    DefinitionId id = definition == null ? null : definition.id();
    return new FlowState(
        before.origin(),
        id,
        status,
        parkReason,
        paused,
        reason,
        cancelReason,
        new FlowTimes(updatedAt, endedAt, deadlineAt, timerAt),
        turns(),
        transitions,
        List.of(frozen),
        notes(),
        signals(),
        life());
  }

  /** The very same turns as before when none has changed. */
  private TurnState turns() {
    TurnState earlier = before.turns();
    boolean unchanged =
        turns == earlier.sent()
            && undoTurn == earlier.undo()
            && undoCommitted == earlier.undoCommitted();
    return unchanged ? earlier : TurnState.of(turns, undoTurn, undoCommitted);
  }

  /** The very same signals as before when none has come and none has gone. */
  private FlowSignals signals() {
    FlowSignals earlier = before.signals();
    boolean unchanged = signals.equals(earlier.kept()) && seenSignals.equals(earlier.seen());
    return unchanged ? earlier : new FlowSignals(signals, seenSignals);
  }

  /** The very same notes as before when none has changed. */
  private FlowNotes notes() {
    FlowNotes earlier = before.notes();
    boolean unchanged =
        controls.equals(earlier.controls())
            && ignoredAnswers == earlier.ignoredAnswers()
            && incidents == earlier.incidents()
            && Objects.equals(lastIncident, earlier.lastIncident())
            && Objects.equals(turnedBack, earlier.turnedBack());
    return unchanged
        ? earlier
        : new FlowNotes(turnedBack, controls, ignoredAnswers, incidents, lastIncident);
  }

  /**
   * Keeps one timer that is never later than what is due next. One that is too early is left alone:
   * it wakes the flow for nothing, which is cheaper than moving it at every step. While an
   * expression is evaluated the timer stays as it is: the decision with its value, which is stored
   * together with this one, knows what is due.
   */
  private void setTimer() {
    if (isEvaluating()) {
      return;
    }
    long next = nextDue();
    if (next == 0) {
      if (wakeAt > 0) {
        effects.add(new Effect.CancelTimer(wakeAt));
        wakeAt = 0;
      }
    } else if (wakeAt == 0 || next < wakeAt) {
      if (wakeAt > 0) {
        effects.add(new Effect.CancelTimer(wakeAt));
      }
      wakeAt = next;
      effects.add(new Effect.ScheduleTimer(next));
    }
  }

  private boolean isEvaluating() {
    for (StepDraft step : steps) {
      if (step.status == StepStatus.COMPUTING) {
        return true;
      }
    }
    for (Effect effect : effects) {
      if (effect instanceof Effect.Evaluate) {
        return true;
      }
    }
    return false;
  }

  /** The flow's timer has fired, so none is set any more. */
  void timerFired() {
    if (wakeAt <= at) {
      wakeAt = 0;
    }
  }

  private long nextDue() {
    if (status.isTerminal()) {
      // Only an ended flow on which the orchestrator has failed has a timer.
      boolean isKept = before.status().isTerminal() && Releases.awaitsFamily(this);
      return isKept ? Math.max(askAgainAt, wakeAt) : 0;
    }
    if (isFaulted()) {
      return 0;
    }
    if (status == FlowStatus.WAITING) {
      long check = at + DEFINITION_CHECK_MS;
      return deadlineAt == 0 ? check : Math.min(deadlineAt, check);
    }
    long next = status == FlowStatus.IN_PROGRESS && deadlineAt > 0 ? deadlineAt : Long.MAX_VALUE;
    for (int i = 0; i < steps.length; i++) {
      StepDraft step = steps[i];
      if (step.parts != null && step.awaitsParts() && step.parts.nextAt > at) {
        next = Math.min(next, step.parts.nextAt);
      }
      if (step.awaitsParts() && step.dueAt == 0) {
        continue;
      }
      // A due step that was not sent waits for something else: the end of a pause, a turn,
      // the UNDO of a step that depends on it. That event sends it, not the clock.
      boolean waits = step.openAttempt == 0 && step.dueAt <= at && !step.waitsForTime();
      if (!waits) {
        next = Math.min(next, step.dueAt);
      }
    }
    return next == Long.MAX_VALUE ? 0 : next;
  }
}
