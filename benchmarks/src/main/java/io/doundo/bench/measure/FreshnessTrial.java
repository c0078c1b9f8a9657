package io.doundo.bench.measure;

import io.doundo.bench.flow.FreshnessProbe;
import io.doundo.bench.flow.FreshnessProbe.FreshnessSample;
import io.doundo.bench.flow.Mode;
import io.doundo.bench.flow.RefusedRunException;
import io.doundo.bench.flow.Scenario;
import io.doundo.bench.stack.BenchSettings;
import io.doundo.bench.stack.BenchStack;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/**
 * Measures how soon a flow is in the lists: a flow every second, while others run at a rate. With
 * the default settings of the orchestrator.
 */
public final class FreshnessTrial {

  private final BenchSettings settings;
  private final Path data;
  private final int seconds;
  private final double flowsPerSecond;
  private final Consumer<String> out;

  /**
   * @param data absolute
   * @param seconds how long to measure, once everything is warm
   * @param flowsPerSecond of the other flows, which have three sequential steps
   * @param out receives the lines of the report
   */
  public FreshnessTrial(
      BenchSettings settings, Path data, int seconds, double flowsPerSecond, Consumer<String> out) {
    this.settings = settings;
    this.data = data;
    this.seconds = seconds;
    this.flowsPerSecond = flowsPerSecond;
    this.out = out;
  }

  /**
   * Measures and reports.
   *
   * @throws RefusedRunException when the other flows did not all end as they should
   */
  public void run()
      throws IOException, InterruptedException, ExecutionException, RefusedRunException {
    try (BenchStack stack = new BenchStack(settings, data)) {
      stack.startBrokers();
      stack.startProduct(Mode.AUDIT);
      try (SystemUnderTest product = new SystemUnderTest(Mode.AUDIT, stack, settings)) {
        out.accept("audit is " + product.warmUp(Scenario.SEQUENTIAL));
        List<FreshnessSample> samples;
        try (FreshnessProbe probe =
            FreshnessProbe.start(stack.bootstrapServers(), stack.orchestrators().url())) {
          product.latency(Math.max(1, (int) (seconds * flowsPerSecond)), flowsPerSecond);
          samples = probe.samples();
        }
        if (samples.isEmpty()) {
          throw new RefusedRunException("freshness", List.of("no flow was seen in the lists"));
        }
        out.accept(
            String.format(
                Locale.ROOT,
                "%,d flows looked for in the lists, while %,.0f flows/s ran",
                samples.size(),
                flowsPerSecond));
        report("since the commit", samples, FreshnessSample::sinceCommit);
        report("since the start was sent", samples, FreshnessSample::sinceStart);
      }
    }
  }

  private void report(
      String name, List<FreshnessSample> samples, ToLongFunction<FreshnessSample> figure) {
    long[] nanos = samples.stream().mapToLong(figure).sorted().toArray();
    out.accept(
        String.format(
            Locale.ROOT,
            "%-26s median %6.0f ms   p99 %6.0f ms   most %6.0f ms",
            name,
            nanos[nanos.length / 2] / 1e6,
            nanos[(int) Math.ceil(nanos.length * 0.99) - 1] / 1e6,
            Arrays.stream(nanos).max().orElse(0) / 1e6));
  }
}
