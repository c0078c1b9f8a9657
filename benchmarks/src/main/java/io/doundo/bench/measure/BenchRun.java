package io.doundo.bench.measure;

import io.doundo.bench.flow.AuditLogEnd;
import io.doundo.bench.flow.Mode;
import io.doundo.bench.flow.RefusedRunException;
import io.doundo.bench.flow.Scenario;
import io.doundo.bench.stack.BenchSettings;
import io.doundo.bench.stack.BenchStack;
import io.doundo.bench.stack.Trial;
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
public final class BenchRun {

  private static final int YARDSTICK_REPETITIONS = 3;

  private final BenchSettings settings;
  private final Path data;
  private final Consumer<String> log;

  /**
   * @param data absolute
   */
  public BenchRun(BenchSettings settings, Path data, Consumer<String> log) {
    this.settings = settings;
    this.data = data;
    this.log = log;
  }

  /**
   * Measures.
   *
   * @throws RefusedRunException when there is nothing that may be reported
   */
  public BenchResults run()
      throws IOException, InterruptedException, ExecutionException, RefusedRunException {
    BenchResults results = new BenchResults();
    try (BenchStack stack = new BenchStack(settings, data)) {
      stack.start();
      if (settings.trials().contains(Trial.RECOVERY)) {
        stack.orchestrators().archiveClasses();
      }
      try (SystemUnderTest limit = new SystemUnderTest(Mode.LIMIT, stack, settings)) {
        log.accept("warming up the broker and the limit");
        log.accept("the limit is " + limit.warmUp(Scenario.SEQUENTIAL));
        requireFastLimit(limit);
        for (Mode mode : settings.modes()) {
          if (settings.measures(mode)) {
            measure(stack, limit, mode, results);
          }
        }
        if (settings.trials().contains(Trial.LIVE)) {
          Mode mode =
              settings.modes().stream().filter(Mode::hasPlainWorkers).findFirst().orElseThrow();
          log.accept("restarting %s, for waiting flows".formatted(mode));
          new LiveTrial(stack, settings, mode, log).measure(limit, results);
        }
      }
    }
    return results;
  }

  private void measure(BenchStack stack, SystemUnderTest limit, Mode mode, BenchResults results)
      throws IOException, InterruptedException, ExecutionException, RefusedRunException {
    log.accept("starting %s: %s".formatted(mode, mode.description()));
    stack.startProduct(mode);
    try (SystemUnderTest product = new SystemUnderTest(mode, stack, settings)) {
      AuditLogEnd audit = AuditLogEnd.of(stack.bootstrapServers());
      log.accept("%s is %s".formatted(mode, product.warmUp(Scenario.SEQUENTIAL)));
      for (Scenario scenario : settings.scenarios()) {
        results.add(Throughput.measure(limit, product, scenario, settings, log));
      }
      if (settings.trials().contains(Trial.LATENCY)) {
        double most =
            product.flowsPerSecond(Scenario.SEQUENTIAL, settings.flows(Scenario.SEQUENTIAL));
        LatencyTrial.measure(limit, product, most, settings, log).forEach(results::add);
      }
      if (settings.measuresParts(mode)) {
        results.add(new PartsTrial(stack, settings, log).measure(product));
      }
      if (settings.measuresRecovery(mode)) {
        results.add(new RecoveryTrial(stack, settings, log).measure(product, 0));
      }
      audit.check(mode);
    }
    stack.stopProduct();
  }

  private void requireFastLimit(SystemUnderTest limit)
      throws IOException, InterruptedException, RefusedRunException {
    int flows = settings.flows(Scenario.SEQUENTIAL);
    List<Double> figures = new ArrayList<>();
    for (int i = 0; i < YARDSTICK_REPETITIONS; i++) {
      figures.add(limit.flowsPerSecond(Scenario.SEQUENTIAL, flows));
    }
    double reached = Spread.of(figures).median();
    log.accept(String.format(Locale.ROOT, "the limit is %,.0f flows/s", reached));
    if (reached < settings.leastLimit()) {
      throw new RefusedRunException(
          "the limit is too slow",
          List.of(
              String.format(
                  Locale.ROOT,
                  "the limit reached %,.0f flows/s, but at least %,.0f are required",
                  reached,
                  settings.leastLimit())));
    }
  }
}
