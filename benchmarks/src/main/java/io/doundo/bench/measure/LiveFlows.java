package io.doundo.bench.measure;

import io.doundo.bench.flow.Mode;
import java.util.Map;

/**
 * Throughput beside few and beside many flows that wait, each in a freshly started orchestrator,
 * and the cost of a waiting flow.
 *
 * @param payloadBytes of a waiting flow
 * @param startsPerSecond how fast the waiting flows were started
 * @param restartSeconds until an orchestrator was ready that found the many flows in its state
 *     directory
 * @param localBytes of a waiting flow on the orchestrator's disk, by store; what ended flows have
 *     left there until it is compacted is counted with it
 * @param changelogBytes of a waiting flow in the changelogs, by store; not yet compacted
 */
public record LiveFlows(
    Mode mode,
    LoadedOrchestrator few,
    LoadedOrchestrator many,
    int payloadBytes,
    double startsPerSecond,
    double restartSeconds,
    Map<String, Double> localBytes,
    Map<String, Double> changelogBytes) {

  /**
   * One of the two.
   *
   * @param live how many flows wait
   * @param memoryMegabytes that each process occupies after the last measurement
   */
  public record LoadedOrchestrator(
      int live, Throughput throughput, Map<String, Long> memoryMegabytes) {}

  /** The part that is left of the throughput beside few. */
  public double ratio() {
    return many.throughput().product().median() / few.throughput().product().median();
  }

  /** The same of what was reached of the limit that was measured with each. */
  public double ratioToLimit() {
    return many.throughput().ratio().median() / few.throughput().ratio().median();
  }

  public double localBytesPerFlow() {
    return localBytes.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  public double changelogBytesPerFlow() {
    return changelogBytes.values().stream().mapToDouble(Double::doubleValue).sum();
  }

  /** Where a flow takes more, on disk or in the changelogs; without its payload. */
  public double bytesBesidePayload() {
    return Math.max(localBytesPerFlow(), changelogBytesPerFlow()) - payloadBytes;
  }
}
