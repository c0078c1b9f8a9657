package io.doundo.bench.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The CPU time that the just-in-time compilers of processes have taken since a moment, from {@code
 * /proc}; without one, nothing is reported.
 */
final class CompilerClock {

  /** The kernel's unit of time in {@code /proc}, on every Linux that runs Java. */
  private static final double MICROS_PER_TICK = 10_000;

  /** Of the fields behind a thread's name, counted from 0. */
  private static final int USER_TICKS = 11;

  private final Map<String, ProcessHandle> processes;
  private final Map<String, Long> before;

  private CompilerClock(Map<String, ProcessHandle> processes) throws IOException {
    this.processes = processes;
    this.before = read(processes);
  }

  static CompilerClock start(Map<String, ProcessHandle> processes) throws IOException {
    return new CompilerClock(processes);
  }

  /** Microseconds of each process since the start, divided by a number of flows. */
  Map<String, Double> microsPerFlow(int flows) throws IOException {
    Map<String, Double> result = new LinkedHashMap<>();
    read(processes)
        .forEach(
            (role, ticks) ->
                result.put(
                    role, (ticks - before.getOrDefault(role, 0L)) * MICROS_PER_TICK / flows));
    return result;
  }

  private static Map<String, Long> read(Map<String, ProcessHandle> processes) throws IOException {
    Map<String, Long> ticks = new LinkedHashMap<>();
    for (Map.Entry<String, ProcessHandle> process : processes.entrySet()) {
      Path threads = Path.of("/proc", Long.toString(process.getValue().pid()), "task");
      if (Files.isDirectory(threads)) {
        ticks.put(process.getKey(), ofCompilers(threads));
      }
    }
    return ticks;
  }

  private static long ofCompilers(Path threads) throws IOException {
    List<Path> all;
    try (Stream<Path> directories = Files.list(threads)) {
      all = directories.toList();
    }
    long ticks = 0;
    for (Path thread : all) {
      try {
        ticks += ofCompiler(Files.readString(thread.resolve("stat"), StandardCharsets.ISO_8859_1));
      } catch (NoSuchFileException e) {
        // The thread has ended meanwhile; compilers do not.
      }
    }
    return ticks;
  }

  /**
   * The ticks of a thread that is a compiler, and 0 of any other.
   *
   * @param stat such as {@code 17 (C2 CompilerThre) S …}
   */
  static long ofCompiler(String stat) {
    String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
    if (!name.startsWith("C1 Compiler") && !name.startsWith("C2 Compiler")) {
      return 0;
    }
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[USER_TICKS + 1]);
  }
}
