package io.doundo.orchestrator.app.http;

import io.doundo.http.HttpWorker;
import io.doundo.worker.delivery.WorkerState;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * Starts the http worker with the application and stops it first, so that running calls can still
 * be answered. It waits for its topic, which the orchestrator creates.
 */
final class HttpWorkerLifecycle implements SmartLifecycle {

  private final Supplier<HttpWorker> workers;
  private volatile @Nullable HttpWorker worker;

  HttpWorkerLifecycle(Supplier<HttpWorker> workers) {
    this.workers = workers;
  }

  /** A wrong setting stops the start of the application. */
  @Override
  public void start() {
    HttpWorker started = workers.get();
    started.start();
    worker = started;
  }

  @Override
  public void stop() {
    HttpWorker running = worker;
    worker = null;
    if (running != null) {
      running.close();
    }
  }

  /** How the worker does; null while there is none. */
  @Nullable WorkerState state() {
    HttpWorker running = worker;
    return running == null ? null : running.state();
  }

  @Override
  public boolean isRunning() {
    return worker != null;
  }
}
