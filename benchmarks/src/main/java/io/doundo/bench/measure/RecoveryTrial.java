package io.doundo.bench.measure;

import io.doundo.bench.flow.CommandWatch;
import io.doundo.bench.flow.FlowRun;
import io.doundo.bench.flow.Load;
import io.doundo.bench.flow.Mode;
import io.doundo.bench.flow.RefusedRunException;
import io.doundo.bench.flow.Scenario;
import io.doundo.bench.process.SuspendedProcess;
import io.doundo.bench.stack.BenchSettings;
import io.doundo.bench.stack.BenchStack;
import io.doundo.bench.stack.Orchestrators;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Kills the orchestrator with {@code kill -9} while many flows wait for answers and it is starting
 * more of them; lets the worker, which stood still until then, answer; and starts it again with its
 * state directory.
 */
final class RecoveryTrial {

  private static final Scenario SCENARIO = Scenario.SEQUENTIAL;

  /**
   * The share of flows started beyond those waited for, so that the kill hits a busy orchestrator.
   */
  private static final double MORE = 0.1;

  /** All flows stand at the same step, so that none ends until all have moved twice. */
  private static final int AT_ONCE = 4;

  private final BenchStack stack;
  private final BenchSettings settings;
  private final Consumer<String> log;

  RecoveryTrial(BenchStack stack, BenchSettings settings, Consumer<String> log) {
    this.stack = stack;
    this.settings = settings;
    this.log = log;
  }

  /**
   * Measures; afterwards the orchestrator runs that was started last.
   *
   * @param waiting flows that wait meanwhile, which the caller has started
   */
  Recovery measure(SystemUnderTest product, int waiting)
      throws IOException, InterruptedException, RefusedRunException {
    int flows = settings.sizes().recoveryFlows();
    List<Recovery.RecoverySample> samples = new ArrayList<>();
    for (int i = 0; i < settings.repetitions(); i++) {
      Recovery.RecoverySample sample =
          product.checked(
              SCENARIO,
              flows + (int) Math.ceil(flows * MORE),
              (run, load) -> kill(product, run, load, flows));
      samples.add(sample);
      log.accept(
          String.format(
              Locale.ROOT,
              "%s, recovery: killed with %,d flows in flight beside %,d that wait; seconds until it"
                  + " was up %.1f, ready %.1f, the first flow moved %.1f, all had ended %.1f",
              product.mode(),
              sample.inFlight(),
              waiting,
              sample.up(),
              sample.ready(),
              sample.firstMove(),
              sample.allEnded()));
    }
    return new Recovery(product.mode(), waiting, flows, samples);
  }

  private Supplier<Recovery.RecoverySample> kill(
      SystemUnderTest product, FlowRun run, Load load, int flows)
      throws IOException, InterruptedException, RefusedRunException {
    Mode mode = product.mode();
    try (CommandWatch moves = new CommandWatch(stack.bootstrapServers(), run, SCENARIO, mode)) {
      int inFlight;
      long killedAt;
      try (SuspendedProcess worker = new SuspendedProcess(stack.worker())) {
        load.pour(run, SCENARIO, mode, run.flows(), settings.patience());
        moves.awaitReached(flows, settings.patience());
        worker.requireStill();
        stack.orchestrators().kill();
        killedAt = System.nanoTime();
        inFlight = moves.reached();
        moves.mark();
      }
      Orchestrators.StartTimes times = stack.orchestrators().start(mode);
      product.awaitEnds(run, settings.patience().multipliedBy(AT_ONCE));
      Map<Integer, Long> first = moves.firstMoves();
      return () ->
          new Recovery.RecoverySample(
              inFlight,
              seconds(killedAt, times.upAt()),
              seconds(killedAt, times.readyAt()),
              seconds(
                  killedAt, first.values().stream().mapToLong(Long::longValue).min().orElseThrow()),
              seconds(
                  killedAt, first.values().stream().mapToLong(Long::longValue).max().orElseThrow()),
              seconds(killedAt, run.lastEndAt()));
    }
  }

  private static double seconds(long from, long to) {
    return (to - from) / 1e9;
  }
}
