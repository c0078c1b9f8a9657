package io.doundo.worker.threads;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Where handlers run: on virtual threads, on a pool that grows on demand, or where the application
 * says. The slots of the steps bound how many run at once. Thread-safe.
 */
public final class HandlerThreads implements AutoCloseable {

  private final Executor executor;
  private final Runnable close;

  private HandlerThreads(Executor executor, Runnable close) {
    this.executor = executor;
    this.close = close;
  }

  /**
   * Threads of the worker's own. They reject nothing until they are closed.
   *
   * @param virtual whether virtual threads are wanted, where the JVM has them; null when not
   *     configured
   */
  public static HandlerThreads own(@Nullable Boolean virtual) {
    int java = Runtime.version().feature();
    boolean wanted = virtual != null ? virtual : virtualByDefault(java);
    // Unbounded: a rejected task would have to be submitted again.
    ExecutorService own = wanted && java >= 21 ? virtual() : new HandlerPool(platform());
    return new HandlerThreads(own, own::shutdownNow);
  }

  /**
   * Whether handlers run on virtual threads by default. Before Java 24, one that blocks inside
   * {@code synchronized}, as many drivers do, holds one of the few threads that carry all others.
   */
  static boolean virtualByDefault(int javaVersion) {
    return javaVersion >= 24;
  }

  /**
   * Threads of the application's, which closes them itself.
   *
   * @param executor a task that it rejects is handed in again until it is taken
   */
  public static HandlerThreads of(Executor executor) {
    return new HandlerThreads(executor, () -> {});
  }

  /** Where handlers run. */
  public Executor executor() {
    return executor;
  }

  @Override
  public void close() {
    close.run();
  }

  private static ThreadFactory platform() {
    ClassLoader loader = HandlerThreads.class.getClassLoader();
    AtomicInteger count = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, "saga-handler-" + count.incrementAndGet());
      // Threads of the Redis client may start it, with their own class loader.
      thread.setContextClassLoader(loader);
      thread.setDaemon(true);
      return thread;
    };
  }

  /** By reflection, because this code is compiled for Java 17. */
  private static ExecutorService virtual() {
    try {
      Class<?> builder = Class.forName("java.lang.Thread$Builder");
      Object ofVirtual = Thread.class.getMethod("ofVirtual").invoke(null);
      Object named =
          builder
              .getMethod("name", String.class, long.class)
              .invoke(ofVirtual, "saga-handler-", 1L);
      ThreadFactory bare = (ThreadFactory) builder.getMethod("factory").invoke(named);
      ClassLoader loader = HandlerThreads.class.getClassLoader();
      ThreadFactory factory =
          task -> {
            Thread thread = bare.newThread(task);
            thread.setContextClassLoader(loader);
            return thread;
          };
      return (ExecutorService)
          Executors.class
              .getMethod("newThreadPerTaskExecutor", ThreadFactory.class)
              .invoke(null, factory);
    } catch (ClassNotFoundException
        | NoSuchMethodException
        | IllegalAccessException
        | InvocationTargetException e) {
      throw new IllegalStateException("this JVM should have virtual threads", e);
    }
  }
}
