package io.doundo.bench.process;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What {@code /proc} says of a process and of each of its threads at one moment. */
record ProcessReading(Map<ThreadId, ThreadReading> threads, long minorFaults, long majorFaults) {

  static final Path PROC = Path.of("/proc");

  private static final Pattern SWITCHES =
      Pattern.compile("(?m)^(non)?voluntary_ctxt_switches:\\s*(\\d+)$");

  /** The kernel gives the number of a thread that has ended to a new one. */
  record ThreadId(long number, long startedAt) {}

  /**
   * One thread.
   *
   * @param voluntary how often it gave up its core because it had to wait
   * @param involuntary how often its core was taken from it
   */
  record ThreadReading(ThreadKind kind, long ticks, long voluntary, long involuntary) {}

  /**
   * Reads a process; empty where there is no {@code /proc}, or no such process.
   *
   * @param proc the directory of all processes
   */
  static Optional<ProcessReading> read(Path proc, long pid) throws IOException {
    Path process = proc.resolve(Long.toString(pid));
    List<Path> directories;
    ProcStat whole;
    try (Stream<Path> tasks = Files.list(process.resolve("task"))) {
      directories = tasks.toList();
      whole = ProcStat.parsed(text(process.resolve("stat")));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    Map<ThreadId, ThreadReading> threads = new HashMap<>();
    for (Path directory : directories) {
      readThread(directory, threads);
    }
    return Optional.of(new ProcessReading(threads, whole.minorFaults(), whole.majorFaults()));
  }

  private static void readThread(Path directory, Map<ThreadId, ThreadReading> threads)
      throws IOException {
    ProcStat stat;
    String status;
    try {
      stat = ProcStat.parsed(text(directory.resolve("stat")));
      status = text(directory.resolve("status"));
    } catch (NoSuchFileException e) {
      // The thread has ended since the directory was listed. Its CPU time is still in the
      // process's.
      return;
    } catch (IOException e) {
      if (isOfNoProcess(e)) {
        return;
      }
      throw e;
    }
    long voluntary = 0;
    long involuntary = 0;
    Matcher switches = SWITCHES.matcher(status);
    while (switches.find()) {
      if (switches.group(1) == null) {
        voluntary = Long.parseLong(switches.group(2));
      } else {
        involuntary = Long.parseLong(switches.group(2));
      }
    }
    threads.put(
        new ThreadId(Long.parseLong(directory.getFileName().toString()), stat.startedAt()),
        new ThreadReading(ThreadKind.of(stat.name()), stat.ticks(), voluntary, involuntary));
  }

  /** A file that was opened before its thread ended cannot be read any more (ESRCH). */
  private static boolean isOfNoProcess(IOException e) {
    return String.valueOf(e.getMessage()).contains("No such process");
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file, ISO_8859_1);
  }

  /**
   * What the process has done since an earlier reading. A thread that ended in between is in
   * neither sum; a thread that began in between is counted from its start.
   */
  ProcessUse since(ProcessReading before) {
    Map<ThreadKind, Double> micros = new EnumMap<>(ThreadKind.class);
    long voluntary = 0;
    long involuntary = 0;
    for (Map.Entry<ThreadId, ThreadReading> thread : threads.entrySet()) {
      ThreadReading now = thread.getValue();
      ThreadReading then =
          before.threads.getOrDefault(thread.getKey(), new ThreadReading(now.kind(), 0, 0, 0));
      micros.merge(
          now.kind(), (now.ticks() - then.ticks()) * ProcStat.MICROS_PER_TICK, Double::sum);
      voluntary += now.voluntary() - then.voluntary();
      involuntary += now.involuntary() - then.involuntary();
    }
    return new ProcessUse(
        micros.getOrDefault(ThreadKind.COMPILER, 0.0),
        micros.getOrDefault(ThreadKind.COLLECTOR, 0.0),
        micros.getOrDefault(ThreadKind.OTHER, 0.0),
        voluntary,
        involuntary,
        minorFaults - before.minorFaults,
        majorFaults - before.majorFaults);
  }
}
