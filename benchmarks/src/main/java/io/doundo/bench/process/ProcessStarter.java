package io.doundo.bench.process;

import io.doundo.launcher.process.Child;
import io.doundo.launcher.process.ChildJvm;
import io.doundo.launcher.process.ClassPath;
import io.doundo.launcher.process.Readiness;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * Starts the processes of a run, each in its own JVM with the full compiler and a fixed heap, and a
 * log in the run's directory.
 */
public final class ProcessStarter {

  private static final List<String> JVM =
      List.of(
          "-XX:+UseParallelGC",
          "-XX:+ExitOnOutOfMemoryError",
          "-Xshare:auto",
          // A compiler thread that has ended has taken its CPU time with it.
          "-XX:-UseDynamicNumberOfCompilerThreads");
  private static final Duration READY_LIMIT = Duration.ofMinutes(3);
  private static final long LOOK_AGAIN_MS = 20;

  /** An orchestrator that is starting needs its processor time for other than answers. */
  private static final long ASK_AGAIN_MS = 200;

  private final Path data;
  private final ClassPath classPath;

  /**
   * @param data absolute
   */
  public ProcessStarter(Path data) throws IOException {
    this.data = data;
    this.classPath = ClassPath.frozenIn(data.resolve("run"));
  }

  /** Everything. */
  public ClassPath classPath() {
    return classPath;
  }

  public Path log(String name) {
    return data.resolve("logs").resolve(name + ".log");
  }

  /** Options of a JVM with a heap of this size. */
  public static List<String> jvm(String heap, String... more) {
    List<String> options = new ArrayList<>(JVM);
    options.add("-Xms" + heap);
    options.add("-Xmx" + heap);
    options.addAll(List.of(more));
    return options;
  }

  /** A child, and how to see that it is ready. */
  public record StartedProcess(Child child, BooleanSupplier ready) {

    /** Waits until it is ready, and fails with the end of its log when it has ended. */
    public Child awaitReady() throws IOException, InterruptedException {
      await(child, ready);
      return child;
    }
  }

  /** Starts a JVM that is ready when it has printed a line. */
  public StartedProcess untilLine(
      String name,
      List<String> options,
      ClassPath classes,
      Class<?> mainClass,
      List<String> arguments,
      String readyLine)
      throws IOException {
    AtomicBoolean ready = new AtomicBoolean();
    Child child =
        ChildJvm.start(
            name,
            options,
            classes.toString(),
            mainClass,
            arguments,
            log(name),
            line -> ready.compareAndSet(false, line.equals(readyLine)));
    return new StartedProcess(child, ready::get);
  }

  /** Waits until something is true of a child, and fails when it has ended or takes too long. */
  public static void await(Child child, BooleanSupplier condition)
      throws IOException, InterruptedException {
    await(child, condition, LOOK_AGAIN_MS);
  }

  /** The same with a probe that costs the child something. */
  public static void await(Child child, Readiness readiness)
      throws IOException, InterruptedException {
    await(child, readiness, ASK_AGAIN_MS);
  }

  private static void await(Child child, BooleanSupplier condition, long pauseMs)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + READY_LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      requireAlive(child);
      if (System.nanoTime() > end) {
        child.kill();
        throw new IOException(
            "%s is not ready after %d s".formatted(child.name(), READY_LIMIT.toSeconds()));
      }
      TimeUnit.MILLISECONDS.sleep(pauseMs);
    }
  }

  /** Throws, with the end of its log, when a child has ended. */
  public static void requireAlive(Child child) throws IOException, InterruptedException {
    if (!child.isAlive()) {
      throw new IOException(
          "%s %s; the end of its log:%n%s"
              .formatted(child.name(), child.ending(), String.join("\n", child.tail())));
    }
  }
}
