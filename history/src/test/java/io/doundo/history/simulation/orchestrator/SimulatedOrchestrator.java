package io.doundo.history.simulation.orchestrator;

import io.doundo.history.History;
import io.doundo.history.RecordPosition;
import io.doundo.history.simulation.BrokenRule;
import io.doundo.history.simulation.Core;
import io.doundo.history.simulation.Happening;
import io.doundo.history.simulation.Partition;
import io.doundo.history.simulation.RecordedDecision;
import io.doundo.history.simulation.Sabotage;
import io.doundo.history.simulation.Scene;
import io.doundo.history.simulation.SkewedClock;
import io.doundo.history.simulation.Versions;
import io.doundo.history.simulation.Violation;
import io.doundo.history.simulation.invariant.DecisionText;
import io.doundo.history.simulation.invariant.Invariants;
import io.doundo.history.simulation.invariant.TaskEffects;
import io.doundo.history.simulation.worker.Network;
import io.doundo.history.simulation.worker.Sending;
import io.doundo.orchestrator.core.effect.Effect;
import io.doundo.orchestrator.core.effect.Effect.AskBreaker;
import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.orchestrator.core.effect.Effect.Evaluate;
import io.doundo.orchestrator.core.effect.Effect.RefuseEvent;
import io.doundo.orchestrator.core.effect.Effect.SendTurn;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.DefinitionFound;
import io.doundo.orchestrator.core.event.FlowEvent.DispatchHeld;
import io.doundo.orchestrator.core.event.FlowEvent.DispatchImpossible;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluated;
import io.doundo.orchestrator.core.event.FlowEvent.FlowStarted;
import io.doundo.orchestrator.core.event.FlowEvent.HoldEnded;
import io.doundo.orchestrator.core.event.FlowEvent.TimeReached;
import io.doundo.orchestrator.core.event.FlowEvent.TurnCommitted;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepEffect;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.protocol.CommandAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The orchestrator's task for one flow, with its open transaction. Commands are visible to workers
 * at once. State, timer and read positions are saved at each commit; turns are readable after their
 * commit. A crash rolls back everything except the commands, and the same records are read again,
 * later and interleaved differently.
 *
 * <p>In some runs timers wait for unread answers, as in the engine; in others they do not, because
 * safety must not depend on it.
 */
public final class SimulatedOrchestrator {

  private final Scene scene;
  private final Core core;
  private final Invariants invariants;
  private final Network network;
  private final Versions versions;
  private final boolean patient;
  private final SkewedClock clock;
  private final LostLetters letters;
  private final Inputs inputs = new Inputs();
  private final List<RecordedDecision> open = new ArrayList<>();
  private final TaskEffects task = new TaskEffects(this::sends);
  private @Nullable FlowState state;
  private @Nullable FlowState committedState;
  private @Nullable RecordPosition start;
  private long downUntil;
  private long wakingAt;
  private boolean committing;

  /** The time of the task's current cause: the append of a record or the due time of a timer. */
  private long causedAt;

  private @Nullable FlowState actsOn;

  public SimulatedOrchestrator(Scene scene, Core core, Invariants invariants, Versions versions) {
    this.scene = scene;
    this.core = core;
    this.invariants = invariants;
    this.versions = versions;
    this.clock = new SkewedClock(scene);
    this.letters = new LostLetters(scene, clock);
    this.patient = scene.dice().chance(400);
    this.network =
        new Network(scene, patient, (keyed, record) -> append(inputs.answers(keyed), record));
  }

  public Network network() {
    return network;
  }

  public @Nullable FlowState state() {
    return state;
  }

  /** The state when the run is over. */
  public History history() {
    return scene.recorder().history(inputs.consumed(), scene.now());
  }

  public Inputs inputs() {
    return inputs;
  }

  public void start(Partition.Inbound record) {
    append(inputs.starts(), record);
  }

  public void control(Partition.Inbound record) {
    append(inputs.controls(), record);
  }

  /** A record is written to one of the inputs. */
  public void append(Partition partition, Partition.Inbound record) {
    RecordPosition place = partition.append(record, scene.now());
    if (record instanceof Stray stray) {
      stray.keep().accept(scene.recorder(), place);
    } else {
      String incarnation = state == null ? "" : state.incarnation();
      scene.recorder().appended(place, record.takenAt(scene.now()), incarnation);
    }
    wake(scene.now() + scene.dice().below(3));
  }

  private void wake(long at) {
    long time = Math.max(at, downUntil);
    if (wakingAt <= scene.now() || time < wakingAt) {
      wakingAt = time;
      scene
          .timeline()
          .at(
              time,
              () -> {
                if (wakingAt == time) {
                  poll();
                }
              });
    }
  }

  /** Processes some of the readable records, in any order, and sometimes commits. */
  private void poll() {
    wakingAt = 0;
    if (scene.now() < downUntil) {
      wake(downUntil);
      return;
    }
    count(clock.mayJump(1), Happening.CLOCK_FORTH, Happening.CLOCK_BACK);
    letters.expire();
    int left = scene.dice().between(1, 4);
    boolean alive = true;
    while (alive && left-- > 0 && hasInput()) {
      alive = takeNext();
    }
    if (alive) {
      if (hasInput()) {
        wake(scene.now() + scene.dice().below(4));
      } else if (task.timer() > 0) {
        wake(clock.trueTime(dueTimer()) + scene.dice().below(10));
      }
      if (letters.due() > 0) {
        wake(Math.max(scene.now() + 1, clock.trueTime(letters.due())));
      }
      if ((!open.isEmpty() || letters.hasChanged()) && !committing) {
        committing = true;
        scene.timeline().after(scene.dice().below(40), this::commit);
      }
    }
  }

  private void count(long jump, Happening forth, Happening back) {
    if (jump != 0) {
      scene.coverage().count(jump > 0 ? forth : back);
      scene
          .story()
          .tell(scene.timeline(), "orchestrator", () -> "its clock jumps by " + jump + " ms");
    }
  }

  /** When the timer fires, by the engine's clock. */
  private long dueTimer() {
    return task.timer() + (scene.is(BrokenRule.TIMERS_FIRE_MINUTES_LATE) ? 150_000 : 0);
  }

  private boolean timerIsDue() {
    return task.timer() > 0 && dueTimer() <= clock.now();
  }

  /** A patient engine first processes the answers that arrived before the timer was due. */
  private boolean timerFiresNow() {
    boolean answersFirst =
        patient
            && state != null
            && inputs.oldestUnread() < task.timer()
            && !scene.is(BrokenRule.TIMERS_BEFORE_QUEUED_ANSWERS);
    return timerIsDue() && !answersFirst;
  }

  /** Whether timers wait for the records appended before them. */
  public boolean isPatient() {
    return patient;
  }

  private boolean hasInput() {
    return timerFiresNow() || !inputs.readable(state != null).isEmpty();
  }

  /** Processes a record or lets the timer fire; false if the orchestrator died on the way. */
  private boolean takeNext() {
    List<Partition> readable = inputs.readable(state != null);
    int choice = scene.dice().below(readable.size() + (timerFiresNow() ? 1 : 0));
    if (choice == readable.size()) {
      causedAt = task.timer();
      return take(timer(), null);
    }
    Partition.Appended next = readable.get(choice).read();
    if (next.record() instanceof Stray) {
      letters.take(next);
      return true;
    }
    causedAt = next.place().at();
    return take(next.record().takenAt(clock.now()), next.place());
  }

  private FlowEvent timer() {
    // While answers are unread, only timers due for some time count as due.
    long due = task.timer();
    task.timerFires();
    long now = clock.now();
    if (patient) {
      return timeReached(state, Math.max(due, Math.min(now, inputs.oldestUnread())));
    }
    long behind = scene.dice().chance(300) ? scene.dice().below((int) (now - due) + 1) : 0;
    return timeReached(state, now - behind);
  }

  private FlowEvent timeReached(@Nullable FlowState flow, long at) {
    boolean found = flow != null && flow.status() == FlowStatus.WAITING && definition(flow) != null;
    return found ? new DefinitionFound(at) : new TimeReached(at);
  }

  private @Nullable Orchestration definition(@Nullable FlowState flow) {
    return versions.of(flow, start == null ? scene.now() : start.at());
  }

  /** Decides and carries out the effects; false if the orchestrator died on the way. */
  private boolean take(FlowEvent event, @Nullable RecordPosition source) {
    if (scene.is(BrokenRule.DUPLICATE_START_RUNS_TWICE)
        && event instanceof FlowStarted
        && state != null) {
      state = null;
      task.timerFires();
    }
    if (state == null) {
      start = source;
    }
    actsOn = state;
    RecordedDecision taken = decide(state, event);
    tell("takes", taken);
    invariants.decided(taken);
    state = taken.decision().next();
    open.add(taken);
    boolean dies = scene.dice().fault(scene.weather().crash());
    List<Effect> effects = taken.decision().effects();
    int carriedOut = dies ? scene.dice().below(effects.size() + 1) : effects.size();
    List<DispatchStep> impossible = new ArrayList<>(0);
    List<Evaluate> asked = new ArrayList<>(0);
    List<AskBreaker> held = new ArrayList<>(0);
    for (Effect effect : effects.subList(0, carriedOut)) {
      boolean isHeld =
          effect instanceof DispatchStep command
              && held.stream().anyMatch(ask -> ask.step() == command.step());
      if (isHeld) {
        scene.coverage().count(Happening.COMMAND_HELD);
      } else if (effect instanceof AskBreaker ask) {
        if (isHeld(ask)) {
          held.add(ask);
        }
      } else if (effect instanceof DispatchStep command && isUnsendable(command)) {
        impossible.add(command);
      } else if (effect instanceof Evaluate evaluate) {
        asked.add(evaluate);
      } else if (effect instanceof RefuseEvent refused) {
        // When the flow's time is over, the record that is rejected is its start.
        letters.refuse(source == null ? start : source, refused.reason());
      } else {
        effect.accept(task);
        if (effect instanceof SendTurn turn && scene.is(BrokenRule.TURN_READ_UNCOMMITTED)) {
          append(inputs.rekeyed(), at -> new TurnCommitted(at, turn.turn()));
        }
      }
    }
    if (dies) {
      die();
      return false;
    }
    if (state != null && task.timer() != state.times().wakeAt()) {
      throw new Violation(
          "timer", "set for " + task.timer() + ", the flow says " + state.times().wakeAt());
    }
    for (AskBreaker ask : held) {
      DispatchHeld refused =
          new DispatchHeld(clock.now(), ask.stepName(), ask.action(), ask.attempt(), ask.breaker());
      if (!take(refused, null)) {
        return false;
      }
      planRelease(ask.stepName());
    }
    for (Evaluated evaluated : evaluated(asked, event.at())) {
      if (!take(evaluated, null)) {
        return false;
      }
    }
    for (DispatchStep command : impossible) {
      boolean retryable = scene.dice().chance(500);
      boolean alive =
          take(
              new DispatchImpossible(
                  clock.now(),
                  command.stepName(),
                  command.action(),
                  command.attempt(),
                  retryable,
                  "no topic"),
              null);
      if (!alive) {
        return false;
      }
    }
    return true;
  }

  /**
   * As in the engine: everything that a decision asks for, before any of its consequences, and at
   * the time of the event that it follows.
   */
  private List<Evaluated> evaluated(List<Evaluate> asked, long at) {
    List<Evaluated> evaluated = new ArrayList<>(asked.size());
    for (Evaluate evaluate : asked) {
      evaluated.add(
          new Evaluated(
              at,
              evaluate.stepName(),
              evaluate.purpose(),
              scene.evaluations().of(evaluate, Objects.requireNonNull(state))));
    }
    return evaluated;
  }

  /** Whether the breaker is open, or forced open for a command that goes past it. */
  private boolean isHeld(AskBreaker ask) {
    boolean held = scene.dice().fault(ask.past() ? 60 : 300);
    if (held && ask.past()) {
      scene.coverage().count(Happening.COMMAND_HELD_AGAIN);
    }
    return held;
  }

  /** The breaker lets the command through some time later, unless it has lost sight of it. */
  private void planRelease(String step) {
    if (scene.dice().fault(100)) {
      scene.coverage().count(Happening.HOLD_FORGOTTEN);
      return;
    }
    scene
        .timeline()
        .after(
            scene.dice().between(1, 2_000),
            () -> append(inputs.rekeyed(), at -> new HoldEnded(at, step)));
  }

  /**
   * Whether its topic is missing. A command that could be sent before an abort can be sent again.
   */
  private boolean isUnsendable(DispatchStep command) {
    boolean unsendable =
        !network.hasSeen(command) && scene.dice().fault(scene.weather().unsendable());
    if (unsendable) {
      scene.coverage().count(Happening.COMMAND_NOT_SENT);
    }
    return unsendable;
  }

  private RecordedDecision decide(@Nullable FlowState flow, FlowEvent event) {
    Orchestration definition = definition(flow);
    return new RecordedDecision(
        scene.now(), definition, flow, event, core.decide(definition, flow, event));
  }

  private void commit() {
    if (!committing) {
      return;
    }
    committing = false;
    scene.story().tell(scene.timeline(), "orchestrator", () -> "commits");
    inputs.commit();
    letters.commit();
    committedState = state;
    List<RecordedDecision> committed = List.copyOf(open);
    open.clear();
    for (int turn : task.commit()) {
      scene
          .timeline()
          .after(
              scene.dice().below(10),
              () -> append(inputs.rekeyed(), at -> new TurnCommitted(at, turn)));
    }
    scene.recorder().committed(committed);
    committed.forEach(invariants::committed);
  }

  private void die() {
    scene.story().tell(scene.timeline(), "orchestrator", () -> "dies, its transaction is aborted");
    scene.coverage().count(Happening.CRASH);
    if (scene.recorder().aborted()) {
      scene.coverage().count(Happening.SEEN_COMMANDS_ABORTED);
    }
    if (state != null && scene.dice().fault(scene.weather().zombie())) {
      haunt(state, inputs.unread(), clock.now() - scene.now());
    }
    count(clock.mayJump(5), Happening.CLOCK_FORTH_ACROSS_CRASH, Happening.CLOCK_BACK_ACROSS_CRASH);
    committing = false;
    open.clear();
    if (scene.is(BrokenRule.OFFSETS_OUTLIVE_THEIR_STATE)) {
      inputs.commit();
    } else {
      inputs.abort();
    }
    letters.abort();
    if (scene.is(BrokenRule.STATE_OUTLIVES_ITS_RECORDS)) {
      inputs.commit();
      task.commit();
      committedState = state;
    }
    task.abort();
    state = committedState;
    if (state != null) {
      scene.coverage().count(Happening.RESTART_WITH_STATE);
    }
    if (scene.is(BrokenRule.RESTART_RESETS_RETRIES) && state != null) {
      state = Sabotage.withFreshRetries(state);
    }
    // Sometimes for longer than a fence keeps an acknowledged record.
    int longer = scene.beside().chance(200) ? scene.beside().between(500, 3_000) : 0;
    downUntil = scene.now() + scene.dice().below(1_000) + longer;
    wake(downUntil);
  }

  /** A replaced orchestrator that does not know it yet makes decisions; none is committed. */
  private void haunt(FlowState stale, List<Partition.Appended> unread, long ahead) {
    List<Partition.Appended> polled =
        unread.stream().filter(record -> !(record.record() instanceof Stray)).toList();
    long due = task.timer();
    scene
        .timeline()
        .after(
            scene.dice().between(1, 600),
            () -> {
              long now = scene.now() + ahead;
              FlowEvent event =
                  polled.isEmpty() ? timeReached(stale, now) : polled.get(0).record().takenAt(now);
              long timed = due == 0 ? now : due;
              long cause = polled.isEmpty() ? timed : polled.get(0).place().at();
              scene.coverage().count(Happening.ZOMBIE);
              RecordedDecision taken = decide(stale, event);
              tell("as a zombie takes", taken);
              taken
                  .dispatches()
                  .forEach(
                      command ->
                          makeVisible(
                              command,
                              Objects.requireNonNull(taken.next()),
                              visibleSince(
                                  command, stale, Objects.requireNonNull(taken.next()), cause),
                              scene.is(BrokenRule.ZOMBIE_TIMERS_ARE_COMMITTED)));
            });
  }

  private void tell(String how, RecordedDecision taken) {
    scene
        .story()
        .tell(
            scene.timeline(),
            "orchestrator",
            () -> how + ' ' + taken.event() + DecisionText.consequences(taken));
  }

  private void sends(DispatchStep command) {
    makeVisible(
        command,
        Objects.requireNonNull(state),
        visibleSince(command, actsOn, Objects.requireNonNull(state), causedAt),
        true);
  }

  /**
   * As the engine states it: not before the cause of the command, nor before the end of its delay;
   * 0 for a step known to be done, because the time is unknown.
   */
  private long visibleSince(
      DispatchStep command, @Nullable FlowState before, FlowState next, long cause) {
    if (next.steps().get(command.step()).effect() == StepEffect.DONE) {
      return 0;
    }
    long due =
        before == null || before.steps().isEmpty() ? 0 : before.steps().get(command.step()).dueAt();
    long since = Math.min(cause, clock.now());
    return due == 0 ? since : Math.min(since, due);
  }

  private void makeVisible(
      DispatchStep decided, FlowState flow, long visibleSince, boolean transactional) {
    DispatchStep command =
        scene.is(BrokenRule.GENERATION_NOT_RAISED) ? Sabotage.ofFirstGeneration(decided) : decided;
    scene.recorder().visible(command, flow.incarnation(), scene.now(), transactional);
    invariants.visible(command, flow, committedState);
    StepState step = flow.steps().get(command.step());
    // As the engine states it: attempts that have failed without any effect need no record.
    boolean isFirstThatCounts =
        command.action() == CommandAction.DO
            && command.attempt() > 1
            && (scene.is(BrokenRule.DOUBTS_DO_NOT_COUNT) || !step.effect().mayExist())
            && !Objects.requireNonNull(definition(flow)).steps().get(command.step()).undoFailed();
    long firstSent = isFirstThatCounts ? visibleSince : step.startedAt();
    network.send(new Sending(command, firstSent, visibleSince));
  }
}
