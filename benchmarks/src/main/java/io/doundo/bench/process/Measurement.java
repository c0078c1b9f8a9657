package io.doundo.bench.process;

import java.util.Map;

/**
 * One measurement of a build.
 *
 * @param cpu of each process, µs a flow
 * @param parts the same by what threads are for; empty where there is no {@code /proc}
 * @param instructions of each process, thousands a flow; empty where they cannot be counted
 */
public record Measurement(
    double flowsPerSecond,
    Map<String, Double> cpu,
    Map<String, CpuParts> parts,
    Map<String, Double> instructions) {}
