package io.doundo.bench.process;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** The CPU time of processes since a moment. */
public final class CpuClock {

  /** The role of this JVM. */
  public static final String DRIVER = "driver";

  private final Map<String, ProcessHandle> processes;
  private final Map<String, Duration> before;

  private CpuClock(Map<String, ProcessHandle> processes) {
    this.processes = processes;
    this.before = read(processes);
  }

  public static CpuClock start(Map<String, ProcessHandle> processes) {
    return new CpuClock(processes);
  }

  /** Microseconds of each process since the start, divided by a number of flows. */
  public Map<String, Double> microsPerFlow(int flows) {
    Map<String, Double> result = new LinkedHashMap<>();
    read(processes)
        .forEach(
            (role, time) -> {
              Duration spent = time.minus(before.getOrDefault(role, Duration.ZERO));
              result.put(role, spent.toNanos() / 1e3 / flows);
            });
    return result;
  }

  /** The sum of all processes but the driver, which is not part of the product. */
  public static double ofProduct(Map<String, Double> microsPerFlow) {
    return microsPerFlow.entrySet().stream()
        .filter(role -> !role.getKey().equals(DRIVER))
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }

  private static Map<String, Duration> read(Map<String, ProcessHandle> processes) {
    Map<String, Duration> times = new LinkedHashMap<>();
    processes.forEach(
        (role, process) ->
            process.info().totalCpuDuration().ifPresent(time -> times.put(role, time)));
    return times;
  }
}
