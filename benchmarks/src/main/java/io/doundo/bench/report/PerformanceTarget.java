package io.doundo.bench.report;

import io.doundo.bench.flow.Mode;
import io.doundo.bench.flow.Scenario;
import io.doundo.bench.measure.BenchResults;
import io.doundo.bench.measure.Latency;
import io.doundo.bench.measure.LatencyTrial;
import io.doundo.bench.measure.LiveFlows;
import io.doundo.bench.measure.Parts;
import io.doundo.bench.measure.Recovery;
import io.doundo.bench.measure.Spread;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** The figures that the product is to reach, each as a median of one run; and what it reached. */
enum PerformanceTarget {
  ENGINE_THROUGHPUT("engine, three sequential steps, part of the limit's throughput", 0.35, true) {
    @Override
    Optional<Double> reached(BenchResults results) {
      return ratio(results, Mode.ENGINE);
    }
  },
  AUDIT_THROUGHPUT("the same with the audit log", 0.28, true) {
    @Override
    Optional<Double> reached(BenchResults results) {
      return ratio(results, Mode.AUDIT);
    }
  },
  FULL_THROUGHPUT("the same with SDK workers and the fence", 0.15, true) {
    @Override
    Optional<Double> reached(BenchResults results) {
      return ratio(results, Mode.FULL);
    }
  },
  ENGINE_P50("engine at 50 flows/s, p50, times the limit's", 1.5, false) {
    @Override
    Optional<Double> reached(BenchResults results) {
      return latency(results, Mode.ENGINE, Latency::p50Ratio);
    }
  },
  ENGINE_P99("engine at 50 flows/s, p99, times the limit's", 2.5, false) {
    @Override
    Optional<Double> reached(BenchResults results) {
      return latency(results, Mode.ENGINE, Latency::p99Ratio);
    }
  },
  FULL_P50("full at 50 flows/s, p50, times the limit's", 2.5, false) {
    @Override
    Optional<Double> reached(BenchResults results) {
      return latency(results, Mode.FULL, Latency::p50Ratio);
    }
  },
  UNDO("engine, third step fails, part of the success case's throughput", 0.45, true) {
    @Override
    Optional<Double> reached(BenchResults results) {
      return rate(results, Scenario.UNDO)
          .flatMap(undo -> rate(results, Scenario.SEQUENTIAL).map(success -> undo / success));
    }
  },
  LIVE_THROUGHPUT("throughput beside 1,000,000 live flows, part of that beside 10,000", 0.8, true) {
    @Override
    Optional<Double> reached(BenchResults results) {
      return results
          .liveFlows()
          .filter(flows -> flows.many().live() >= ASKED_LIVE)
          .map(LiveFlows::ratio);
    }
  },
  LIVE_BYTES("state of a live flow of three steps, bytes beside its payload", 1024, false) {
    @Override
    Optional<Double> reached(BenchResults results) {
      return results
          .liveFlows()
          .filter(flows -> flows.many().live() >= ENOUGH_FOR_BYTES)
          .map(LiveFlows::bytesBesidePayload);
    }
  },
  RECOVERY_FIRST("kill -9 amid 50,000 flows, seconds from up to the first flow", 3, false) {
    @Override
    Optional<Double> reached(BenchResults results) {
      return longest(results, 0, Recovery::firstMoveAfterUp);
    }
  },
  RECOVERY_ALL("the same until all flows had ended", 60, false) {
    @Override
    Optional<Double> reached(BenchResults results) {
      return longest(results, 0, Recovery::allEndedAfterUp);
    }
  },
  RECOVERY_BESIDE_WAITING("the same beside 1,000,000 waiting flows, to the first flow", 8, false) {
    @Override
    Optional<Double> reached(BenchResults results) {
      return longest(results, ASKED_LIVE, Recovery::firstMoveAfterUp);
    }
  },
  LIST_SECONDS("a list of 10,000 flows, seconds until it has completed", 60, false) {
    @Override
    Optional<Double> reached(BenchResults results) {
      return parts(results, Parts::forward);
    }
  },
  BESIDE_LISTS("p99 at 50 flows/s beside three lists of 1,000 flows, times that alone", 2, false) {
    @Override
    Optional<Double> reached(BenchResults results) {
      return parts(results, Parts::p99Ratio);
    }
  };

  /** Smaller runs are reported without a judgement. */
  private static final int ASKED_LIVE = 1_000_000;

  private static final int ASKED_IN_FLIGHT = 50_000;

  private static final int ASKED_ITEMS = 10_000;

  /** With fewer, what stores take without any flow is most of it. */
  private static final int ENOUGH_FOR_BYTES = 100_000;

  private final String description;
  private final double bound;
  private final boolean atLeast;

  PerformanceTarget(String description, double bound, boolean atLeast) {
    this.description = description;
    this.bound = bound;
    this.atLeast = atLeast;
  }

  /** The figure of a run; empty when it was not measured. */
  abstract Optional<Double> reached(BenchResults results);

  /** A target and what a run has reached. */
  record TargetResult(String figure, String asked, double reached, boolean met) {}

  /** Of everything that was measured. */
  static List<TargetResult> targetResults(BenchResults results) {
    List<TargetResult> targetResults = new ArrayList<>();
    for (PerformanceTarget target : values()) {
      target
          .reached(results)
          .ifPresent(
              reached ->
                  targetResults.add(
                      new TargetResult(
                          target.description,
                          String.format(
                              Locale.ROOT,
                              "%s %.2f",
                              target.atLeast ? "at least" : "at most",
                              target.bound),
                          reached,
                          target.atLeast ? reached >= target.bound : reached <= target.bound)));
    }
    return targetResults;
  }

  private static Optional<Double> ratio(BenchResults results, Mode mode) {
    return results.throughput(mode, Scenario.SEQUENTIAL).map(result -> result.ratio().median());
  }

  private static Optional<Double> rate(BenchResults results, Scenario scenario) {
    return results.throughput(Mode.ENGINE, scenario).map(result -> result.product().median());
  }

  /** Of the mode that took longest, beside so many waiting flows. */
  private static Optional<Double> longest(
      BenchResults results, int waiting, Function<Recovery, Spread> figure) {
    return results.recoveries().stream()
        .filter(recovery -> recovery.flows() >= ASKED_IN_FLIGHT)
        .filter(recovery -> recovery.waiting() == waiting)
        .map(recovery -> figure.apply(recovery).median())
        .max(Double::compare);
  }

  /** Of the mode that took longest. */
  private static Optional<Double> parts(BenchResults results, Function<Parts, Spread> figure) {
    return results.parts().stream()
        .filter(parts -> parts.items() >= ASKED_ITEMS)
        .map(parts -> figure.apply(parts).median())
        .max(Double::compare);
  }

  private static Optional<Double> latency(
      BenchResults results, Mode mode, Function<Latency, Spread> figure) {
    return results.latencies().stream()
        .filter(latency -> latency.mode() == mode && latency.load().equals(LatencyTrial.LOW))
        .map(latency -> figure.apply(latency).median())
        .findFirst();
  }
}
