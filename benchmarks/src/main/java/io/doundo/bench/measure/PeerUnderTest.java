package io.doundo.bench.measure;

import io.doundo.bench.flow.FlowRun;
import io.doundo.bench.flow.Pacing;
import io.doundo.bench.flow.RefusedRunException;
import io.doundo.bench.flow.Scenario;
import io.doundo.bench.peer.PeerRequests;
import io.doundo.bench.peer.PeerRun;
import io.doundo.bench.process.CpuClock;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;

/** A peer that runs, ready to be measured. Not thread-safe. */
final class PeerUnderTest implements ComparedSystem, AutoCloseable {

  private final String name;
  private final PeerRun peer;
  private final int inFlight;
  private final Duration patience;
  private final PeerRequests requests = new PeerRequests();

  PeerUnderTest(String name, PeerRun peer, int inFlight, Duration patience) {
    this.name = name;
    this.peer = peer;
    this.inFlight = inFlight;
    this.patience = patience;
  }

  @Override
  public PouredFlows poured(Scenario scenario, int flows)
      throws IOException, InterruptedException, RefusedRunException {
    FlowRun run = new FlowRun(flows);
    CpuClock cpu = CpuClock.startGroups(peer.processes());
    Pacing.pour(run, inFlight, patience, starts(run, scenario));
    awaitEnds(run);
    Map<String, Double> micros = cpu.microsPerFlow(flows);
    check(run, scenario);
    return new PouredFlows(run.flowsPerSecond(), micros);
  }

  @Override
  public Latency.LatencySample latency(int flows, double flowsPerSecond)
      throws IOException, InterruptedException, RefusedRunException {
    FlowRun run = new FlowRun(flows);
    Pacing.drip(run, flowsPerSecond, starts(run, Scenario.SEQUENTIAL));
    awaitEnds(run);
    check(run, Scenario.SEQUENTIAL);
    return Latency.LatencySample.of(run);
  }

  @Override
  public long diskBytes() throws IOException {
    return peer.diskBytes();
  }

  private IntConsumer starts(FlowRun run, Scenario scenario) {
    return requests.starts(run, peer.address(scenario), scenario);
  }

  private void awaitEnds(FlowRun run) {
    // Whether they ended, and rightly, is checked behind the measurement.
    Pacing.awaitEnds(run, patience, () -> {});
  }

  private void check(FlowRun run, Scenario scenario)
      throws IOException, InterruptedException, RefusedRunException {
    peer.requireAlive();
    String where = "%s, %s".formatted(name, scenario);
    if (run.endedCount() < run.flows()) {
      throw new RefusedRunException(
          where,
          List.of(
              "%d of %d flows were lost, or none ended for %d s or longer"
                  .formatted(run.flows() - run.endedCount(), run.flows(), patience.toSeconds())));
    }
    List<String> problems = requests.takeProblems();
    if (!problems.isEmpty()) {
      throw new RefusedRunException(where, problems);
    }
  }

  @Override
  public void close() {
    requests.close();
  }
}
