package io.doundo.bench.measure;

import io.doundo.bench.flow.ListRun;
import io.doundo.bench.flow.RefusedRunException;
import io.doundo.bench.flow.Scenario;
import io.doundo.bench.stack.BenchSettings;
import io.doundo.bench.stack.BenchStack;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/**
 * Measures a list of flows with workers that do nothing, forward and back, and whether lists delay
 * other flows: their latency alone, and beside three lists that begin together. Not thread-safe.
 */
final class PartsTrial {

  private static final int LISTS = 3;
  private static final int BURST_PART = 10;
  private static final double RATE = 50;

  private final BenchStack stack;
  private final BenchSettings settings;
  private final Consumer<String> log;

  PartsTrial(BenchStack stack, BenchSettings settings, Consumer<String> log) {
    this.stack = stack;
    this.settings = settings;
    this.log = log;
  }

  Parts measure(SystemUnderTest product)
      throws IOException, InterruptedException, RefusedRunException {
    int items = settings.sizes().items();
    int burst = items / BURST_PART;
    // The code of lists is as warm as that of other flows when it is measured.
    Parts.ListTimes unused = list(product, burst);
    List<Parts.ListTimes> lists = new ArrayList<>();
    for (int i = 0; i < settings.repetitions(); i++) {
      lists.add(list(product, items));
    }
    int flows = Math.max(1, (int) (RATE * settings.sizes().latencySeconds()));
    List<Parts.BesideLists> beside = new ArrayList<>();
    for (int i = 0; i < settings.repetitions(); i++) {
      beside.add(beside(product, flows, burst));
    }
    return new Parts(product.mode(), items, Scenario.ITEMS_AT_ONCE, lists, burst, beside);
  }

  private Parts.ListTimes list(SystemUnderTest product, int items)
      throws IOException, InterruptedException, RefusedRunException {
    try (ListRun run = new ListRun(stack.bootstrapServers(), 1, items)) {
      run.start();
      double forward = run.awaitCompleted(settings.patience());
      double archived = run.awaitArchived(settings.patience());
      run.undo();
      double back = run.awaitUndone(settings.patience());
      stack.requireAlive();
      log.accept(
          String.format(
              Locale.ROOT,
              "%s: a list of %,d flows took %.1f s, %.1f s until it was archived, and %.1f s back",
              product.mode(),
              items,
              forward,
              archived,
              back));
      return new Parts.ListTimes(forward, archived, back);
    }
  }

  private Parts.BesideLists beside(SystemUnderTest product, int flows, int items)
      throws IOException, InterruptedException, RefusedRunException {
    Latency.LatencySample alone = product.latency(flows, RATE);
    try (ListRun run = new ListRun(stack.bootstrapServers(), LISTS, items)) {
      run.start();
      Latency.LatencySample beside = product.latency(flows, RATE);
      double seconds = run.awaitCompleted(settings.patience());
      log.accept(
          String.format(
              Locale.ROOT,
              "%s, latency at %.0f flows/s: p99 %.1f ms, beside %d lists of %,d flows (%.1f s) %.1f"
                  + " ms",
              product.mode(),
              RATE,
              alone.p99(),
              LISTS,
              items,
              seconds,
              beside.p99()));
      return new Parts.BesideLists(alone, beside, seconds);
    }
  }
}
