package io.doundo.orchestrator.breaker;

/** How a breaker stands. Stored by name: rename none. */
public enum BreakerPhase {
  /** Commands are sent. */
  CLOSED,
  /** Commands are held. */
  OPEN,
  /** Held commands are let through in waves, to see whether the service is well again. */
  HALF_OPEN,
  /** An operator has it hold all commands, for maintenance. */
  FORCED_OPEN
}
