package io.doundo.orchestrator.core;

import io.doundo.orchestrator.core.state.Attempts;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.DoKey;
import io.doundo.orchestrator.core.state.Outside;
import io.doundo.orchestrator.core.state.PartsState;
import io.doundo.orchestrator.core.state.StepEffect;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.TakenSignal;
import io.doundo.orchestrator.core.state.TaskState;
import io.doundo.orchestrator.core.state.WorkerRun;
import io.doundo.protocol.CommandAction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A {@link StepState} in the making, for the length of one decision. */
final class StepDraft {

  /** Longer error texts are truncated in the state; the audit log has them in full. */
  private static final int MAX_ERROR_LENGTH = 500;

  private final StepState before;

  /** Whether the step's condition was found true in this decision. */
  boolean taken;

  /** Whether a hold of the step has ended in this decision. */
  boolean isReleased;

  StepStatus status;
  StepEffect effect;
  int generation;
  int doSent;
  int doBase;
  int undoSent;
  int undoBase;
  int doAnswers;
  int undoAnswers;
  int openAttempt;
  int succeededAttempt;
  int armedTurn;
  long dueAt;
  long startedAt;
  long endedAt;
  @Nullable Content result;
  @Nullable Content input;
  @Nullable Content undoInput;
  @Nullable String error;
  @Nullable String worker;
  List<WorkerRun> runs;
  List<DoKey> keys;
  int branch;
  @Nullable TakenSignal takenSignal;
  @Nullable TaskState task;
  @Nullable PartsDraft parts;

  StepDraft(StepState state) {
    before = state;
    status = state.status();
    effect = state.effect();
    generation = state.generation();
    Outside outside = state.outside();
    doSent = outside.doing().sent();
    doBase = outside.doing().base();
    doAnswers = outside.doing().answers();
    undoSent = outside.undoing().sent();
    undoBase = outside.undoing().base();
    undoAnswers = outside.undoing().answers();
    openAttempt = outside.openAttempt();
    succeededAttempt = outside.succeededAttempt();
    armedTurn = outside.armedTurn();
    worker = outside.worker();
    runs = outside.runs();
    keys = outside.keys();
    dueAt = state.dueAt();
    startedAt = state.startedAt();
    endedAt = state.endedAt();
    result = state.result();
    input = state.input();
    undoInput = state.undoInput();
    error = state.error();
    branch = state.branch();
    takenSignal = state.takenSignal();
    task = state.task();
    parts = state.parts() == null ? null : new PartsDraft(state.parts());
  }

  /** The new state; the very same object as before when nothing has changed. */
  @SuppressWarnings("ReferenceEquality") // What is not the same object makes a new state.
  StepState freeze() {
    Outside outside = outside();
    PartsState partsNow = parts == null ? null : parts.freeze();
    boolean unchanged =
        status == before.status()
            && effect == before.effect()
            && generation == before.generation()
            && dueAt == before.dueAt()
            && startedAt == before.startedAt()
            && endedAt == before.endedAt()
            && result == before.result()
            && input == before.input()
            && undoInput == before.undoInput()
            && error == before.error()
            && outside == before.outside()
            && branch == before.branch()
            && takenSignal == before.takenSignal()
            && task == before.task()
            && partsNow == before.parts();
    return unchanged
        ? before
        : new StepState(
            status,
            effect,
            generation,
            dueAt,
            startedAt,
            endedAt,
            result,
            input,
            undoInput,
            error,
            outside,
            branch,
            takenSignal,
            task,
            partsNow);
  }

  /** The very same object as before when no command was sent, answered or given up. */
  @SuppressWarnings("ReferenceEquality") // Another object is another name.
  private Outside outside() {
    Outside earlier = before.outside();
    Attempts doing = earlier.doing();
    Attempts undoing = earlier.undoing();
    boolean unchanged =
        doSent == doing.sent()
            && doBase == doing.base()
            && doAnswers == doing.answers()
            && undoSent == undoing.sent()
            && undoBase == undoing.base()
            && undoAnswers == undoing.answers()
            && openAttempt == earlier.openAttempt()
            && succeededAttempt == earlier.succeededAttempt()
            && armedTurn == earlier.armedTurn()
            && worker == earlier.worker()
            && runs == earlier.runs()
            && keys == earlier.keys();
    return unchanged
        ? earlier
        : new Outside(
            Attempts.of(doSent, doBase, doAnswers),
            Attempts.of(undoSent, undoBase, undoAnswers),
            openAttempt,
            succeededAttempt,
            armedTurn,
            worker,
            runs,
            keys);
  }

  /** Whether the step has moved; mere counts of commands and answers do not matter. */
  @SuppressWarnings("ReferenceEquality") // Another object is another result.
  boolean hasMoved() {
    return status != before.status()
        || effect != before.effect()
        || generation != before.generation()
        || openAttempt != before.outside().openAttempt()
        || dueAt != before.dueAt()
        || result != before.result();
  }

  /** Whether this decision has changed how the step's parts stand. */
  @SuppressWarnings("ReferenceEquality") // Another object is another standing.
  boolean hasMovedParts() {
    return (parts == null ? null : parts.freeze()) != before.parts();
  }

  /** Whether the step has parts that it waits for, on the way forward or back. */
  boolean awaitsParts() {
    return parts != null
        && openAttempt > 0
        && (status == StepStatus.IN_PROGRESS || status == StepStatus.UNDOING);
  }

  /** Whether the step counts as done for those that depend on it. */
  boolean passed() {
    return switch (status) {
      case DO_SUCCESS, NOT_TAKEN, SKIPPED, RESOLVED, GIVEN_UP -> true;
      case PENDING,
          COMPUTING,
          ARMED,
          WAITING,
          HELD,
          IN_PROGRESS,
          DO_FAIL,
          RETRY_EXHAUSTED,
          FAILED,
          IN_DOUBT,
          UNDOING,
          UNDO_SUCCESS,
          UNDO_FAIL ->
          false;
    };
  }

  /** Whether a DO was sent whose answer is still awaited. */
  boolean doInFlight() {
    return openAttempt > 0 && status != StepStatus.UNDOING;
  }

  /** Whether an UNDO was sent whose answer is still awaited. */
  boolean undoInFlight() {
    return openAttempt > 0 && status == StepStatus.UNDOING;
  }

  /** Whether the step waits, until a certain time at the latest. */
  boolean waitsForTime() {
    return status == StepStatus.WAITING && dueAt > 0;
  }

  /** Whether the next DO attempt waits for its delay to pass. */
  boolean doBacksOff() {
    return openAttempt == 0
        && dueAt > 0
        && (status == StepStatus.DO_FAIL || status == StepStatus.IN_DOUBT);
  }

  /** Whether the next UNDO attempt waits for its delay to pass. */
  boolean undoBacksOff() {
    return dueAt > 0 && status == StepStatus.UNDO_FAIL;
  }

  /** Whether the DO will not be retried automatically and the step has not passed. */
  boolean stuck() {
    return openAttempt == 0
        && dueAt == 0
        && (status == StepStatus.RETRY_EXHAUSTED
            || status == StepStatus.FAILED
            || status == StepStatus.IN_DOUBT);
  }

  /** Whether the UNDO will not be retried automatically. */
  boolean undoExhausted() {
    return status == StepStatus.UNDO_FAIL && dueAt == 0;
  }

  /**
   * Whether an UNDO was sent, failed or succeeded: it may have run before an effect that lands now.
   */
  boolean undoWasSent() {
    return status == StepStatus.UNDOING
        || status == StepStatus.UNDO_SUCCESS
        || status == StepStatus.UNDO_FAIL
        || (status == StepStatus.HELD && undoSent > undoBase);
  }

  /** Whether the step was held before this decision. */
  boolean wasHeld() {
    return before.status() == StepStatus.HELD;
  }

  /** Ends the wait for an answer or a delay. */
  void rest() {
    openAttempt = 0;
    dueAt = 0;
  }

  /**
   * Notes an effect of the step, and of the idempotency key of an attempt.
   *
   * @param attempt of the DO; 0 when it is not known, and then the effect may be that of any key
   */
  void raise(StepEffect other, int attempt) {
    effect = effect.or(other);
    if (keys.isEmpty() || other == StepEffect.NONE) {
      return;
    }
    // An attempt of an aborted transaction that is not on record was sent under the latest key.
    DoKey meant = DoKey.ofAttempt(keys, attempt);
    keys =
        keys.stream()
            .map(key -> meant == null || key.equals(meant) ? key.raised(other) : key)
            .toList();
  }

  /** The next attempt, which waits for its commit, may have been sent by an aborted transaction. */
  void doubtArmed() {
    if (!keys.isEmpty()) {
      noteNextKey();
    }
    raise(StepEffect.IN_DOUBT, doSent + 1);
  }

  /** Nothing is left to undo, under whichever key. */
  void settle() {
    effect = StepEffect.NONE;
    if (!keys.isEmpty()) {
      keys = keys.stream().map(DoKey::settled).toList();
    }
  }

  /**
   * Chooses the idempotency key of the DO that is being sent.
   *
   * @param keepsDeadline whether the deadline of the last DO under a key is to be known later
   */
  void useKey(boolean keepsDeadline) {
    if (keepsDeadline || !keys.isEmpty()) {
      int number = DoKey.next(keys, generation, doSent - 1).number();
      appendKey(number, doSent, keepsDeadline ? dueAt : 0);
    }
  }

  /**
   * Bounds the DOs that are not on record, which a transaction that was aborted may have sent. The
   * bound stays, so that all attempts of the UNDO wait for the same moment and not each for its
   * own.
   *
   * @param latest none of their deadlines is later, ms since the epoch
   */
  void boundUnrecorded(long latest) {
    if (keys.isEmpty()) {
      keys = List.of(new DoKey(generation, 1, 0, effect));
    }
    keys =
        keys.stream()
            .map(
                key ->
                    key.lastDeadline() > 0
                        ? key
                        : new DoKey(key.number(), key.firstAttempt(), latest, key.effect()))
            .toList();
  }

  private void noteNextKey() {
    appendKey(DoKey.next(keys, generation, doSent).number(), doSent + 1, 0);
  }

  private void appendKey(int number, int attempt, long deadline) {
    List<DoKey> extended = new ArrayList<>(keys);
    DoKey last = keys.isEmpty() ? null : keys.get(keys.size() - 1);
    if (last != null && last.number() == number) {
      extended.set(
          keys.size() - 1,
          new DoKey(
              number, last.firstAttempt(), Math.max(last.lastDeadline(), deadline), last.effect()));
    } else {
      extended.add(new DoKey(number, attempt, deadline, StepEffect.NONE));
    }
    keys = List.copyOf(extended);
  }

  /** Begins a new generation: attempts count from here again, their numbers go on. */
  void nextGeneration() {
    if (keys.isEmpty() && parts == null && (doSent > 0 || effect != StepEffect.NONE)) {
      // What is known without a DO on record is of a transaction that was aborted, under this key.
      keys = List.of(new DoKey(generation, 1, 0, effect));
    }
    generation++;
    doBase = doSent;
    undoBase = undoSent;
  }

  /** Begins a new generation, which waits for no answer to the ones before. */
  void raiseGeneration() {
    nextGeneration();
    rest();
  }

  /**
   * The same, for further attempts of a DO that a worker outside does. The key of the generation
   * before and that of this one are on record from now on, whether or not a DO is: a transaction
   * that is aborted may send one, or have sent one.
   */
  void retryOutside() {
    if (keys.isEmpty()) {
      keys = List.of(new DoKey(generation, 1, 0, effect));
    }
    raiseGeneration();
    noteNextKey();
  }

  /**
   * Remembers the version of the worker that answered a command.
   *
   * @param version null when it has not said
   * @param took how long ago the command was sent, or -1 when that is not known
   * @param at when the answer was accepted, ms since the epoch
   */
  void ranOn(@Nullable String version, CommandAction action, long took, long at) {
    if (version == null) {
      return;
    }
    long from = took > 0 ? at - took : at;
    List<WorkerRun> extended = new ArrayList<>(runs);
    WorkerRun last = runs.isEmpty() ? null : runs.get(runs.size() - 1);
    if (last != null && last.action() == action && last.version().equals(version)) {
      extended.set(runs.size() - 1, last.until(at));
    } else if (runs.size() < WorkerRun.MOST - 2) {
      extended.add(new WorkerRun(version, action, from, at));
    } else {
      share(extended, new WorkerRun(WorkerRun.OTHERS, action, from, at));
    }
    runs = List.copyOf(extended);
  }

  /** Whether this decision has remembered a version. */
  boolean hasNewRun() {
    return !runs.equals(before.outside().runs());
  }

  /** Further versions share one run of each action, which stand last. */
  private static void share(List<WorkerRun> runs, WorkerRun run) {
    for (int i = runs.size() - 1; i >= 0; i--) {
      WorkerRun shared = runs.get(i);
      if (shared.version().equals(WorkerRun.OTHERS) && shared.action() == run.action()) {
        runs.set(i, shared.until(run.to()));
        return;
      }
    }
    runs.add(run);
  }

  void failedWith(@Nullable String message) {
    error =
        message == null || message.length() <= MAX_ERROR_LENGTH
            ? message
            : message.substring(0, MAX_ERROR_LENGTH) + "…";
  }
}
