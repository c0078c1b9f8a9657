package io.doundo.orchestrator.app;

import io.doundo.orchestrator.query.timeline.FlowWatch;
import org.springframework.context.SmartLifecycle;

/** Ends all waits before anything else stops; otherwise the server would wait for them to end. */
final class WaitsLifecycle implements SmartLifecycle {

  private final FlowWatch watch;
  private volatile boolean running;

  WaitsLifecycle(FlowWatch watch) {
    this.watch = watch;
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    watch.close();
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public int getPhase() {
    return Integer.MAX_VALUE;
  }
}
