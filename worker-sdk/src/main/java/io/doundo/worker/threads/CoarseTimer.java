package io.doundo.worker.threads;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks of which nearly all are withdrawn before their time, and which need not be punctual:
 * all tasks of one interval share one entry of the timer, and run one after the other when the
 * interval has ended. So adding and withdrawing a task leaves the timer's queue alone. Thread-safe.
 */
public final class CoarseTimer {

  private static final Logger log = LoggerFactory.getLogger(CoarseTimer.class);

  private final TaskTimer timer;
  private final long intervalNanos;
  private final Map<Long, TaskGroup> groups = new ConcurrentHashMap<>();

  /**
   * Makes a timer.
   *
   * @param interval how much later than it should a task may run; at least a millisecond
   */
  public CoarseTimer(TaskTimer timer, Duration interval) {
    this.timer = timer;
    this.intervalNanos = Math.max(interval.toNanos(), TimeUnit.MILLISECONDS.toNanos(1));
  }

  /** Whether a task after this time is late by less than half of it. */
  public boolean suits(long nanos) {
    return nanos >= 2 * intervalNanos;
  }

  /**
   * Runs the task on the timer's thread after this time, or up to an interval and a millisecond
   * later; never when the timer is closed before.
   *
   * @return where it is withdrawn
   */
  public TaskGroup after(long nanos, Runnable task) {
    long end = Math.floorDiv(System.nanoTime() + nanos, intervalNanos) + 1;
    TaskGroup group;
    do {
      group = groups.computeIfAbsent(end, this::begin);
    } while (!group.add(task));
    return group;
  }

  private TaskGroup begin(long end) {
    TaskGroup group = new TaskGroup(end);
    long left = Math.max(0, end * intervalNanos - System.nanoTime());
    timer.after(TimeUnit.NANOSECONDS.toMillis(left) + 1, group::run);
    return group;
  }

  /** The tasks of one interval. Thread-safe. */
  public final class TaskGroup {

    private final long end;
    private final Set<Runnable> tasks = ConcurrentHashMap.newKeySet();
    private volatile boolean due;

    private TaskGroup(long end) {
      this.end = end;
    }

    /** Whether the task is in the group; not if it is run already. */
    private boolean add(Runnable task) {
      if (due) {
        return false;
      }
      tasks.add(task);
      // If the group has become due meanwhile, either it runs the task or this takes it back.
      return !due || !tasks.remove(task);
    }

    /** The task is not run, unless it has begun. */
    public void withdraw(Runnable task) {
      tasks.remove(task);
    }

    private void run() {
      // In this order, so that a task that finds it due finds another group.
      groups.remove(end, this);
      due = true;
      for (Runnable task : List.copyOf(tasks)) {
        if (tasks.remove(task)) {
          run(task);
        }
      }
    }

    private void run(Runnable task) {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        // The others of the group must run all the same.
        log.error("A delayed task failed", e);
      }
    }
  }
}
