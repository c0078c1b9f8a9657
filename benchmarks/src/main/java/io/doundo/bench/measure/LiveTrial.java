package io.doundo.bench.measure;

import io.doundo.bench.flow.AuditLogEnd;
import io.doundo.bench.flow.CommandWatch;
import io.doundo.bench.flow.FlowRun;
import io.doundo.bench.flow.LiveCheck;
import io.doundo.bench.flow.Load;
import io.doundo.bench.flow.Mode;
import io.doundo.bench.flow.RefusedRunException;
import io.doundo.bench.flow.Scenario;
import io.doundo.bench.flow.ScenarioRegistration;
import io.doundo.bench.flow.StateBytes;
import io.doundo.bench.process.ProcessMemory;
import io.doundo.bench.stack.BenchSettings;
import io.doundo.bench.stack.BenchStack;
import io.doundo.bench.stack.Orchestrators;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/**
 * Measures throughput beside few and beside many flows whose first step is never answered. Both are
 * measured in a freshly started and equally warm orchestrator, the second one with all the flows in
 * its state directory. Where recovery is measured in this mode, it is measured beside the many
 * flows too. It leaves the flows behind, so nothing can be measured after it.
 */
final class LiveTrial {

  private final BenchStack stack;
  private final BenchSettings settings;
  private final Mode mode;
  private final Consumer<String> log;

  LiveTrial(BenchStack stack, BenchSettings settings, Mode mode, Consumer<String> log) {
    this.stack = stack;
    this.settings = settings;
    this.mode = mode;
    this.log = log;
  }

  /** Measures, from the start of the product to its end, and adds to the results what it found. */
  void measure(SystemUnderTest limit, BenchResults results)
      throws IOException, InterruptedException, ExecutionException, RefusedRunException {
    String bootstrapServers = stack.bootstrapServers();
    int fewFlows = settings.sizes().fewLiveFlows();
    int manyFlows = settings.sizes().liveFlows();
    List<FlowRun> waiting = new ArrayList<>();
    stack.startProduct(mode);
    ScenarioRegistration.register(bootstrapServers, List.of(Scenario.WAITING), mode);
    try (SystemUnderTest product = new SystemUnderTest(mode, stack, settings)) {
      AuditLogEnd audit = AuditLogEnd.of(bootstrapServers);
      double unused = startWaiting(fewFlows, waiting);
      LiveFlows.LoadedOrchestrator few = throughputBeside(fewFlows, limit, product);

      Map<String, Long> changelogBefore = StateBytes.changelog(bootstrapServers);
      double startsPerSecond = startWaiting(manyFlows - fewFlows, waiting);
      Map<String, Double> changelog =
          each(changelogBefore, StateBytes.changelog(bootstrapServers), manyFlows - fewFlows);
      stack.orchestrators().stop();
      Map<String, Double> local =
          each(Map.of(), StateBytes.local(stack.orchestrators().stateDirectories()), manyFlows);
      Orchestrators.StartTimes times = stack.orchestrators().start(mode);
      double restartSeconds = (times.readyAt() - times.startedAt()) / 1e9;
      log.accept(
          String.format(
              Locale.ROOT,
              "%s: started again with %,d flows, ready after %.1f s",
              mode,
              manyFlows,
              restartSeconds));
      LiveFlows.LoadedOrchestrator many = throughputBeside(manyFlows, limit, product);
      if (settings.measuresRecovery(mode)) {
        results.add(new RecoveryTrial(stack, settings, log).measure(product, manyFlows));
      }
      LiveCheck.requireAlive(bootstrapServers, waiting);
      audit.check(mode);
      results.add(
          new LiveFlows(
              mode,
              few,
              many,
              Scenario.WAITING.payloadBytes(),
              startsPerSecond,
              restartSeconds,
              local,
              changelog));
    } finally {
      stack.stopProduct();
    }
  }

  /** Starts flows that wait from now on; returns how many it were in a second. */
  private double startWaiting(int flows, List<FlowRun> waiting)
      throws InterruptedException, RefusedRunException {
    FlowRun run = new FlowRun(flows);
    waiting.add(run);
    try (CommandWatch moves =
            new CommandWatch(stack.bootstrapServers(), run, Scenario.WAITING, mode);
        Load load = new Load(stack.bootstrapServers())) {
      long begin = System.nanoTime();
      load.pour(run, Scenario.WAITING, mode, flows, settings.patience());
      moves.awaitReached(flows, settings.patience());
      double perSecond = flows / ((System.nanoTime() - begin) / 1e9);
      log.accept(
          String.format(
              Locale.ROOT, "%s: %,d flows wait; %,.0f started a second", mode, flows, perSecond));
      return perSecond;
    }
  }

  private LiveFlows.LoadedOrchestrator throughputBeside(
      int live, SystemUnderTest limit, SystemUnderTest product)
      throws IOException, InterruptedException, RefusedRunException {
    product.warmUp(Scenario.SEQUENTIAL);
    log.accept(String.format(Locale.ROOT, "beside %,d flows that wait:", live));
    Throughput throughput = Throughput.measure(limit, product, Scenario.SEQUENTIAL, settings, log);
    return new LiveFlows.LoadedOrchestrator(
        live, throughput, ProcessMemory.residentMegabytes(stack.processes(mode)));
  }

  private static Map<String, Double> each(
      Map<String, Long> before, Map<String, Long> after, int flows) {
    Map<String, Double> each = new TreeMap<>();
    after.forEach(
        (store, bytes) ->
            each.put(store, (bytes - before.getOrDefault(store, 0L)) / (double) flows));
    return each;
  }
}
