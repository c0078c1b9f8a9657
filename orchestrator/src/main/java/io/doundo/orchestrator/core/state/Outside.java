package io.doundo.orchestrator.core.state;

import org.jspecify.annotations.Nullable;

/**
 * The known state of the commands that a step has sent to the outside.
 *
 * @param openAttempt the attempt whose answer is awaited, or 0
 * @param succeededAttempt the latest DO attempt that succeeded, or 0
 * @param armedTurn the turn whose commit an {@code ARMED} step waits for, or 0 once it is committed
 * @param worker the service that answered last, or null
 */
public record Outside(
    Attempts doing,
    Attempts undoing,
    int openAttempt,
    int succeededAttempt,
    int armedTurn,
    @Nullable String worker) {

  /** Nothing was sent, and nothing is about to be. */
  public static final Outside NONE = new Outside(Attempts.NONE, Attempts.NONE, 0, 0, 0, null);
}
