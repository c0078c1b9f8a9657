package io.doundo.bench;

import java.util.List;
import java.util.Optional;

/** All that a run has measured. */
record Results(List<Throughput> throughputs, List<Latency> latencies, List<Note> notes) {

  /** A figure that is compared with nothing. */
  record Note(Mode mode, Trial trial, String figure, double value, String unit) {}

  Results {
    throughputs = List.copyOf(throughputs);
    latencies = List.copyOf(latencies);
    notes = List.copyOf(notes);
  }

  Optional<Throughput> throughput(Mode mode, Scenario scenario) {
    return throughputs.stream()
        .filter(result -> result.mode() == mode && result.scenario() == scenario)
        .findFirst();
  }
}
