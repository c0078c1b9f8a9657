package io.doundo.bench.measure;

import io.doundo.bench.flow.RefusedRunException;
import io.doundo.bench.flow.Scenario;
import java.io.IOException;
import java.util.Map;

/** A system that runs, of which the same figures are taken as of others. */
interface ComparedSystem {

  /** How fast flows came out, and what one cost each role. */
  record PouredFlows(double flowsPerSecond, Map<String, Double> cpuMicrosPerFlow) {}

  /** Measures how fast flows come out that are poured in, and checks each of them. */
  PouredFlows poured(Scenario scenario, int flows)
      throws IOException, InterruptedException, RefusedRunException;

  /** Measures how long flows of three steps take that start at a rate, and checks each of them. */
  Latency.LatencySample latency(int flows, double flowsPerSecond)
      throws IOException, InterruptedException, RefusedRunException;

  /** What its data occupies on disk. */
  long diskBytes() throws IOException;
}
