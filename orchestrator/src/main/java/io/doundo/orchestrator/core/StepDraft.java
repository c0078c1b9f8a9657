package io.doundo.orchestrator.core;

import org.jspecify.annotations.Nullable;

/** A {@link StepState} in the making, for the length of one decision. */
final class StepDraft {

  /** Longer error texts are cut in the state; the audit log has them whole. */
  private static final int MAX_ERROR_LENGTH = 500;

  private final StepState before;
  StepStatus status;
  Evidence evidence;
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

  StepDraft(StepState state) {
    before = state;
    status = state.status();
    evidence = state.evidence();
    generation = state.generation();
    doSent = state.doSent();
    doBase = state.doBase();
    undoSent = state.undoSent();
    undoBase = state.undoBase();
    doAnswers = state.doAnswers();
    undoAnswers = state.undoAnswers();
    openAttempt = state.openAttempt();
    succeededAttempt = state.succeededAttempt();
    armedTurn = state.armedTurn();
    dueAt = state.dueAt();
    startedAt = state.startedAt();
    endedAt = state.endedAt();
    result = state.result();
    input = state.input();
    undoInput = state.undoInput();
    error = state.error();
    worker = state.worker();
  }

  /** The new state; the very same object as before when nothing has changed. */
  StepState freeze() {
    return isUnchanged() ? before : state();
  }

  @SuppressWarnings("ReferenceEquality") // What is not the same object makes a new state.
  private boolean isUnchanged() {
    return status == before.status()
        && evidence == before.evidence()
        && generation == before.generation()
        && doSent == before.doSent()
        && doBase == before.doBase()
        && undoSent == before.undoSent()
        && undoBase == before.undoBase()
        && doAnswers == before.doAnswers()
        && undoAnswers == before.undoAnswers()
        && openAttempt == before.openAttempt()
        && succeededAttempt == before.succeededAttempt()
        && armedTurn == before.armedTurn()
        && dueAt == before.dueAt()
        && startedAt == before.startedAt()
        && endedAt == before.endedAt()
        && result == before.result()
        && input == before.input()
        && undoInput == before.undoInput()
        && error == before.error()
        && worker == before.worker();
  }

  private StepState state() {
    return new StepState(
        status,
        evidence,
        generation,
        doSent,
        doBase,
        undoSent,
        undoBase,
        doAnswers,
        undoAnswers,
        openAttempt,
        succeededAttempt,
        armedTurn,
        dueAt,
        startedAt,
        endedAt,
        result,
        input,
        undoInput,
        error,
        worker);
  }

  /** Whether the step stands elsewhere than before, whatever was counted. */
  @SuppressWarnings("ReferenceEquality") // Another object is another result.
  boolean hasMoved() {
    return status != before.status()
        || evidence != before.evidence()
        || generation != before.generation()
        || openAttempt != before.openAttempt()
        || dueAt != before.dueAt()
        || result != before.result();
  }

  /** Whether the step counts as done for those that depend on it. */
  boolean passed() {
    return switch (status) {
      case DO_SUCCESS, SKIPPED, RESOLVED -> true;
      case PENDING,
          ARMED,
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

  /** Whether the DO will not be sent again by itself, and the step has not passed. */
  boolean stuck() {
    return openAttempt == 0
        && dueAt == 0
        && (status == StepStatus.RETRY_EXHAUSTED
            || status == StepStatus.FAILED
            || status == StepStatus.IN_DOUBT);
  }

  /** Whether the UNDO will not be sent again by itself. */
  boolean undoExhausted() {
    return status == StepStatus.UNDO_FAIL && dueAt == 0;
  }

  /** Whether an UNDO is out, failed or done: what lands now, it may not have seen. */
  boolean undoWasSent() {
    return status == StepStatus.UNDOING
        || status == StepStatus.UNDO_SUCCESS
        || status == StepStatus.UNDO_FAIL;
  }

  /** Ends the wait for an answer or a delay. */
  void rest() {
    openAttempt = 0;
    dueAt = 0;
  }

  /** Begins a new generation: attempts count from here again, their numbers go on. */
  void nextGeneration() {
    generation++;
    doBase = doSent;
    undoBase = undoSent;
  }

  /** Begins a new generation, which waits for no answer to the ones before. */
  void raiseGeneration() {
    nextGeneration();
    rest();
  }

  void failedWith(@Nullable String message) {
    error =
        message == null || message.length() <= MAX_ERROR_LENGTH
            ? message
            : message.substring(0, MAX_ERROR_LENGTH) + "…";
  }
}
