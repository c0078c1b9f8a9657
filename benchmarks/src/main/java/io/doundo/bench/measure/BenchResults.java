package io.doundo.bench.measure;

import io.doundo.bench.flow.Mode;
import io.doundo.bench.flow.Scenario;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The results of a run so far. Not thread-safe. */
public final class BenchResults {

  private final List<Throughput> throughputs = new ArrayList<>();
  private final List<Latency> latencies = new ArrayList<>();
  private final List<Recovery> recoveries = new ArrayList<>();
  private final List<Parts> parts = new ArrayList<>();
  private @Nullable LiveFlows liveFlows;

  void add(Throughput throughput) {
    throughputs.add(throughput);
  }

  void add(Latency latency) {
    latencies.add(latency);
  }

  void add(Recovery recovery) {
    recoveries.add(recovery);
  }

  void add(Parts figures) {
    parts.add(figures);
  }

  void add(LiveFlows flows) {
    liveFlows = flows;
  }

  public List<Throughput> throughputs() {
    return Collections.unmodifiableList(throughputs);
  }

  public List<Latency> latencies() {
    return Collections.unmodifiableList(latencies);
  }

  public List<Recovery> recoveries() {
    return Collections.unmodifiableList(recoveries);
  }

  public List<Parts> parts() {
    return Collections.unmodifiableList(parts);
  }

  public Optional<LiveFlows> liveFlows() {
    return Optional.ofNullable(liveFlows);
  }

  public Optional<Throughput> throughput(Mode mode, Scenario scenario) {
    return throughputs.stream()
        .filter(result -> result.mode() == mode && result.scenario() == scenario)
        .findFirst();
  }
}
