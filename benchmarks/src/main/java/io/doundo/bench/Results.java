package io.doundo.bench;

import java.util.List;
import java.util.Optional;

/** All that a run has measured. */
record Results(List<Throughput> throughputs, List<Latency> latencies) {

  Results {
    throughputs = List.copyOf(throughputs);
    latencies = List.copyOf(latencies);
  }

  Optional<Throughput> throughput(Mode mode, Scenario scenario) {
    return throughputs.stream()
        .filter(result -> result.mode() == mode && result.scenario() == scenario)
        .findFirst();
  }
}
