package io.doundo.worker.delivery;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Where handlers run: virtual threads where the JVM has them, else a pool that grows on demand. The
 * slots of the steps bound how many run at once.
 */
final class HandlerThreads {

  private HandlerThreads() {}

  /** Makes the executor. It rejects nothing until it is shut down. */
  static ExecutorService create() {
    ExecutorService virtual = virtual();
    // No bound of its own: a task that it rejected would hold its step until the lease ends, and
    // its partition's commit until the next rebalance.
    return virtual != null ? virtual : new HandlerPool(platform());
  }

  private static ThreadFactory platform() {
    ClassLoader loader = HandlerThreads.class.getClassLoader();
    AtomicInteger count = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, "saga-handler-" + count.incrementAndGet());
      // Threads of the Redis client may start it, with a class loader of their own.
      thread.setContextClassLoader(loader);
      thread.setDaemon(true);
      return thread;
    };
  }

  /** By reflection, because this code is compiled for Java 17. */
  private static @Nullable ExecutorService virtual() {
    if (Runtime.version().feature() < 21) {
      return null;
    }
    try {
      Class<?> builder = Class.forName("java.lang.Thread$Builder");
      Object ofVirtual = Thread.class.getMethod("ofVirtual").invoke(null);
      Object named =
          builder
              .getMethod("name", String.class, long.class)
              .invoke(ofVirtual, "saga-handler-", 1L);
      Object factory = builder.getMethod("factory").invoke(named);
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
