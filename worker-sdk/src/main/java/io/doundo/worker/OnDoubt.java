package io.doundo.worker;

/**
 * What to do with a DO when an earlier call of its handler may already have had its effect, because
 * its worker died or it threw.
 */
public enum OnDoubt {
  /** The handler runs again, with the same idempotency key: it must be idempotent. */
  RERUN,
  /** The step's {@link io.doundo.worker.Verify} method asks the outside world first. */
  VERIFY,
  /** The handler never runs again: the step is undone in the end. */
  NEVER
}
