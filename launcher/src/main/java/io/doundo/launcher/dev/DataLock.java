package io.doundo.launcher.dev;

import io.doundo.launcher.process.Child;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One {@code doundo dev} for each data directory. The operating system gives the lock back however
 * its holder ends. Beside the lock stands who holds it, for the next one to read.
 */
public final class DataLock implements AutoCloseable {

  /** How long the children of a holder that was killed may take to notice and to stop. */
  private static final Duration GRACE = Duration.ofSeconds(25);

  private final FileChannel channel;
  private final DevPlan plan;

  private DataLock(FileChannel channel, DevPlan plan) {
    this.channel = channel;
    this.plan = plan;
  }

  /** Takes the lock, once the children of a holder that was killed are gone. */
  public static DataLock take(DevPlan plan)
      throws IOException, DevRefusedException, InterruptedException {
    Files.createDirectories(plan.data());
    FileChannel channel =
        FileChannel.open(
            lockFile(plan.data()), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (!isLocked(channel)) {
      channel.close();
      throw new DevRefusedException(
          "doundo dev is already running on %s: %s.%n  Stop it first (doundo dev stop), or choose another directory: doundo dev --data DIRECTORY"
              .formatted(
                  plan.data(),
                  LockHolder.read(plan.data())
                      .map(LockHolder::description)
                      .orElse("it has just started")));
    }
    DataLock lock = new DataLock(channel, plan);
    Optional<LockHolder> before = LockHolder.read(plan.data());
    if (before.isPresent()) {
      endOrphans(before.get());
    }
    lock.describe(List.of());
    return lock;
  }

  /** The address of the installation that currently holds this directory; empty when none does. */
  public static Optional<DevPlan> held(Path data) throws IOException {
    return lockHolder(data).flatMap(lockHolder -> lockHolder.plan(data));
  }

  /**
   * The current holder of this directory; empty when there is none, or it has only just started.
   */
  static Optional<LockHolder> lockHolder(Path data) throws IOException {
    return isHeld(data) ? LockHolder.read(data) : Optional.empty();
  }

  static boolean isHeld(Path data) throws IOException {
    if (!Files.exists(lockFile(data))) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(lockFile(data), StandardOpenOption.WRITE)) {
      return !isLocked(channel);
    }
  }

  private static Path lockFile(Path data) {
    return data.resolve("dev.lock");
  }

  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  /** Notes who holds the lock. */
  public void describe(List<Child> children) throws IOException {
    LockHolder.here(plan, children).write(plan.data());
  }

  @Override
  public void close() throws IOException {
    LockHolder.delete(plan.data());
    channel.close();
  }

  private static void endOrphans(LockHolder before) throws InterruptedException {
    for (LockHolder.Member child : before.children()) {
      Optional<ProcessHandle> running = child.running();
      if (running.isPresent()) {
        endOrphan(running.get());
      }
    }
  }

  private static void endOrphan(ProcessHandle child) throws InterruptedException {
    try {
      child.onExit().get(GRACE.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      child.destroyForcibly();
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot wait for a process to end", e);
    }
  }
}
