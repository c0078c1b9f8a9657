package io.doundo.bench;

import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is read of processes while they are compared. Not thread-safe. */
final class Meters implements AutoCloseable {

  private final CpuClock cpu;
  private final CompilerClock compilers;
  private final @Nullable Instructions instructions;

  private Meters(CpuClock cpu, CompilerClock compilers, @Nullable Instructions instructions) {
    this.cpu = cpu;
    this.compilers = compilers;
    this.instructions = instructions;
  }

  /**
   * Begins to read.
   *
   * @param countsInstructions only where there is no {@link Instructions#obstacle}
   */
  static Meters start(Map<String, ProcessHandle> processes, boolean countsInstructions)
      throws IOException {
    Instructions instructions = countsInstructions ? Instructions.start(processes) : null;
    return new Meters(CpuClock.start(processes), CompilerClock.start(processes), instructions);
  }

  /** A flow's share of what was read. */
  record Readings(
      Map<String, Double> cpu, Map<String, Double> compilers, Map<String, Double> instructions) {

    Measured with(double flowsPerSecond) {
      return new Measured(flowsPerSecond, cpu, compilers, instructions);
    }
  }

  Readings stop(int flows) throws IOException, InterruptedException {
    return new Readings(
        cpu.microsPerFlow(flows),
        compilers.microsPerFlow(flows),
        instructions == null ? Map.of() : instructions.thousandsPerFlow(flows));
  }

  @Override
  public void close() {
    if (instructions != null) {
      instructions.close();
    }
  }
}
