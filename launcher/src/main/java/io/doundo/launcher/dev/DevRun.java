package io.doundo.launcher.dev;

import io.doundo.launcher.ExitCodes;
import io.doundo.launcher.process.ChildJvm;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * One run of the development installation: starts the broker, then the orchestrator, says when they
 * are ready, and stops them in the opposite order when it is told to or when one of them ends.
 * Serves one run; the shutdown hook stops the children on a thread of its own.
 */
final class DevRun {

  private static final Duration STOP_LIMIT = Duration.ofSeconds(25);
  private static final long POLL_MILLIS = 100;
  private static final Duration REMINDER = Duration.ofSeconds(15);

  private final DevPlan plan;
  private final boolean clean;
  private final PrintStream out;
  private final List<ChildJvm> children = Collections.synchronizedList(new ArrayList<>());
  private final List<CompletableFuture<Void>> endings = new ArrayList<>();
  private final CompletableFuture<ChildJvm> firstEnd = new CompletableFuture<>();
  private final AtomicBoolean stopping = new AtomicBoolean();

  DevRun(DevPlan plan, boolean clean, PrintStream out) {
    this.plan = plan;
    this.clean = clean;
    this.out = out;
  }

  /** Runs until a child ends by itself; a signal ends the JVM from the shutdown hook instead. */
  int run() throws IOException, DevRefusedException, InterruptedException {
    try (DataLock lock = DataLock.take(plan)) {
      plan.requireFreePorts();
      if (clean) {
        DataCleaner.clean(plan);
      }
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stopOnSignal(lock), "stop"));
      out.println("Starting DoUndo in " + plan.data());
      DataCleaner.delete(plan.data().resolve("run"));
      DevChildren start = new DevChildren(plan, out);
      boolean ready =
          bring(lock, "Kafka broker", start.broker(), start::brokerIsReady)
              && bring(lock, "Orchestrator", start.orchestrator(), start::orchestratorIsReady);
      if (ready) {
        out.println(Banner.of(plan));
      }
      ChildJvm ended = firstEnd.join();
      if (!stopping.compareAndSet(false, true)) {
        // The shutdown hook is at work, and ends the JVM.
        new CountDownLatch(1).await();
      }
      report(ended);
      stopChildren();
    }
    return ExitCodes.REFUSED;
  }

  /** Starts a child and waits until it is ready; false when a child ended instead. */
  private boolean bring(
      DataLock lock, String title, DevChildren.Starter starter, BooleanSupplier ready)
      throws IOException, InterruptedException {
    if (stopping.get()) {
      return false;
    }
    long begun = System.nanoTime();
    ChildJvm child = starter.start();
    children.add(child);
    endings.add(child.onExit().thenRun(() -> firstEnd.complete(child)));
    lock.describe(plan, children.stream().map(ChildJvm::handle).toList());
    long reminded = begun;
    while (!ready.getAsBoolean()) {
      if (firstEnd.isDone()) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      if (System.nanoTime() - reminded > REMINDER.toNanos()) {
        reminded = System.nanoTime();
        out.printf(
            "  %-13s is still starting after %d s; its log is %s%n",
            title, secondsSince(begun), plan.logFile(child.name()));
      }
    }
    out.printf("  %-13s ready after %.1f s%n", title, (System.nanoTime() - begun) / 1e9);
    return true;
  }

  private static long secondsSince(long nanos) {
    return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - nanos);
  }

  private void report(ChildJvm ended) throws InterruptedException {
    out.println();
    out.printf("The %s %s. The end of its log:%n%n", ended.name(), ended.ending());
    ended.tail().forEach(line -> out.println("  " + line));
    out.println();
    out.println("All of it is in " + plan.logFile(ended.name()));
  }

  private void stopOnSignal(DataLock lock) {
    if (!stopping.compareAndSet(false, true)) {
      return;
    }
    try {
      out.println();
      stopChildren();
      lock.close();
      out.println("Stopped. What was kept is in " + plan.data());
      Runtime.getRuntime().halt(ExitCodes.OK);
    } catch (IOException e) {
      System.err.println("Cannot give back " + plan.data() + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Stops what was started last first: the orchestrator still needs the broker to stop cleanly. */
  private void stopChildren() throws InterruptedException {
    for (int i = children.size() - 1; i >= 0; i--) {
      ChildJvm child = children.get(i);
      if (!child.isAlive()) {
        continue;
      }
      out.printf("Stopping the %s …%n", child.name());
      if (!child.stop(STOP_LIMIT)) {
        out.printf(
            "The %s did not stop within %d s and was killed; nothing is lost by that.%n",
            child.name(), STOP_LIMIT.toSeconds());
      }
    }
  }
}
