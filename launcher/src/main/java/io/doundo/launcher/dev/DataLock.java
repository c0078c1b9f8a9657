package io.doundo.launcher.dev;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One {@code doundo dev} for each data directory. The operating system gives the lock back however
 * its holder ends. Beside the lock stands who holds it, for the next one to read: a line for
 * people, then a line for each child process.
 */
public final class DataLock implements AutoCloseable {

  /** How long the children of a holder that was killed may take to notice and to stop. */
  private static final Duration GRACE = Duration.ofSeconds(25);

  private static final Pattern PORTS =
      Pattern.compile(
          "Kafka on localhost:(\\d+), Redis on redis://127\\.0\\.0\\.1:(\\d+), REST on http://localhost:(\\d+)");

  private final FileChannel channel;
  private final Path holder;

  private DataLock(FileChannel channel, Path holder) {
    this.channel = channel;
    this.holder = holder;
  }

  /** Takes the lock, once the children of a holder that was killed are gone. */
  public static DataLock take(DevPlan plan)
      throws IOException, DevRefusedException, InterruptedException {
    Files.createDirectories(plan.data());
    Path holder = plan.data().resolve("dev.holder");
    FileChannel channel =
        FileChannel.open(
            plan.data().resolve("dev.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (!isLocked(channel)) {
      channel.close();
      throw new DevRefusedException(
          "doundo dev is already running on %s: %s.%n  Stop it first, or choose another directory: doundo dev --data DIRECTORY"
              .formatted(plan.data(), firstLine(holder).orElse("started a moment ago")));
    }
    endOrphans(holder);
    return new DataLock(channel, holder);
  }

  /** Where the installation that holds this directory now is to be found; empty when none does. */
  public static Optional<DevPlan> held(Path data) throws IOException {
    Path lock = data.resolve("dev.lock");
    if (!Files.exists(lock)) {
      return Optional.empty();
    }
    try (FileChannel channel = FileChannel.open(lock, StandardOpenOption.WRITE)) {
      if (isLocked(channel)) {
        return Optional.empty();
      }
    }
    Matcher ports = PORTS.matcher(firstLine(data.resolve("dev.holder")).orElse(""));
    return ports.find()
        ? Optional.of(new DevPlan(port(ports, 1), port(ports, 2), port(ports, 3), data, List.of()))
        : Optional.empty();
  }

  private static int port(Matcher ports, int group) {
    return Integer.parseInt(ports.group(group));
  }

  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  /** Notes who holds the lock. */
  public void describe(DevPlan plan, List<ProcessHandle> children) throws IOException {
    StringBuilder text = new StringBuilder();
    text.append("process ").append(ProcessHandle.current().pid());
    text.append(", Kafka on ").append(plan.bootstrapServers());
    text.append(", Redis on ").append(plan.redis());
    text.append(", REST on ").append(plan.url()).append('\n');
    for (ProcessHandle child : children) {
      text.append(child.pid()).append(' ').append(startOf(child)).append('\n');
    }
    Files.writeString(holder, text);
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(holder);
    channel.close();
  }

  private static Optional<String> firstLine(Path holder) throws IOException {
    return Files.exists(holder)
        ? Files.readAllLines(holder).stream().findFirst()
        : Optional.empty();
  }

  private static void endOrphans(Path holder) throws IOException, InterruptedException {
    if (!Files.exists(holder)) {
      return;
    }
    for (String line : Files.readAllLines(holder).stream().skip(1).toList()) {
      String[] parts = line.split(" ", 2);
      Optional<ProcessHandle> child =
          ProcessHandle.of(Long.parseLong(parts[0]))
              .filter(process -> startOf(process).equals(parts[1]));
      if (child.isPresent()) {
        endOrphan(child.get());
      }
    }
  }

  private static void endOrphan(ProcessHandle child) throws InterruptedException {
    try {
      child.onExit().get(GRACE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      child.destroyForcibly();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the end of a process cannot be waited for", e);
    }
  }

  /** Tells a process from a later one with the same number. */
  private static String startOf(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toString).orElse("unknown");
  }
}
