package io.doundo.bench.process;

import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Readings of processes while they are compared. Not thread-safe. */
public final class ProcessMeters implements AutoCloseable {

  private final CpuClock cpu;
  private final CompilerClock compilers;
  private final @Nullable InstructionCounter instructions;

  private ProcessMeters(
      CpuClock cpu, CompilerClock compilers, @Nullable InstructionCounter instructions) {
    this.cpu = cpu;
    this.compilers = compilers;
    this.instructions = instructions;
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
    return new ProcessMeters(
        CpuClock.start(processes), CompilerClock.start(processes), instructions);
  }

  /** A flow's share of what was read. */
  public record Readings(
      Map<String, Double> cpu, Map<String, Double> compilers, Map<String, Double> instructions) {

    public Measurement with(double flowsPerSecond) {
      return new Measurement(flowsPerSecond, cpu, compilers, instructions);
    }
  }

  public Readings stop(int flows) throws IOException, InterruptedException {
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
