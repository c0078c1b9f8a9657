package io.doundo.launcher.chaos;

import java.time.Duration;

/**
 * What one run is to do. With the same settings the plan is the same, letter by letter.
 *
 * @param flows how many are started
 * @param length how long flows are started and faults strike
 * @param pause the mean time between two faults
 */
record ChaosSettings(
    int flows,
    Duration length,
    Duration pause,
    long seed,
    int brokers,
    int orchestrators,
    int workers) {

  ChaosSettings {
    if (flows < 1 || length.isNegative() || length.isZero() || pause.toMillis() < 1) {
      throw new IllegalArgumentException("a run needs flows and time");
    }
    if (brokers != 1 && brokers != 3) {
      throw new IllegalArgumentException("one broker or three, not " + brokers);
    }
    if (orchestrators < 1 || workers < 0) {
      throw new IllegalArgumentException("at least one orchestrator");
    }
  }

  /** Two orchestrators and three workers, as in all runs but those of tests. */
  static ChaosSettings usual(int flows, Duration length, long seed, int brokers) {
    return new ChaosSettings(flows, length, Duration.ofSeconds(9), seed, brokers, 2, 3);
  }

  /** For people: all that is needed to draw the same plan again. */
  String text() {
    return "Seed %d: %d flows in %d s, a fault every %d s on average; brokers: %d, orchestrators: %d, workers: %d."
        .formatted(
            seed, flows, length.toSeconds(), pause.toSeconds(), brokers, orchestrators, workers);
  }
}
