package io.doundo.bench.measure;

import io.doundo.bench.flow.Scenario;
import io.doundo.bench.peer.Peer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * What a run tells of one system: its figures, or why there are none.
 *
 * @param facts versions and settings by their names
 * @param problem why it has no figures; empty when it has
 */
public record PeerResult(
    String system,
    Peer.PeerPromises promises,
    Map<String, String> facts,
    Optional<PeerFigures> figures,
    Optional<String> problem) {

  /**
   * The figures of a system.
   *
   * @param inFlight flows at once while throughput is measured
   * @param flows of each repetition of it
   * @param warmUp how warm the system was, in words
   * @param latencies at 50 flows a second, one for each repetition
   */
  public record PeerFigures(
      int inFlight,
      int flows,
      String warmUp,
      PeerThroughput success,
      PeerThroughput undo,
      List<Latency.LatencySample> latencies) {

    public PeerFigures {
      latencies = List.copyOf(latencies);
    }

    public Spread p50() {
      return latency(Latency.LatencySample::p50);
    }

    public Spread p99() {
      return latency(Latency.LatencySample::p99);
    }

    private Spread latency(ToDoubleFunction<Latency.LatencySample> figure) {
      return Spread.of(latencies.stream().mapToDouble(figure).boxed().toList());
    }
  }

  /** Throughput in one scenario; bytes are what the data grew by on disk, a flow. */
  public record PeerThroughput(Scenario scenario, List<PeerSample> samples) {

    /** One repetition. */
    public record PeerSample(
        double flowsPerSecond, Map<String, Double> cpuMicrosPerFlow, double diskBytes) {}

    public PeerThroughput {
      samples = List.copyOf(samples);
    }

    public Spread flowsPerSecond() {
      return Spread.of(samples.stream().map(PeerSample::flowsPerSecond).toList());
    }

    /** Medians of each role. */
    public Map<String, Double> cpuMicros() {
      return Throughput.medians(samples.stream().map(PeerSample::cpuMicrosPerFlow).toList());
    }

    public Spread diskBytes() {
      return Spread.of(samples.stream().map(PeerSample::diskBytes).toList());
    }
  }

  public PeerResult {
    facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
  }
}
