package io.doundo.bench;

import java.util.Locale;

/** What is measured beside throughput; always with three sequential steps. */
enum Trial {
  /** From intended start to end, at 50 flows a second and at half of the product's maximum. */
  LATENCY,
  /** Throughput beside few and beside many flows that wait. */
  LIVE,
  /** Until flows move again after the orchestrator was killed among many. */
  RECOVERY,
  /** What a flow costs in bytes. */
  STATE;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
