package io.doundo.worker.threads;

import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs short tasks later, on one thread. Once closed it forgets them. Thread-safe. */
public final class TaskTimer implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(TaskTimer.class);

  private final ScheduledThreadPoolExecutor executor;

  public TaskTimer(ThreadFactory threads) {
    this.executor = new ScheduledThreadPoolExecutor(1, threads);
    executor.setRemoveOnCancelPolicy(true);
  }

  /** For libraries that schedule by themselves. */
  public ScheduledExecutorService executor() {
    return executor;
  }

  public void after(long ms, Runnable task) {
    Future<?> unused = cancellable(ms, task);
  }

  /** The same, with what cancels it; null when the timer is closed. */
  public @Nullable Future<?> cancellable(long ms, Runnable task) {
    try {
      return executor.schedule(() -> run(task), ms, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      log.debug("Not scheduled: the worker has stopped");
      return null;
    }
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      // The executor would hide it in a future that is never read.
      log.error("A delayed task failed", e);
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
