package io.doundo.bench.measure;

import io.doundo.bench.flow.EndCheck;
import io.doundo.bench.flow.EndWatch;
import io.doundo.bench.flow.FlowRun;
import io.doundo.bench.flow.Load;
import io.doundo.bench.flow.Mode;
import io.doundo.bench.flow.RefusedRunException;
import io.doundo.bench.flow.Scenario;
import io.doundo.bench.process.CpuClock;
import io.doundo.bench.process.DiskUsage;
import io.doundo.bench.process.KafkaReading;
import io.doundo.bench.process.Measurement;
import io.doundo.bench.process.ProcessMeters;
import io.doundo.bench.stack.BenchSettings;
import io.doundo.bench.stack.BenchStack;
import io.doundo.bench.stack.SteadyState;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The limit or the product in one mode, ready to be measured: starts flows, sees them end, and
 * checks them. Not thread-safe.
 */
final class SystemUnderTest implements ComparedSystem, AutoCloseable {

  private final Mode mode;
  private final BenchStack stack;
  private final BenchSettings settings;
  private final EndWatch watch;
  private final Load load;

  SystemUnderTest(Mode mode, BenchStack stack, BenchSettings settings) {
    this.mode = mode;
    this.stack = stack;
    this.settings = settings;
    this.watch = new EndWatch(stack.bootstrapServers(), mode);
    this.load = new Load(stack.bootstrapServers());
  }

  Mode mode() {
    return mode;
  }

  /** Warms up with windows of a quarter of the flows. */
  SteadyState warmUp(Scenario scenario)
      throws IOException, InterruptedException, RefusedRunException {
    // Starts the management agent of each JVM, so that no repetition pays for it.
    KafkaReading unused = KafkaReading.read(stack.jvms(mode));
    return settings.warmUp().run(() -> warmUpWindow(scenario));
  }

  /** Runs a window of the warm-up; returns the CPU time of a flow, the driver's left aside. */
  double warmUpWindow(Scenario scenario)
      throws IOException, InterruptedException, RefusedRunException {
    return CpuClock.ofProduct(
        poured(scenario, Math.max(1, settings.flows(scenario) / 4)).cpuMicrosPerFlow());
  }

  @Override
  public PouredFlows poured(Scenario scenario, int flows)
      throws IOException, InterruptedException, RefusedRunException {
    return checked(
        scenario,
        flows,
        (run, load) -> {
          CpuClock cpu = CpuClock.start(stack.processes(mode));
          pour(run, scenario, load);
          Map<String, Double> micros = cpu.microsPerFlow(flows);
          return () -> new PouredFlows(run.flowsPerSecond(), micros);
        });
  }

  /** Measures how fast flows come out that are poured in, checks each, and reads nothing else. */
  double flowsPerSecond(Scenario scenario, int flows)
      throws IOException, InterruptedException, RefusedRunException {
    return checked(
        scenario,
        flows,
        (run, load) -> {
          pour(run, scenario, load);
          return run::flowsPerSecond;
        });
  }

  /** The same with what tells repetitions apart. */
  Throughput.ThroughputSample throughput(Scenario scenario, int flows)
      throws IOException, InterruptedException, RefusedRunException {
    return checked(
        scenario,
        flows,
        (run, load) -> {
          try (RepetitionMeter meter = RepetitionMeter.start(stack, mode)) {
            pour(run, scenario, load);
            // A process that has ended cannot be read; its log says why it did.
            stack.requireAlive();
            RepetitionMeter.StoppedMeter readings = meter.stop(flows);
            return () -> readings.sample(run, scenario);
          }
        });
  }

  /** The same with everything that is compared between builds. */
  Measurement measured(Scenario scenario, int flows, boolean countsInstructions)
      throws IOException, InterruptedException, RefusedRunException {
    return checked(
        scenario,
        flows,
        (run, load) -> {
          try (ProcessMeters meters =
              ProcessMeters.start(stack.processes(mode), countsInstructions)) {
            pour(run, scenario, load);
            ProcessMeters.Readings readings = meters.stop(flows);
            return () -> readings.with(run.flowsPerSecond());
          }
        });
  }

  /** Measures how long flows take that start at a rate, and checks each of them. */
  @Override
  public Latency.LatencySample latency(int flows, double flowsPerSecond)
      throws IOException, InterruptedException, RefusedRunException {
    return checked(
        Scenario.SEQUENTIAL,
        flows,
        (run, load) -> {
          load.drip(run, Scenario.SEQUENTIAL, mode, flowsPerSecond);
          awaitEnds(run, settings.patience());
          return () -> Latency.LatencySample.of(run);
        });
  }

  @Override
  public long diskBytes() throws IOException {
    return DiskUsage.bytes(stack.dataDirectories());
  }

  /**
   * The action on the flows of a run, from the first start to the last end. Its figure is read once
   * all flows have been verified.
   */
  @FunctionalInterface
  interface MeasuredRun<T> {
    Supplier<T> take(FlowRun run, Load load)
        throws IOException, InterruptedException, RefusedRunException;
  }

  /** Measures something of flows, and then checks each of them. */
  <T> T checked(Scenario scenario, int flows, MeasuredRun<T> measuredRun)
      throws IOException, InterruptedException, RefusedRunException {
    FlowRun run = new FlowRun(flows);
    try (EndCheck check = new EndCheck(stack.bootstrapServers(), mode)) {
      watch.watch(run);
      Supplier<T> figure = measuredRun.take(run, load);
      check(run, scenario, check);
      return figure.get();
    }
  }

  private void pour(FlowRun run, Scenario scenario, Load load) {
    load.pour(run, scenario, mode, settings.inFlight(scenario), settings.patience());
    awaitEnds(run, settings.patience());
  }

  /** Waits until all flows have ended, or none has ended for the given time. */
  void awaitEnds(FlowRun run, Duration patience) {
    load.awaitEnds(run, watch, patience);
  }

  private void check(FlowRun run, Scenario scenario, EndCheck check)
      throws IOException, InterruptedException, RefusedRunException {
    stack.requireAlive();
    if (run.endedCount() < run.flows()) {
      throw new RefusedRunException(
          "%s, %s".formatted(mode, scenario),
          List.of(
              "%d of %d flows were lost, or none ended for %d s or longer"
                  .formatted(
                      run.flows() - run.endedCount(),
                      run.flows(),
                      settings.patience().toSeconds())));
    }
    List<String> problems = check.problems(run, scenario, settings.patience());
    if (!problems.isEmpty()) {
      throw new RefusedRunException("%s, %s".formatted(mode, scenario), problems);
    }
  }

  @Override
  public void close() {
    load.close();
    watch.close();
  }
}
