package io.doundo.bench.process;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Readings of processes while they are measured. Not thread-safe. */
public final class ProcessMeters implements AutoCloseable {

  private final Map<String, ProcessHandle> processes;
  private final CpuClock cpu;
  private final Map<String, ProcessReading> before;
  private final @Nullable InstructionCounter instructions;

  private ProcessMeters(
      Map<String, ProcessHandle> processes, @Nullable InstructionCounter instructions)
      throws IOException {
    this.processes = processes;
    this.instructions = instructions;
    // Processes before their threads here, and behind them at the end: so the threads of a process
    // never seem to have taken more time than the process because of when they were read.
    this.cpu = CpuClock.start(processes);
    this.before = read(processes);
  }

  /**
   * Begins to read.
   *
   * @param countsInstructions only where there is no {@link InstructionCounter#obstacle}
   */
  public static ProcessMeters start(
      Map<String, ProcessHandle> processes, boolean countsInstructions) throws IOException {
    InstructionCounter instructions =
        countsInstructions ? InstructionCounter.start(processes) : null;
    try {
      return new ProcessMeters(processes, instructions);
    } catch (IOException e) {
      if (instructions != null) {
        instructions.close();
      }
      throw e;
    }
  }

  /**
   * What was read.
   *
   * @param cpu µs a flow
   * @param parts the same by what threads are for; empty where there is no {@code /proc}
   * @param uses of all flows together; empty where there is no {@code /proc}
   * @param instructions thousands a flow; empty where they cannot be counted
   */
  public record Readings(
      Map<String, Double> cpu,
      Map<String, CpuParts> parts,
      Map<String, ProcessUse> uses,
      Map<String, Double> instructions) {

    public Measurement with(double flowsPerSecond) {
      return new Measurement(flowsPerSecond, cpu, parts, instructions);
    }
  }

  public Readings stop(int flows) throws IOException, InterruptedException {
    Map<String, ProcessReading> after = read(processes);
    Map<String, Double> micros = cpu.microsPerFlow(flows);
    Map<String, ProcessUse> uses = new LinkedHashMap<>();
    Map<String, CpuParts> parts = new LinkedHashMap<>();
    after.forEach(
        (role, now) -> {
          ProcessReading then = before.get(role);
          Double all = micros.get(role);
          if (then != null && all != null) {
            ProcessUse use = now.since(then);
            uses.put(role, use);
            parts.put(role, use.parts(all, flows));
          }
        });
    return new Readings(
        micros,
        parts,
        uses,
        instructions == null ? Map.of() : instructions.thousandsPerFlow(flows));
  }

  private static Map<String, ProcessReading> read(Map<String, ProcessHandle> processes)
      throws IOException {
    Map<String, ProcessReading> readings = new LinkedHashMap<>();
    for (Map.Entry<String, ProcessHandle> process : processes.entrySet()) {
      Optional<ProcessReading> reading =
          ProcessReading.read(ProcessReading.PROC, process.getValue().pid());
      reading.ifPresent(found -> readings.put(process.getKey(), found));
    }
    return readings;
  }

  @Override
  public void close() {
    if (instructions != null) {
      instructions.close();
    }
  }
}
