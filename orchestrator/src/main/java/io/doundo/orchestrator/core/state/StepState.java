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
 * @param outside its commands; {@link Outside#NONE} while none was sent
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
    Outside outside) {

  /** A step of a flow that has just begun. */
  public static final StepState PENDING =
      new StepState(
          StepStatus.PENDING, StepEffect.NONE, 1, 0, 0, 0, null, null, null, null, Outside.NONE);
}
