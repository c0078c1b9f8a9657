package io.doundo.launcher.chaos;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The settings of one run. With the same settings the plan is the same, letter by letter.
 *
 * @param flows how many are started
 * @param length how long flows are started and faults strike
 * @param pause the mean time between two faults
 * @param lease of the workers; null for the one that the SDK has by default
 * @param attempts that a DO has before it is given up, a minute each; 0 for those, and the
 *     timeouts, of the documents
 */
record ChaosSettings(
    int flows,
    Duration length,
    Duration pause,
    long seed,
    int brokers,
    int orchestrators,
    int workers,
    @Nullable Duration lease,
    int attempts) {

  ChaosSettings {
    if (flows < 1 || length.isNegative() || length.isZero() || pause.toMillis() < 1) {
      throw new IllegalArgumentException("a run needs at least one flow and a duration above zero");
    }
    if (brokers != 1 && brokers != 3) {
      throw new IllegalArgumentException("the number of brokers must be 1 or 3, but is " + brokers);
    }
    if (orchestrators < 1 || workers < 0) {
      throw new IllegalArgumentException("a run needs at least one orchestrator");
    }
    if (lease != null && lease.toMillis() < 1) {
      throw new IllegalArgumentException("the lease must be longer than zero, but is " + lease);
    }
  }

  ChaosSettings(
      int flows,
      Duration length,
      Duration pause,
      long seed,
      int brokers,
      int orchestrators,
      int workers) {
    this(flows, length, pause, seed, brokers, orchestrators, workers, null, 0);
  }

  ChaosSettings withLease(Duration other) {
    return new ChaosSettings(
        flows, length, pause, seed, brokers, orchestrators, workers, other, attempts);
  }

  /**
   * So many attempts for each DO, of a minute each, that the load of the run does not decide how a
   * flow ends, and no effect lands after its lease.
   */
  ChaosSettings withAttempts(int other) {
    return new ChaosSettings(
        flows, length, pause, seed, brokers, orchestrators, workers, lease, other);
  }

  /** Two orchestrators and three workers, as in all runs but those of tests. */
  static ChaosSettings usual(int flows, Duration length, long seed, int brokers) {
    return new ChaosSettings(flows, length, Duration.ofSeconds(9), seed, brokers, 2, 3);
  }

  /** For people: all that is needed to draw the same plan again. */
  String text() {
    String text =
        "Seed %d: %d flows in %d s, a fault every %d s on average; brokers: %d, orchestrators: %d, workers: %d."
            .formatted(
                seed,
                flows,
                length.toSeconds(),
                pause.toSeconds(),
                brokers,
                orchestrators,
                workers);
    return lease == null ? text : text + " Lease: %.1f s.".formatted(lease.toMillis() / 1_000.0);
  }
}
