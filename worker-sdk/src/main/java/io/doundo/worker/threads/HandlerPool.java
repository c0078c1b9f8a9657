package io.doundo.worker.threads;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pool without a bound, in which a task waits for no other task, however long that takes, and yet
 * a burst of short ones wakes few threads. While tasks wait, exactly one thread that runs none is
 * on its way to them; a thread that takes a task wakes the next thread before running it, unless
 * one is already waking. Threads that come back meanwhile take what they find. The pool of the JDK
 * that grows without a bound wakes a thread for each task instead. Thread-safe.
 */
final class HandlerPool extends AbstractExecutorService {

  private static final Logger log = LoggerFactory.getLogger(HandlerPool.class);
  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final ThreadFactory factory;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition called = lock.newCondition();
  private final Condition ended = lock.newCondition();
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final Queue<Thread> threads = new ArrayDeque<>();

  /** Threads that wait to be called. */
  private int idle;

  /** Calls that no waiting thread has heard yet. */
  private int calls;

  /** Threads that are about to look for a task: called, begun, or back from one. */
  private int looking;

  private boolean shutdown;

  HandlerPool(ThreadFactory factory) {
    this.factory = factory;
  }

  @Override
  public void execute(Runnable task) {
    lock.lock();
    try {
      if (shutdown) {
        throw new RejectedExecutionException("the pool is shut down");
      }
      tasks.add(task);
      callOne();
    } finally {
      lock.unlock();
    }
  }

  private void callOne() {
    if (looking > 0 || tasks.isEmpty()) {
      return;
    }
    if (idle > 0) {
      idle--;
      calls++;
      called.signal();
      looking++;
    } else if (begin(factory.newThread(this::work))) {
      looking++;
    }
  }

  private boolean begin(Thread thread) {
    try {
      thread.start();
    } catch (OutOfMemoryError e) {
      // The task is not lost: the next thread that comes back takes it, or the next task tries.
      log.error("Cannot start another handler thread", e);
      return false;
    }
    threads.add(thread);
    return true;
  }

  private void work() {
    Runnable task = next();
    while (task != null) {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
      }
      back();
      task = next();
    }
  }

  private void back() {
    lock.lock();
    try {
      looking++;
    } finally {
      lock.unlock();
    }
  }

  /** The next task for this thread, which is looking; null when it is to end. */
  private @Nullable Runnable next() {
    lock.lock();
    try {
      while (true) {
        Runnable task = tasks.poll();
        looking--;
        if (task != null) {
          callOne();
          return task;
        }
        if (shutdown || !awaitCall()) {
          threads.remove(Thread.currentThread());
          ended.signalAll();
          return null;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits until this thread is called; false when it was not for a long time. */
  private boolean awaitCall() {
    idle++;
    long left = IDLE_NANOS;
    while (calls == 0 && left > 0 && !shutdown) {
      try {
        left = called.awaitNanos(left);
      } catch (InterruptedException e) {
        // It was meant for a task that has ended, or for a pool that shuts down.
      }
    }
    if (calls > 0) {
      calls--;
      return true;
    }
    idle--;
    return false;
  }

  @Override
  public void shutdown() {
    lock.lock();
    try {
      shutdown = true;
      called.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<Runnable> shutdownNow() {
    lock.lock();
    try {
      shutdown();
      List<Runnable> notBegun = List.copyOf(tasks);
      tasks.clear();
      threads.forEach(Thread::interrupt);
      return notBegun;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean isShutdown() {
    lock.lock();
    try {
      return shutdown;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean isTerminated() {
    lock.lock();
    try {
      return shutdown && threads.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    long left = unit.toNanos(timeout);
    lock.lockInterruptibly();
    try {
      while (!(shutdown && threads.isEmpty())) {
        if (left <= 0) {
          return false;
        }
        left = ended.awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
    }
  }
}
