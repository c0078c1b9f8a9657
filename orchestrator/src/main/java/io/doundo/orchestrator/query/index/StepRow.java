package io.doundo.orchestrator.query.index;

import io.doundo.orchestrator.core.state.StepStatus;
import org.jspecify.annotations.Nullable;

/**
 * One step of an indexed flow.
 *
 * @param mayHaveEffect whether its effect, certain or possible, is in the world
 * @param doSent the number of DO commands sent
 * @param undoSent the number of UNDO commands sent
 * @param startedAt when its first command was sent, ms since the epoch, or 0
 * @param endedAt when its last answer was accepted, ms since the epoch, or 0
 */
public record StepRow(
    StepStatus status,
    boolean mayHaveEffect,
    int doSent,
    int undoSent,
    long startedAt,
    long endedAt,
    @Nullable String worker) {

  /** The statuses for which {@link #isOpenOrFailed} is true, each a bit by its ordinal. */
  @SuppressWarnings("EnumOrdinal") // Compared with rows of this release only.
  public static int openOrFailed() {
    int statuses = 0;
    for (StepStatus status : StepStatus.values()) {
      statuses |= isOpenOrFailed(status) ? 1 << status.ordinal() : 0;
    }
    return statuses;
  }

  /** Whether a flow with such a step is at it, or failed there. */
  public static boolean isOpenOrFailed(StepStatus status) {
    return switch (status) {
      case ARMED,
          WAITING,
          HELD,
          IN_PROGRESS,
          DO_FAIL,
          RETRY_EXHAUSTED,
          FAILED,
          IN_DOUBT,
          UNDOING,
          UNDO_FAIL ->
          true;
      case PENDING, COMPUTING, NOT_TAKEN, DO_SUCCESS, UNDO_SUCCESS, SKIPPED, RESOLVED, GIVEN_UP ->
          false;
    };
  }
}
