package io.doundo.bench.process;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The CPU time of processes since a moment. */
public final class CpuClock {

  /** The role of this JVM. */
  public static final String DRIVER = "driver";

  private final Map<String, List<ProcessHandle>> processes;
  private final Map<ProcessHandle, Duration> before;

  private CpuClock(Map<String, List<ProcessHandle>> processes) {
    this.processes = processes;
    this.before = read(processes);
  }

  public static CpuClock start(Map<String, ProcessHandle> processes) {
    Map<String, List<ProcessHandle>> groups = new LinkedHashMap<>();
    processes.forEach((role, process) -> groups.put(role, List.of(process)));
    return startGroups(groups);
  }

  /** The same where several processes have one role. */
  public static CpuClock startGroups(Map<String, List<ProcessHandle>> processes) {
    return new CpuClock(processes);
  }

  /**
   * Microseconds of each role since the start, divided by a number of flows. A process that has
   * ended meanwhile counts as nothing.
   */
  public Map<String, Double> microsPerFlow(int flows) {
    Map<ProcessHandle, Duration> now = read(processes);
    Map<String, Double> result = new LinkedHashMap<>();
    processes.forEach(
        (role, group) -> {
          List<ProcessHandle> alive = group.stream().filter(now::containsKey).toList();
          if (!alive.isEmpty()) {
            Duration spent = Duration.ZERO;
            for (ProcessHandle process : alive) {
              spent =
                  spent
                      .plus(now.getOrDefault(process, Duration.ZERO))
                      .minus(before.getOrDefault(process, Duration.ZERO));
            }
            result.put(role, spent.toNanos() / 1e3 / flows);
          }
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

  private static Map<ProcessHandle, Duration> read(Map<String, List<ProcessHandle>> processes) {
    Map<ProcessHandle, Duration> times = new HashMap<>();
    for (List<ProcessHandle> group : processes.values()) {
      for (ProcessHandle process : group) {
        process.info().totalCpuDuration().ifPresent(time -> times.put(process, time));
      }
    }
    return times;
  }
}
