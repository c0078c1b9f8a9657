package io.doundo.bench.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Counts the instructions that processes execute, with {@code perf stat}. Many virtual machines
 * cannot: {@link #obstacle} says why. Not thread-safe.
 */
public final class InstructionCounter implements AutoCloseable {

  private static final String EVENT = "instructions";

  private final Map<String, Process> counters = new LinkedHashMap<>();

  private InstructionCounter() {}

  /** Why they cannot be counted on this machine; empty when they can. */
  public static Optional<String> obstacle() throws IOException, InterruptedException {
    return obstacle("perf", EVENT);
  }

  public static Optional<String> obstacle(String perf, String event)
      throws IOException, InterruptedException {
    Process probe;
    try {
      probe =
          new ProcessBuilder(perf, "stat", "-x", ";", "-e", event, "true")
              .redirectErrorStream(true)
              .start();
    } catch (IOException e) {
      return Optional.of("perf is not installed");
    }
    String output = output(probe);
    return probe.waitFor() == 0 && count(output).isPresent()
        ? Optional.empty()
        : Optional.of("perf stat cannot count them here: " + output.strip());
  }

  /** Begins to count. */
  static InstructionCounter start(Map<String, ProcessHandle> processes) throws IOException {
    return start(processes, EVENT);
  }

  static InstructionCounter start(Map<String, ProcessHandle> processes, String event)
      throws IOException {
    InstructionCounter instructions = new InstructionCounter();
    for (Map.Entry<String, ProcessHandle> process : processes.entrySet()) {
      instructions.counters.put(
          process.getKey(),
          new ProcessBuilder(
                  "perf",
                  "stat",
                  "-x",
                  ";",
                  "-e",
                  event,
                  "-p",
                  Long.toString(process.getValue().pid()))
              .redirectErrorStream(true)
              .start());
    }
    return instructions;
  }

  /** Ends the count; what each process has executed, in thousands, divided by a number of flows. */
  Map<String, Double> thousandsPerFlow(int flows) throws IOException, InterruptedException {
    Map<String, Double> result = new LinkedHashMap<>();
    for (Map.Entry<String, Process> counter : counters.entrySet()) {
      // Only this signal has perf print what it counted.
      new ProcessBuilder("/bin/sh", "-c", "kill -INT " + counter.getValue().pid())
          .inheritIO()
          .start()
          .waitFor();
      String output = output(counter.getValue());
      counter.getValue().waitFor();
      double count =
          count(output).orElseThrow(() -> new IOException("perf stat says: " + output.strip()));
      result.put(counter.getKey(), count / 1e3 / flows);
    }
    counters.clear();
    return result;
  }

  /** The first field of a line that begins with a number. */
  private static Optional<Double> count(String output) {
    return output
        .lines()
        .map(line -> line.split(";", -1)[0])
        .filter(field -> field.matches("[0-9]+([.][0-9]+)?"))
        .map(Double::valueOf)
        .findFirst();
  }

  private static String output(Process process) throws IOException {
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    counters.values().forEach(Process::destroyForcibly);
  }
}
