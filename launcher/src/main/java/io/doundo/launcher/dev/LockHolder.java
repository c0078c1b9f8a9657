package io.doundo.launcher.dev;

import io.doundo.launcher.process.Child;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The holder of a data directory: a line for people, then a line for each process that belongs to
 * it, the holder first. A line that cannot be read is passed over, for a file may be left half
 * written.
 *
 * @param description what is where
 * @param members the processes, the holder first
 */
record LockHolder(String description, List<Member> members) {

  private static final String FILE = "dev.holder";
  private static final String SELF = "dev";
  private static final String UNKNOWN = "unknown";
  private static final Pattern MEMBER = Pattern.compile("(\\S+) (\\d{1,18}) (\\S+)");
  private static final Pattern PORTS =
      Pattern.compile(
          "Kafka on localhost:(\\d{1,5}), Redis on redis://127\\.0\\.0\\.1:(\\d{1,5}), REST on http://localhost:(\\d{1,5})");

  /**
   * Systems compute a process's start time from their own boot time, which a clock correction may
   * shift.
   */
  private static final Duration SAME_START = Duration.ofSeconds(2);

  /**
   * A process.
   *
   * @param start null where the system does not provide it
   */
  record Member(String name, long pid, @Nullable Instant start) {

    static Member of(String name, ProcessHandle process) {
      return new Member(name, process.pid(), process.info().startInstant().orElse(null));
    }

    /**
     * The process, when it runs and is certainly this one: its number may have been given to
     * another process since.
     */
    Optional<ProcessHandle> running() {
      return start == null
          ? Optional.empty()
          : ProcessHandle.of(pid)
              .filter(ProcessHandle::isAlive)
              .filter(process -> process.info().startInstant().filter(this::isStart).isPresent());
    }

    private boolean isStart(Instant other) {
      return start != null && Duration.between(start, other).abs().compareTo(SAME_START) <= 0;
    }

    private String line() {
      return name + ' ' + pid + ' ' + (start == null ? UNKNOWN : start);
    }

    private static Optional<Member> parse(String line) {
      Matcher found = MEMBER.matcher(line);
      if (!found.matches()) {
        return Optional.empty();
      }
      try {
        String start = found.group(3);
        return Optional.of(
            new Member(
                found.group(1),
                Long.parseLong(found.group(2)),
                start.equals(UNKNOWN) ? null : Instant.parse(start)));
      } catch (DateTimeException e) {
        return Optional.empty();
      }
    }
  }

  /** This process as the holder, with its children. */
  static LockHolder here(DevPlan plan, List<Child> children) {
    List<Member> members = new ArrayList<>();
    members.add(Member.of(SELF, ProcessHandle.current()));
    children.forEach(child -> members.add(Member.of(child.name(), child.handle())));
    String description =
        "process %d, Kafka on %s, Redis on %s, REST on %s"
            .formatted(
                ProcessHandle.current().pid(), plan.bootstrapServers(), plan.redis(), plan.url());
    return new LockHolder(description, List.copyOf(members));
  }

  /** The record last written in this directory; empty when nothing was. */
  static Optional<LockHolder> read(Path data) throws IOException {
    Path file = data.resolve(FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    List<String> lines = Files.readAllLines(file);
    return lines.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new LockHolder(
                lines.get(0),
                lines.stream().skip(1).map(Member::parse).flatMap(Optional::stream).toList()));
  }

  /** Replaces what was written before, at once or not at all. */
  void write(Path data) throws IOException {
    StringBuilder text = new StringBuilder(description).append('\n');
    members.forEach(member -> text.append(member.line()).append('\n'));
    Path whole = data.resolve(FILE + ".new");
    Files.writeString(whole, text);
    Files.move(
        whole,
        data.resolve(FILE),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }

  static void delete(Path data) throws IOException {
    Files.deleteIfExists(data.resolve(FILE));
  }

  /** The process that holds the directory. */
  Optional<Member> self() {
    return members.stream().filter(member -> member.name().equals(SELF)).findFirst();
  }

  List<Member> children() {
    return members.stream().filter(member -> !member.name().equals(SELF)).toList();
  }

  /** The addresses of its parts. */
  Optional<DevPlan> plan(Path data) {
    Matcher ports = PORTS.matcher(description);
    return ports.find()
        ? Optional.of(new DevPlan(port(ports, 1), port(ports, 2), port(ports, 3), data, List.of()))
        : Optional.empty();
  }

  private static int port(Matcher ports, int group) {
    return Integer.parseInt(ports.group(group));
  }
}
