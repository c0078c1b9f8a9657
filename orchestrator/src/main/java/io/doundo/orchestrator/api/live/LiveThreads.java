package io.doundo.orchestrator.api.live;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads of the live streams. A client that does not read holds a sender until the server's
 * own timeout, so there are as many as there may be streams; they exist while they write.
 */
final class LiveThreads implements AutoCloseable {

  private final ExecutorService senders =
      new ThreadPoolExecutor(
          0,
          LiveController.MOST_STREAMS,
          30,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          daemons("doundo-live"));

  private final ScheduledExecutorService heartbeats =
      Executors.newSingleThreadScheduledExecutor(daemons("doundo-live-beats"));

  ExecutorService senders() {
    return senders;
  }

  ScheduledExecutorService heartbeats() {
    return heartbeats;
  }

  static ThreadFactory daemons(String name) {
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setDaemon(true);
      return thread;
    };
  }

  @Override
  public void close() {
    senders.shutdownNow();
    heartbeats.shutdownNow();
  }
}
