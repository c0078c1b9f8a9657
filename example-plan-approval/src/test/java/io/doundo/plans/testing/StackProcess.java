package io.doundo.plans.testing;

import static org.awaitility.Awaitility.await;

import io.doundo.launcher.process.Child;
import java.io.IOException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A process that can be killed and started again with the same port and data. */
public final class StackProcess {

  private static final Duration READY_LIMIT = Duration.ofMinutes(4);

  /** A started process, and how to see that it serves. */
  record Started(Child child, BooleanSupplier ready) {}

  /** Starts it. */
  @FunctionalInterface
  interface Launch {
    Started start() throws IOException;
  }

  private final String name;
  private final Launch launch;
  private final Runnable afterKill;
  private @Nullable Started started;

  /**
   * Prepares it.
   *
   * @param afterKill ends what a killed process leaves running
   */
  StackProcess(String name, Launch launch, Runnable afterKill) {
    this.name = name;
    this.launch = launch;
    this.afterKill = afterKill;
  }

  public String name() {
    return name;
  }

  /** Starts it and waits until it serves. */
  public void start() {
    begin();
    awaitReady();
  }

  /** Starts it. */
  void begin() {
    try {
      started = launch.start();
    } catch (IOException e) {
      throw new IllegalStateException("cannot start " + name, e);
    }
  }

  void awaitReady() {
    Started running = running();
    await(name + " serves")
        .atMost(READY_LIMIT)
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              if (!running.child().isAlive()) {
                throw new IllegalStateException(
                    "%s %s:%n%s"
                        .formatted(
                            name,
                            running.child().ending(),
                            String.join(System.lineSeparator(), running.child().tail())));
              }
              return running.ready().getAsBoolean();
            });
  }

  /** As {@code kill -9}. */
  public void kill() {
    try {
      running().child().kill();
      afterKill.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Kills it, and starts it again without waiting for it. */
  public void restart() {
    kill();
    begin();
  }

  void stop() {
    if (isAlive()) {
      kill();
    }
  }

  boolean isAlive() {
    return started != null && started.child().isAlive();
  }

  private Started running() {
    if (started == null) {
      throw new IllegalStateException(name + " was never started");
    }
    return started;
  }
}
