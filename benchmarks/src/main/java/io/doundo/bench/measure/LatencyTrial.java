package io.doundo.bench.measure;

import io.doundo.bench.flow.RefusedRunException;
import io.doundo.bench.stack.BenchSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Measures latency at a low load and at half of what the product can do. Stateless. */
public final class LatencyTrial {

  public static final String LOW = "50 flows/s";
  private static final String HALF = "half of the product's maximum";

  static final double LOW_RATE = 50;

  private LatencyTrial() {}

  /**
   * Measures both loads.
   *
   * @param most flows a second that the product has reached
   */
  static List<Latency> measure(
      SystemUnderTest limit,
      SystemUnderTest product,
      double most,
      BenchSettings settings,
      Consumer<String> log)
      throws IOException, InterruptedException, RefusedRunException {
    return List.of(
        atRate(limit, product, LOW, LOW_RATE, settings, log),
        atRate(limit, product, HALF, most / 2, settings, log));
  }

  private static Latency atRate(
      SystemUnderTest limit,
      SystemUnderTest product,
      String load,
      double rate,
      BenchSettings settings,
      Consumer<String> log)
      throws IOException, InterruptedException, RefusedRunException {
    int flows = Math.max(1, (int) (rate * settings.sizes().latencySeconds()));
    int first = Math.max(1, (int) (rate * settings.sizes().latencySeconds() / 10));
    limit.latency(first, rate);
    product.latency(first, rate);
    List<Latency.LatencyPair> pairs = new ArrayList<>();
    for (int i = 0; i < settings.repetitions(); i++) {
      Latency.LatencyPair pair =
          new Latency.LatencyPair(limit.latency(flows, rate), product.latency(flows, rate));
      pairs.add(pair);
      log.accept(
          String.format(
              Locale.ROOT,
              "%s, latency at %,.0f flows/s: p50 %.1f ms, p99 %.1f ms; the limit %.1f and %.1f",
              product.mode(),
              rate,
              pair.product().p50(),
              pair.product().p99(),
              pair.limit().p50(),
              pair.limit().p99()));
    }
    return new Latency(product.mode(), load, rate, pairs);
  }
}
