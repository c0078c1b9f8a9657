package io.doundo.orchestrator.breaker;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One thing that happened to a breaker, for its history and the audit log.
 *
 * @param until when it is half open next, or null
 * @param reason why, or null
 * @param by the operator who asked for it, or null
 */
public record BreakerEntry(
    Type type, Instant at, @Nullable Instant until, @Nullable String reason, @Nullable String by) {

  /** What happened. Stored by name: rename none. */
  public enum Type {
    BREAKER_OPENED,
    BREAKER_HALF_OPENED,
    BREAKER_CLOSED,
    BREAKER_FORCED_OPEN,
    /** An operator has closed it. */
    BREAKER_RESET,
    BREAKER_CONFIGURED,
    BREAKER_DELETED,
    /** A request of an operator was refused. */
    REQUEST_REFUSED
  }
}
