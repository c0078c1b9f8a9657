package io.doundo.bench.process;

import java.util.Map;

/**
 * One measurement of a build.
 *
 * @param cpu of each process, µs a flow
 * @param compilers what of it was the just-in-time compilers'; empty where that cannot be told
 * @param instructions of each process, thousands a flow; empty where they cannot be counted
 */
public record Measurement(
    double flowsPerSecond,
    Map<String, Double> cpu,
    Map<String, Double> compilers,
    Map<String, Double> instructions) {}
