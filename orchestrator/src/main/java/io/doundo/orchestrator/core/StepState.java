package io.doundo.orchestrator.core;

import org.jspecify.annotations.Nullable;

/**
 * What a flow knows of one of its steps. Attempt numbers are those of the wire: they rise by one
 * for each command of an action and never restart; {@code doBase} and {@code undoBase} are where
 * the current generation began to count.
 *
 * @param generation rises with an operator's retry and with every repeated UNDO; starts at 1
 * @param doSent number of DO commands sent, which is the latest attempt's number
 * @param undoSent the same for UNDO
 * @param doAnswers number of DO answers taken so far, for workers that echo neither id nor attempt
 * @param undoAnswers the same for UNDO
 * @param openAttempt the attempt whose answer is awaited, or 0
 * @param succeededAttempt the DO attempt whose success was taken, or 0
 * @param armedTurn the turn whose commit an {@code ARMED} step waits for, or 0 once it is committed
 * @param dueAt when the open attempt times out or the next one is to be sent, ms since the epoch,
 *     or 0
 * @param startedAt when its first command was sent, ms since the epoch, or 0
 * @param endedAt when its last answer was taken, ms since the epoch, or 0
 * @param result what the DO returned
 * @param input an operator's replacement for the computed payload of the DO
 * @param undoInput an operator's replacement for the computed payload of the UNDO
 */
public record StepState(
    StepStatus status,
    Evidence evidence,
    int generation,
    int doSent,
    int doBase,
    int undoSent,
    int undoBase,
    int doAnswers,
    int undoAnswers,
    int openAttempt,
    int succeededAttempt,
    int armedTurn,
    long dueAt,
    long startedAt,
    long endedAt,
    @Nullable Content result,
    @Nullable Content input,
    @Nullable Content undoInput,
    @Nullable String error,
    @Nullable String worker) {

  /** A step of a flow that has just begun. */
  public static final StepState PENDING =
      new StepState(
          StepStatus.PENDING,
          Evidence.NONE,
          1,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          0,
          null,
          null,
          null,
          null,
          null);
}
