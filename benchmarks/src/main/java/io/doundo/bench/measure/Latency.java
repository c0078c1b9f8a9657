package io.doundo.bench.measure;

import io.doundo.bench.flow.FlowRun;
import io.doundo.bench.flow.Mode;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;

/**
 * From the intended start of a flow to its end, at one rate, of a product mode and of the limit
 * just before it.
 */
public record Latency(Mode mode, String load, double flowsPerSecond, List<LatencyPair> pairs) {

  /** One measurement, in milliseconds. */
  public record LatencySample(double p50, double p99, double most) {

    private static final double NANOS_PER_MS = 1e6;

    static LatencySample of(FlowRun run) {
      Histogram histogram = new Histogram(3);
      for (int i = 0; i < run.flows(); i++) {
        histogram.recordValue(run.latency(i));
      }
      return new LatencySample(
          histogram.getValueAtPercentile(50) / NANOS_PER_MS,
          histogram.getValueAtPercentile(99) / NANOS_PER_MS,
          histogram.getMaxValue() / NANOS_PER_MS);
    }
  }

  /** A measurement of the limit and its neighbour of the product. */
  public record LatencyPair(LatencySample limit, LatencySample product) {}

  public Latency {
    pairs = List.copyOf(pairs);
  }

  public Spread limitP50() {
    return spread(pair -> pair.limit().p50());
  }

  public Spread limitP99() {
    return spread(pair -> pair.limit().p99());
  }

  public Spread productP50() {
    return spread(pair -> pair.product().p50());
  }

  public Spread productP99() {
    return spread(pair -> pair.product().p99());
  }

  /** How many times as long as the limit's. */
  public Spread p50Ratio() {
    return spread(pair -> pair.product().p50() / pair.limit().p50());
  }

  public Spread p99Ratio() {
    return spread(pair -> pair.product().p99() / pair.limit().p99());
  }

  private Spread spread(ToDoubleFunction<LatencyPair> figure) {
    return Spread.of(pairs.stream().mapToDouble(figure).boxed().toList());
  }
}
