package io.doundo.launcher.chaos;

import io.doundo.launcher.process.Child;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One process of the stack: it can be killed, frozen and started again under the same name, ports
 * and data. Thread-safe; a fault reserves it until it is up again, so that two faults do not hit
 * the same process at once.
 */
final class StackProcess {

  private static final Duration READY_LIMIT = Duration.ofMinutes(3);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(25);
  private static final long POLL_MS = 50;

  /** A frozen process is let go even when this JVM has been killed meanwhile. */
  private static final String FREEZE = "kill -STOP \"$1\" && sleep \"$2\"; kill -CONT \"$1\"";

  /** Starts it; what is returned says whether it is ready. */
  @FunctionalInterface
  interface Launcher {
    Launched start() throws IOException;
  }

  /** A started process and how to see that it is ready. */
  record Launched(Child child, BooleanSupplier ready) {}

  private final String name;
  private final Launcher starter;
  private final ReentrantLock held = new ReentrantLock();
  private final AtomicInteger unasked = new AtomicInteger();
  private volatile @Nullable Launched started;

  StackProcess(String name, Launcher starter) {
    this.name = name;
    this.starter = starter;
  }

  String name() {
    return name;
  }

  /** How often it ended unexpectedly and was restarted. */
  int endedUnasked() {
    return unasked.get();
  }

  /** Starts it without waiting until it is ready. */
  void launch() {
    held.lock();
    try {
      started = starter.start();
    } catch (IOException e) {
      throw new UncheckedIOException(name + " cannot be started", e);
    } finally {
      held.unlock();
    }
  }

  /** Waits until it is ready, after its start. */
  void awaitReady() throws InterruptedException {
    awaitReady(false);
  }

  /** Waits until it is ready; its supervisor restarts it when it has ended. */
  void awaitReadyAgain() throws InterruptedException {
    awaitReady(true);
  }

  private void awaitReady(boolean supervised) throws InterruptedException {
    long end = System.nanoTime() + READY_LIMIT.toNanos();
    while (!isReady()) {
      Launched now = started;
      if (!supervised && now != null && !now.child().isAlive()) {
        throw new IllegalStateException("%s %s".formatted(name, now.child().ending()));
      }
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            "%s is not ready after %d s".formatted(name, READY_LIMIT.toSeconds()));
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MS);
    }
  }

  boolean isReady() {
    Launched now = started;
    return now != null && now.child().isAlive() && now.ready().getAsBoolean();
  }

  /** {@code kill -9}, and nothing after it. */
  void kill() throws InterruptedException {
    Launched now = started;
    if (now != null) {
      now.child().kill();
    }
  }

  /** {@code kill -9} for good, even if a fault has reserved it. */
  void end() {
    Launched now = started;
    if (now != null) {
      now.child().handle().destroyForcibly();
      now.child().onExit().join();
    }
  }

  /** {@code kill -9}, and a new start after a while. */
  void killFor(Duration length, WhileDown meanwhile) throws InterruptedException, IOException {
    held.lock();
    try {
      kill();
      meanwhile.happens();
      TimeUnit.NANOSECONDS.sleep(length.toNanos());
      launch();
    } finally {
      held.unlock();
    }
  }

  /** Stopped in order, and started again after a while. */
  void restartAfter(Duration length) throws InterruptedException {
    held.lock();
    try {
      Launched now = started;
      if (now != null) {
        now.child().stop(STOP_LIMIT);
      }
      TimeUnit.NANOSECONDS.sleep(length.toNanos());
      launch();
    } finally {
      held.unlock();
    }
  }

  /** SIGSTOP, and SIGCONT after a while. */
  void freezeFor(Duration length) throws InterruptedException, IOException {
    held.lock();
    try {
      Launched now = started;
      if (now == null || !now.child().isAlive()) {
        return;
      }
      new ProcessBuilder(
              "/bin/sh",
              "-c",
              FREEZE,
              "sh",
              Long.toString(now.child().handle().pid()),
              Double.toString(length.toMillis() / 1_000.0))
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor();
    } finally {
      held.unlock();
    }
  }

  /**
   * Restarts it if it has ended unexpectedly, as a platform would.
   *
   * @return in words how it ended, or null when it runs or someone else deals with it
   */
  @Nullable String revive() {
    if (!held.tryLock()) {
      return null;
    }
    try {
      Launched now = started;
      if (now == null || now.child().isAlive()) {
        return null;
      }
      String ending = name + " " + now.child().ending();
      unasked.incrementAndGet();
      launch();
      return ending;
    } finally {
      held.unlock();
    }
  }

  /** An action while a process is down. */
  @FunctionalInterface
  interface WhileDown {
    void happens() throws IOException;
  }
}
