package io.doundo.protocol;

/** What an operator can ask of a circuit breaker. */
public enum BreakerVerb {
  /** Use these figures from now on. */
  CONFIGURE,
  /** Hold all commands until a time, for maintenance. */
  OPEN,
  /** Close, and forget all faults. */
  RESET,
  /** Forget the breaker: what it holds is let through. */
  DELETE
}
