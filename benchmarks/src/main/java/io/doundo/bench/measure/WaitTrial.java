package io.doundo.bench.measure;

import io.doundo.bench.flow.Mode;
import io.doundo.bench.flow.RefusedRunException;
import io.doundo.bench.flow.Scenario;
import io.doundo.bench.flow.WaitProbe;
import io.doundo.bench.flow.WaitProbe.WaitSample;
import io.doundo.bench.stack.BenchSettings;
import io.doundo.bench.stack.BenchStack;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/**
 * Measures how long {@code execute?wait} takes for a flow of three steps at a rate, and what it
 * waits for. With the default settings of the orchestrator and plain workers.
 */
public final class WaitTrial {

  private final BenchSettings settings;
  private final Path data;
  private final int seconds;
  private final double flowsPerSecond;
  private final Consumer<String> out;

  /**
   * @param data absolute
   * @param seconds how long to measure, once everything is warm
   * @param out receives the lines of the report
   */
  public WaitTrial(
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
   * @throws RefusedRunException when a request was not answered with its flow
   */
  public void run()
      throws IOException, InterruptedException, ExecutionException, RefusedRunException {
    try (BenchStack stack = new BenchStack(settings, data)) {
      stack.startBrokers();
      stack.startProduct(Mode.AUDIT);
      try (SystemUnderTest product = new SystemUnderTest(Mode.AUDIT, stack, settings)) {
        out.accept("audit is " + product.warmUp(Scenario.SEQUENTIAL));
      }
      // The path of a request is warmed up by requests.
      measure(stack, Math.max(1, seconds / 3));
      List<WaitSample> samples = measure(stack, seconds);
      out.accept(
          String.format(
              Locale.ROOT,
              "execute?wait of %,d flows of three steps, at %,.0f flows/s",
              samples.size(),
              flowsPerSecond));
      report("request to answer", samples, WaitSample::all);
      report("  until its start was written", samples, WaitSample::untilStart);
      report("  until its steps were done", samples, WaitSample::untilEnd);
      report("  until that was committed", samples, WaitSample::untilCommit);
      report("  until the answer", samples, WaitSample::untilAnswer);
    }
  }

  private List<WaitSample> measure(BenchStack stack, int measuredSeconds)
      throws InterruptedException, RefusedRunException {
    return WaitProbe.measure(
        stack.bootstrapServers(),
        stack.orchestrators().url(),
        Math.max(1, (int) (measuredSeconds * flowsPerSecond)),
        flowsPerSecond,
        settings.patience());
  }

  private void report(String name, List<WaitSample> samples, ToLongFunction<WaitSample> part) {
    long[] nanos = samples.stream().mapToLong(part).sorted().toArray();
    out.accept(
        String.format(
            Locale.ROOT,
            "%-29s median %6.0f ms   p99 %6.0f ms   most %6.0f ms",
            name,
            nanos[nanos.length / 2] / 1e6,
            nanos[(int) Math.ceil(nanos.length * 0.99) - 1] / 1e6,
            nanos[nanos.length - 1] / 1e6));
  }
}
