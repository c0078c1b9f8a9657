package io.doundo.launcher.dev;

import io.doundo.launcher.process.Child;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The processes that this JVM has started: brought up one after the other, watched, and stopped in
 * the opposite order, side by side where they do not need each other. One thread brings them up;
 * any thread may stop them, once.
 */
public final class ProcessGroup {

  private static final Duration STOP_LIMIT = Duration.ofSeconds(25);
  private static final long POLL_MILLIS = 100;
  private static final Duration REMINDER = Duration.ofSeconds(15);

  private final DevPlan plan;
  private final PrintStream out;
  private final List<Member> members = Collections.synchronizedList(new ArrayList<>());
  private final CompletableFuture<Child> firstEnd = new CompletableFuture<>();
  private final AtomicBoolean stopping = new AtomicBoolean();

  public ProcessGroup(DevPlan plan, PrintStream out) {
    this.plan = plan;
    this.out = out;
  }

  private record Member(Child child, StopOrder order) {}

  /** When a child is stopped, compared with the one that was brought up before it. */
  public enum StopOrder {
    /** It needs the previous one to stop cleanly: that one is stopped after it has ended. */
    BEFORE_PREVIOUS,
    /** They do not need each other: both are stopped at once. */
    WITH_PREVIOUS
  }

  /** Notes who was started, after each start. */
  @FunctionalInterface
  public interface StartListener {
    void note(List<Child> children) throws IOException;
  }

  /**
   * Starts a child without which nothing works, and waits until it is ready. It is stopped before
   * the previous one.
   *
   * @return false when a child ended instead
   */
  public boolean bring(
      String title, Child.Starter starter, BooleanSupplier ready, StartListener register)
      throws IOException, InterruptedException {
    return bring(title, starter, ready, register, StopOrder.BEFORE_PREVIOUS, firstEnd::complete);
  }

  /** The same, with the order in which it is stopped. */
  public boolean bring(
      String title,
      Child.Starter starter,
      BooleanSupplier ready,
      StartListener register,
      StopOrder order)
      throws IOException, InterruptedException {
    return bring(title, starter, ready, register, order, firstEnd::complete);
  }

  /**
   * Starts a child and waits until it is ready.
   *
   * @param whenItEnds called when it ends unexpectedly after it was ready
   * @return false when a child ended instead
   */
  public boolean bring(
      String title,
      Child.Starter starter,
      BooleanSupplier ready,
      StartListener register,
      StopOrder order,
      Consumer<Child> whenItEnds)
      throws IOException, InterruptedException {
    if (stopping.get()) {
      return false;
    }
    long begun = System.nanoTime();
    AtomicBoolean up = new AtomicBoolean();
    Child child = starter.start();
    members.add(new Member(child, order));
    CompletableFuture<Void> unused =
        child.onExit().thenRun(() -> ended(child, up.get() ? whenItEnds : firstEnd::complete));
    register.note(started());
    long reminded = begun;
    while (!ready.getAsBoolean()) {
      if (firstEnd.isDone() || stopping.get()) {
        return false;
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      if (System.nanoTime() - reminded > REMINDER.toNanos()) {
        reminded = System.nanoTime();
        out.printf(
            "  %-15s is still starting after %d s; its log is %s%n",
            title, secondsSince(begun), plan.logFile(child.name()));
      }
    }
    up.set(true);
    out.printf("  %-15s ready after %.1f s%n", title, (System.nanoTime() - begun) / 1e9);
    return true;
  }

  private void ended(Child child, Consumer<Child> listener) {
    if (!stopping.get()) {
      listener.accept(child);
    }
  }

  private List<Child> started() {
    synchronized (members) {
      return members.stream().map(Member::child).toList();
    }
  }

  private static long secondsSince(long nanos) {
    return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - nanos);
  }

  /** The first child that ended although it was needed. */
  public CompletableFuture<Child> firstEnd() {
    return firstEnd;
  }

  /** Says how a child ended, with the end of its log. */
  public void report(Child ended) throws IOException, InterruptedException {
    out.println();
    out.printf("%s %s. The end of its log:%n%n", ended.subject(), ended.ending());
    ended.tail().forEach(line -> out.println("  " + line));
    out.println();
    out.println("Full log: " + plan.logFile(ended.name()));
  }

  /**
   * Claims the stop for the caller, who then must {@link #stop}; ends are not reported from now on.
   *
   * @return false when another thread has claimed it
   */
  public boolean claimStop() {
    return stopping.compareAndSet(false, true);
  }

  /** Whether the stop has been claimed. */
  public boolean isStopping() {
    return stopping.get();
  }

  /**
   * Stops what was started last first, as long as what it needs to stop cleanly is there.
   *
   * @throws IllegalStateException when one of them cannot be stopped; those before it still run
   */
  public void stop() throws InterruptedException {
    List<Child> together = new ArrayList<>();
    for (int i = members.size() - 1; i >= 0; i--) {
      Member member = members.get(i);
      together.add(member.child());
      if (i == 0 || member.order() == StopOrder.BEFORE_PREVIOUS) {
        stop(together);
        together.clear();
      }
    }
  }

  /** Stops these at once, and waits until all of them have ended. */
  private void stop(List<Child> together) throws InterruptedException {
    Map<Child, FutureTask<Boolean>> stops = new LinkedHashMap<>();
    for (Child child : together) {
      if (child.isAlive()) {
        out.printf("Stopping %s …%n", child.inText());
        FutureTask<Boolean> stop = new FutureTask<>(() -> child.stop(STOP_LIMIT));
        stops.put(child, stop);
        new Thread(stop, "stop-" + child.name()).start();
      }
    }
    for (Map.Entry<Child, FutureTask<Boolean>> stop : stops.entrySet()) {
      if (!stoppedByItself(stop.getKey(), stop.getValue())) {
        out.printf(
            "%s did not stop within %d s and was killed; no data is lost.%n",
            stop.getKey().subject(), STOP_LIMIT.toSeconds());
      }
    }
  }

  private static boolean stoppedByItself(Child child, FutureTask<Boolean> stop)
      throws InterruptedException {
    try {
      return stop.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("cannot stop " + child.inText(), e.getCause());
    }
  }
}
