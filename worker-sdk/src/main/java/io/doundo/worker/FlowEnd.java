package io.doundo.worker;

import org.jspecify.annotations.Nullable;

/**
 * How a flow ended, or why it waits for an operator.
 *
 * @param reason for a person; null when there is none to give
 */
public record FlowEnd(String flowId, Status status, @Nullable String reason) {

  /** Where a flow rests. */
  public enum Status {
    COMPLETED,
    /** Everything that may have had an effect was undone. */
    UNDONE,
    /** Waits for an operator; it may still end in another way. */
    PARKED,
    /** An operator ended it without undoing. */
    ABANDONED,
    /** It never began. Told as a {@link StartRefusedException} to those who wait for the end. */
    REJECTED
  }

  public boolean isCompleted() {
    return status == Status.COMPLETED;
  }
}
