package io.doundo.bench;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The limit or the product in one mode, ready to be measured: starts flows, sees them end, and
 * checks them. Not for several threads.
 */
final class Installation implements AutoCloseable {

  /** Numbers the runs of this process, so that no flow is taken for one of another run. */
  private static final AtomicInteger RUNS = new AtomicInteger();

  private final Mode mode;
  private final BenchStack stack;
  private final BenchSettings settings;
  private final EndWatch watch;
  private final Load load;

  Installation(Mode mode, BenchStack stack, BenchSettings settings) {
    this.mode = mode;
    this.stack = stack;
    this.settings = settings;
    this.watch = new EndWatch(stack.bootstrapServers(), mode);
    this.load = new Load(stack.bootstrapServers());
  }

  Mode mode() {
    return mode;
  }

  /** Runs flows until the warm-up is over. */
  void warmUp(Scenario scenario) throws IOException, InterruptedException, RefusedRunException {
    long end = System.nanoTime() + settings.warmUp().toNanos();
    do {
      throughput(scenario, Math.max(1, settings.flows(scenario) / 4));
    } while (System.nanoTime() < end);
  }

  /** Measures how fast flows come out that are poured in, and checks each of them. */
  Throughput.Sample throughput(Scenario scenario, int flows)
      throws IOException, InterruptedException, RefusedRunException {
    FlowRun run = new FlowRun(RUNS.incrementAndGet(), flows);
    try (EndCheck check = new EndCheck(stack.bootstrapServers(), mode)) {
      watch.watch(run);
      CpuClock cpu = CpuClock.start(stack.processes(mode));
      load.pour(run, scenario, mode, settings.inFlight(scenario), settings.patience());
      load.awaitEnds(run, watch, settings.patience());
      Throughput.Sample sample =
          new Throughput.Sample(run.flowsPerSecond(), cpu.microsPerFlow(flows));
      check(run, scenario, check);
      return sample;
    }
  }

  /** Measures how long flows take that start at a rate, and checks each of them. */
  Latency.Sample latency(int flows, double flowsPerSecond)
      throws IOException, InterruptedException, RefusedRunException {
    FlowRun run = new FlowRun(RUNS.incrementAndGet(), flows);
    try (EndCheck check = new EndCheck(stack.bootstrapServers(), mode)) {
      watch.watch(run);
      load.drip(run, Scenario.SEQUENTIAL, mode, flowsPerSecond);
      load.awaitEnds(run, watch, settings.patience());
      check(run, Scenario.SEQUENTIAL, check);
      return Latency.Sample.of(run);
    }
  }

  private void check(FlowRun run, Scenario scenario, EndCheck check)
      throws IOException, InterruptedException, RefusedRunException {
    stack.requireAlive();
    if (run.endedCount() < run.flows()) {
      throw new RefusedRunException(
          "%s, %s".formatted(mode, scenario),
          List.of(
              "%d of %d flows were lost, or nothing moved for %d s"
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
