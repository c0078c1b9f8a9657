package io.doundo.orchestrator.app;

import io.doundo.orchestrator.api.OpenStreams;
import io.doundo.orchestrator.query.timeline.FlowWatch;
import org.springframework.context.SmartLifecycle;

/**
 * Ends all waits and event streams before anything else stops; otherwise the server would wait for
 * them to end.
 */
final class WaitsLifecycle implements SmartLifecycle {

  private final FlowWatch watch;
  private final OpenStreams streams;
  private volatile boolean running;

  WaitsLifecycle(FlowWatch watch, OpenStreams streams) {
    this.watch = watch;
    this.streams = streams;
  }

  @Override
  public void start() {
    running = true;
  }

  @Override
  public void stop() {
    streams.endAll("The orchestrator is stopping.");
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
