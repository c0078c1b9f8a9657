package io.doundo.orchestrator.breaker;

import java.util.List;

/**
 * The next state of a breaker and what is told of it.
 *
 * @param entries for the audit log, in order
 */
public record BreakerDecision(BreakerState next, List<BreakerEntry> entries) {
  public BreakerDecision {
    entries = List.copyOf(entries);
  }
}
