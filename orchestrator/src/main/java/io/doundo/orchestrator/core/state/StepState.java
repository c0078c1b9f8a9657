package io.doundo.orchestrator.core.state;

import org.jspecify.annotations.Nullable;

/**
 * The state of one step of a flow: common fields first, then those of its kind.
 *
 * @param generation rises with an operator's retry and with every repeated UNDO; starts at 1
 * @param dueAt when the open attempt times out or the next one is due, ms since the epoch, or 0
 * @param startedAt when its first command was sent, ms since the epoch, or 0
 * @param endedAt when its last answer was accepted, ms since the epoch, or 0
 * @param result what the DO returned
 * @param input an operator's replacement for the computed payload of the DO
 * @param undoInput an operator's replacement for the computed payload of the UNDO
 * @param outside the state of its commands; {@link Outside#NONE} while none was sent
 * @param branch the index of the branch that a choice has taken, or {@link #NO_BRANCH}
 * @param takenSignal the signal that it took; null for a step that has taken none
 * @param task its task; null for a step without an opened task
 * @param parts its parts; null for a step that has begun none
 */
public record StepState(
    StepStatus status,
    StepEffect effect,
    int generation,
    long dueAt,
    long startedAt,
    long endedAt,
    @Nullable Content result,
    @Nullable Content input,
    @Nullable Content undoInput,
    @Nullable String error,
    Outside outside,
    int branch,
    @Nullable TakenSignal takenSignal,
    @Nullable TaskState task,
    @Nullable PartsState parts) {

  /** No branch is taken: the step is no choice, or has not chosen. */
  public static final int NO_BRANCH = -1;

  /** The state of a step when its flow begins. */
  public static final StepState PENDING =
      new StepState(
          StepStatus.PENDING, StepEffect.NONE, 1, 0, 0, 0, null, null, null, null, Outside.NONE);

  /** The state of a step that is no choice. */
  public StepState(
      StepStatus status,
      StepEffect effect,
      int generation,
      long dueAt,
      long startedAt,
      long endedAt,
      @Nullable Content result,
      @Nullable Content input,
      @Nullable Content undoInput,
      @Nullable String error,
      Outside outside) {
    this(
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
        NO_BRANCH,
        null,
        null);
  }

  /** The state of a step without parts. */
  public StepState(
      StepStatus status,
      StepEffect effect,
      int generation,
      long dueAt,
      long startedAt,
      long endedAt,
      @Nullable Content result,
      @Nullable Content input,
      @Nullable Content undoInput,
      @Nullable String error,
      Outside outside,
      int branch,
      @Nullable TakenSignal takenSignal,
      @Nullable TaskState task) {
    this(
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
        null);
  }

  /** The state of a step without a task. */
  public StepState(
      StepStatus status,
      StepEffect effect,
      int generation,
      long dueAt,
      long startedAt,
      long endedAt,
      @Nullable Content result,
      @Nullable Content input,
      @Nullable Content undoInput,
      @Nullable String error,
      Outside outside,
      int branch,
      @Nullable TakenSignal takenSignal) {
    this(
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
        null);
  }
}
