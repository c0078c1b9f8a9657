package io.doundo.bench.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code /proc} says of the whole machine at one moment.
 *
 * @param ticks CPU time of all cores, in units of 10 ms
 * @param stalledMicros for how long something waited for a resource, by its name; without those of
 *     which the kernel keeps no account
 */
public record MachineReading(CpuTicks ticks, Map<String, Long> stalledMicros) {

  private static final List<String> RESOURCES = List.of("io", "memory");
  private static final Pattern STALLED = Pattern.compile("(?m)^some .*total=(\\d+)$");

  /**
   * The CPU time of all cores.
   *
   * @param waiting idle while a disk was waited for
   * @param stolen taken by the host while there was something to do
   */
  public record CpuTicks(long busy, long idle, long waiting, long stolen) {
    long all() {
      return busy + idle + waiting + stolen;
    }
  }

  /**
   * A stretch of time.
   *
   * @param busyMicros CPU time of all processes and of the kernel
   * @param allMicros that of all cores, used or not
   * @param stalledMicros for how long something waited for a resource, by its name
   */
  public record MachineUse(
      double busyMicros,
      double idleMicros,
      double waitingMicros,
      double stolenMicros,
      double allMicros,
      Map<String, Double> stalledMicros) {}

  /** Reads this machine; empty where there is no {@code /proc}. */
  public static Optional<MachineReading> read() throws IOException {
    return read(ProcessReading.PROC);
  }

  static Optional<MachineReading> read(Path proc) throws IOException {
    Optional<String> stat = text(proc.resolve("stat"));
    if (stat.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Long> stalled = new HashMap<>();
    for (String resource : RESOURCES) {
      text(proc.resolve("pressure").resolve(resource))
          .map(STALLED::matcher)
          .filter(Matcher::find)
          .ifPresent(found -> stalled.put(resource, Long.valueOf(found.group(1))));
    }
    return Optional.of(new MachineReading(ticks(stat.get()), stalled));
  }

  /**
   * The first line: user, nice, system, idle, iowait, irq, softirq, steal; time of guests is
   * counted in the first two.
   */
  private static CpuTicks ticks(String stat) {
    String[] fields = stat.lines().findFirst().orElseThrow().split(" +", -1);
    return new CpuTicks(
        number(fields, 1)
            + number(fields, 2)
            + number(fields, 3)
            + number(fields, 6)
            + number(fields, 7),
        number(fields, 4),
        number(fields, 5),
        number(fields, 8));
  }

  private static long number(String[] fields, int at) {
    return Long.parseLong(fields[at]);
  }

  /** A kernel without an account of stalls has no such file, or refuses to read it. */
  private static Optional<String> text(Path file) throws IOException {
    try {
      return Optional.of(Files.readString(file, ISO_8859_1));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains("not supported")) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** What has happened since an earlier reading. */
  public MachineUse since(MachineReading before) {
    Map<String, Double> stalled = new HashMap<>();
    stalledMicros.forEach(
        (resource, micros) -> {
          Long then = before.stalledMicros.get(resource);
          if (then != null) {
            stalled.put(resource, (double) (micros - then));
          }
        });
    return new MachineUse(
        micros(ticks.busy() - before.ticks.busy()),
        micros(ticks.idle() - before.ticks.idle()),
        micros(ticks.waiting() - before.ticks.waiting()),
        micros(ticks.stolen() - before.ticks.stolen()),
        micros(ticks.all() - before.ticks.all()),
        stalled);
  }

  private static double micros(long ticks) {
    return ticks * ProcStat.MICROS_PER_TICK;
  }
}
