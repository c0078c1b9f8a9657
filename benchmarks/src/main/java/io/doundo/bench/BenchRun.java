package io.doundo.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/**
 * One run on one broker. Whatever is measured of the product is measured of the limit just before
 * it, because a broker grows faster as it gets warm.
 */
final class BenchRun {

  private static final int YARDSTICK_REPETITIONS = 3;

  private final BenchSettings settings;
  private final Path data;
  private final Consumer<String> log;

  /**
   * @param data absolute
   */
  BenchRun(BenchSettings settings, Path data, Consumer<String> log) {
    this.settings = settings;
    this.data = data;
    this.log = log;
  }

  /**
   * Measures.
   *
   * @throws RefusedRunException when there is nothing that may be reported
   */
  Results run() throws IOException, InterruptedException, ExecutionException, RefusedRunException {
    List<Throughput> throughputs = new ArrayList<>();
    List<Latency> latencies = new ArrayList<>();
    try (BenchStack stack = new BenchStack(settings, data)) {
      stack.start();
      try (Installation limit = new Installation(Mode.LIMIT, stack, settings)) {
        log.accept("warming up the broker and the limit");
        limit.warmUp(Scenario.SEQUENTIAL);
        requireFastYardstick(limit);
        for (Mode mode : settings.modes()) {
          log.accept("starting %s: %s".formatted(mode, mode.description()));
          stack.startProduct(mode);
          try (Installation product = new Installation(mode, stack, settings)) {
            AuditLogEnd audit = AuditLogEnd.of(stack.bootstrapServers());
            product.warmUp(Scenario.SEQUENTIAL);
            for (Scenario scenario : settings.scenarios()) {
              throughputs.add(throughput(limit, product, scenario));
            }
            if (settings.trials().contains(Trial.LATENCY)) {
              double most =
                  product
                      .throughput(Scenario.SEQUENTIAL, settings.flows(Scenario.SEQUENTIAL))
                      .flowsPerSecond();
              latencies.addAll(LatencyTrial.measure(limit, product, most, settings, log));
            }
            audit.check(mode);
          }
          stack.stopProduct();
        }
      }
    }
    return new Results(throughputs, latencies);
  }

  private void requireFastYardstick(Installation limit)
      throws IOException, InterruptedException, RefusedRunException {
    int flows = settings.flows(Scenario.SEQUENTIAL);
    List<Double> figures = new ArrayList<>();
    for (int i = 0; i < YARDSTICK_REPETITIONS; i++) {
      figures.add(limit.throughput(Scenario.SEQUENTIAL, flows).flowsPerSecond());
    }
    double reached = Spread.of(figures).median();
    log.accept(String.format(Locale.ROOT, "the limit is %,.0f flows/s", reached));
    if (reached < settings.leastLimit()) {
      throw new RefusedRunException(
          "the yardstick is too slow",
          List.of(
              String.format(
                  Locale.ROOT,
                  "the limit reached %,.0f flows/s, and at least %,.0f are asked of this machine",
                  reached,
                  settings.leastLimit())));
    }
  }

  private Throughput throughput(Installation limit, Installation product, Scenario scenario)
      throws IOException, InterruptedException, RefusedRunException {
    int flows = settings.flows(scenario);
    if (scenario != Scenario.SEQUENTIAL) {
      limit.throughput(scenario, Math.max(1, flows / 4));
      product.throughput(scenario, Math.max(1, flows / 4));
    }
    List<Throughput.Pair> pairs = new ArrayList<>();
    for (int i = 0; i < settings.repetitions(); i++) {
      Throughput.Pair pair =
          new Throughput.Pair(
              limit.throughput(scenario, flows), product.throughput(scenario, flows));
      pairs.add(pair);
      log.accept(
          String.format(
              Locale.ROOT,
              "%s, %s: %,.0f flows/s, %.2f of the limit's %,.0f",
              product.mode(),
              scenario,
              pair.product().flowsPerSecond(),
              pair.ratio(),
              pair.limit().flowsPerSecond()));
    }
    return new Throughput(product.mode(), scenario, flows, pairs);
  }
}
