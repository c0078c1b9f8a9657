package io.doundo.orchestrator.core.command;

import io.doundo.orchestrator.definition.RetryPolicy;

/** Retry arithmetic: the delay between two attempts. Deterministic. */
public final class Backoff {

  /** The longest pause that a worker can request before the next attempt. */
  public static final long LONGEST_ASKED_MS = 3_600_000;

  private static final int JITTER_STEPS = 10_000;

  private Backoff() {}

  /**
   * The delay before the next attempt, in ms.
   *
   * @param failed how many attempts of this generation have failed, at least 1
   * @param commandId the failed attempt's id, from which the jitter is drawn
   */
  public static long delayMs(RetryPolicy policy, int failed, String commandId) {
    long plain = policy.delayMs(failed);
    return plain + Math.round(plain * policy.jitter() * spread(commandId));
  }

  /** A number between -1 and 1 drawn from the id. */
  private static double spread(String commandId) {
    int drawn = Math.floorMod(Integer.parseUnsignedInt(commandId, 0, 8, 16), JITTER_STEPS + 1);
    return 2.0 * drawn / JITTER_STEPS - 1.0;
  }
}
