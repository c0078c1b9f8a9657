package io.doundo.orchestrator.simulation;

import io.doundo.orchestrator.core.Effect;
import io.doundo.orchestrator.core.Effect.DispatchStep;
import io.doundo.orchestrator.core.Effect.SendTurn;
import io.doundo.orchestrator.core.FlowEvent;
import io.doundo.orchestrator.core.FlowEvent.DefinitionFound;
import io.doundo.orchestrator.core.FlowEvent.DispatchImpossible;
import io.doundo.orchestrator.core.FlowEvent.FlowStarted;
import io.doundo.orchestrator.core.FlowEvent.TimeReached;
import io.doundo.orchestrator.core.FlowEvent.TurnCommitted;
import io.doundo.orchestrator.core.FlowState;
import io.doundo.orchestrator.core.FlowStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.history.History;
import io.doundo.orchestrator.history.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The orchestrator's task for one flow, with its open transaction. Commands are visible to workers
 * at once. State, timer and read positions last from commit to commit; turns are readable after
 * their commit. A crash takes everything back but the commands, and the same records are read
 * again, at a later time and in another order between partitions.
 *
 * <p>In some runs timers wait for the answers that are unread, as they do in the engine; in others
 * they do not, because safety must not depend on that.
 */
final class SimulatedOrchestrator {

  private final Scene scene;
  private final Core core;
  private final Invariants invariants;
  private final Network network;
  private final long definedAt;
  private final boolean patient;
  private final Inputs inputs = new Inputs();
  private final List<Taken> open = new ArrayList<>();
  private final TaskEffects task = new TaskEffects(this::sends);
  private @Nullable FlowState state;
  private @Nullable FlowState committedState;
  private long downUntil;
  private long wakingAt;
  private boolean committing;

  /**
   * @param definedAt when the flow's definition is registered
   */
  SimulatedOrchestrator(Scene scene, Core core, Invariants invariants, long definedAt) {
    this.scene = scene;
    this.core = core;
    this.invariants = invariants;
    this.definedAt = definedAt;
    this.patient = scene.dice().chance(400);
    this.network = new Network(scene, (keyed, record) -> append(inputs.answers(keyed), record));
  }

  Network network() {
    return network;
  }

  @Nullable FlowState state() {
    return state;
  }

  /** What is left when all is over. */
  History history() {
    return scene.recorder().history(inputs.consumed(), scene.now());
  }

  void start(Partition.Inbound record) {
    append(inputs.starts(), record);
  }

  void control(Partition.Inbound record) {
    append(inputs.controls(), record);
  }

  private void append(Partition partition, Partition.Inbound record) {
    int offset = partition.append(record, scene.now());
    scene
        .recorder()
        .appended(
            new Place(inputs.topic(partition), 0, offset, scene.now()),
            record.takenAt(scene.now()),
            state == null ? "" : state.incarnation());
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

  /** Takes some of what can be taken, in any order, and sometimes commits. */
  private void poll() {
    wakingAt = 0;
    if (scene.now() < downUntil) {
      wake(downUntil);
      return;
    }
    int left = scene.dice().between(1, 4);
    boolean alive = true;
    while (alive && left-- > 0 && hasInput()) {
      alive = take(next());
    }
    if (alive) {
      if (hasInput()) {
        wake(scene.now() + scene.dice().below(4));
      } else if (task.timer() > 0) {
        wake(task.timer() + scene.dice().below(10));
      }
      if (!open.isEmpty() && !committing) {
        committing = true;
        scene.timeline().after(scene.dice().below(40), this::commit);
      }
    }
  }

  private boolean timerIsDue() {
    return task.timer() > 0 && task.timer() <= scene.now();
  }

  /** A patient engine lets the answers go first that were there before the timer was due. */
  private boolean timerFiresNow() {
    boolean answersFirst =
        patient
            && state != null
            && inputs.oldestUnread() < task.timer()
            && !scene.is(BrokenRule.TIMERS_BEFORE_QUEUED_ANSWERS);
    return timerIsDue() && !answersFirst;
  }

  /** Whether timers wait for what was appended before them. */
  boolean isPatient() {
    return patient;
  }

  private boolean hasInput() {
    return timerFiresNow() || !inputs.readable(state != null).isEmpty();
  }

  private FlowEvent next() {
    List<Partition> readable = inputs.readable(state != null);
    int choice = scene.dice().below(readable.size() + (timerFiresNow() ? 1 : 0));
    if (choice < readable.size()) {
      return readable.get(choice).read().takenAt(scene.now());
    }
    // While answers are unread, only what was due some time ago is taken for due.
    long due = task.timer();
    task.timerFires();
    if (patient) {
      return timeReached(state, Math.max(due, Math.min(scene.now(), inputs.oldestUnread())));
    }
    long behind = scene.dice().chance(300) ? scene.dice().below((int) (scene.now() - due) + 1) : 0;
    return timeReached(state, scene.now() - behind);
  }

  private FlowEvent timeReached(@Nullable FlowState flow, long at) {
    boolean found = flow != null && flow.status() == FlowStatus.WAITING && definedAt <= scene.now();
    return found ? new DefinitionFound(at) : new TimeReached(at);
  }

  private @Nullable Orchestration definition() {
    return definedAt <= scene.now() ? scene.definition() : null;
  }

  /** Decides and carries out; false when the orchestrator died of it. */
  private boolean take(FlowEvent event) {
    if (scene.is(BrokenRule.DUPLICATE_START_RUNS_TWICE)
        && event instanceof FlowStarted
        && state != null) {
      state = null;
      task.timerFires();
    }
    Taken taken = new Taken(definition(), state, event, core.decide(definition(), state, event));
    tell("takes", taken);
    invariants.decided(taken);
    state = taken.decision().next();
    open.add(taken);
    boolean dies = scene.dice().fault(scene.weather().crash());
    List<Effect> effects = taken.decision().effects();
    int carriedOut = dies ? scene.dice().below(effects.size() + 1) : effects.size();
    List<DispatchStep> impossible = new ArrayList<>(0);
    for (Effect effect : effects.subList(0, carriedOut)) {
      if (effect instanceof DispatchStep command && isUnsendable(command)) {
        impossible.add(command);
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
    if (state != null && task.timer() != state.wakeAt()) {
      throw new Violation("timer", "set for " + task.timer() + ", the flow says " + state.wakeAt());
    }
    for (DispatchStep command : impossible) {
      boolean retryable = scene.dice().chance(500);
      boolean alive =
          take(
              new DispatchImpossible(
                  scene.now(),
                  command.stepName(),
                  command.action(),
                  command.attempt(),
                  retryable,
                  "no topic"));
      if (!alive) {
        return false;
      }
    }
    return true;
  }

  /** Whether its topic is missing. What could be sent before an abort can be sent after it. */
  private boolean isUnsendable(DispatchStep command) {
    return !network.hasSeen(command) && scene.dice().fault(scene.weather().unsendable());
  }

  private void commit() {
    if (!committing) {
      return;
    }
    committing = false;
    scene.story().tell(scene.timeline(), "orchestrator", () -> "commits");
    inputs.commit();
    committedState = state;
    List<Taken> committed = List.copyOf(open);
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
    if (state != null && scene.dice().fault(scene.weather().zombie())) {
      haunt(state, inputs.unread());
    }
    committing = false;
    open.clear();
    scene.recorder().aborted();
    if (scene.is(BrokenRule.OFFSETS_OUTLIVE_THEIR_STATE)) {
      inputs.commit();
    } else {
      inputs.abort();
    }
    task.abort();
    state = committedState;
    if (scene.is(BrokenRule.RESTART_RESETS_RETRIES) && state != null) {
      state = Sabotage.withFreshRetries(state);
    }
    downUntil = scene.now() + scene.dice().below(1_000);
    wake(downUntil);
  }

  /**
   * A dead orchestrator that does not know it yet decides once more; nothing of it is committed.
   */
  private void haunt(FlowState stale, List<Partition.Inbound> polled) {
    scene
        .timeline()
        .after(
            scene.dice().between(1, 600),
            () -> {
              FlowEvent event =
                  polled.isEmpty()
                      ? timeReached(stale, scene.now())
                      : polled.get(0).takenAt(scene.now());
              Taken taken =
                  new Taken(definition(), stale, event, core.decide(definition(), stale, event));
              tell("as a zombie takes", taken);
              taken
                  .dispatches()
                  .forEach(
                      command ->
                          makeVisible(
                              command,
                              stale.incarnation(),
                              scene.is(BrokenRule.ZOMBIE_TIMERS_ARE_COMMITTED)));
            });
  }

  private void tell(String how, Taken taken) {
    scene
        .story()
        .tell(
            scene.timeline(),
            "orchestrator",
            () -> how + ' ' + taken.event() + Tales.consequences(taken));
  }

  private void sends(DispatchStep command) {
    makeVisible(command, Objects.requireNonNull(state).incarnation(), true);
  }

  private void makeVisible(DispatchStep decided, String incarnation, boolean transactional) {
    DispatchStep command =
        scene.is(BrokenRule.GENERATION_NOT_RAISED) ? Sabotage.ofFirstGeneration(decided) : decided;
    scene.recorder().visible(command, incarnation, scene.now(), transactional);
    invariants.visible(command, committedState);
    network.send(command);
  }
}
