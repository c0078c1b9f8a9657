package io.doundo.bench.stack;

import java.util.Locale;

/** Measurements beside throughput; with three sequential steps. */
public enum Trial {
  /** From intended start to end, at 50 flows a second and at half of the product's maximum. */
  LATENCY,
  /** The orchestrator is killed among many flows and started again; plain workers only. */
  RECOVERY,
  /** Throughput beside many flows that wait, and what these cost; plain workers only. */
  LIVE,
  /**
   * A list of flows, from its start to its end and back, and the latency of other flows beside
   * three lists; plain workers only.
   */
  PARTS;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
