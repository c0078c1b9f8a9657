package io.doundo.orchestrator.app;

import io.doundo.orchestrator.query.tail.FlowIndex;
import io.doundo.orchestrator.query.tail.GhostCheck;
import io.doundo.orchestrator.streams.EngineState;
import io.doundo.orchestrator.streams.client.StreamsEngine;
import io.doundo.orchestrator.streams.read.FlowsUnavailableException;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the lists read anew when they show flows that the engine no longer has, at most once an hour:
 * if that does not help, it is not tried over and over. Used by one thread.
 */
final class GhostWatch {

  private static final Logger LOG = LoggerFactory.getLogger(GhostWatch.class);
  private static final long ANEW_NANOS = Duration.ofHours(1).toNanos();
  private static final int MOST_NAMED = 5;

  private final FlowIndex index;
  private final GhostCheck check;
  private long anewAt = System.nanoTime() - ANEW_NANOS;

  GhostWatch(FlowIndex index) {
    this.index = index;
    this.check = new GhostCheck(index.columns());
  }

  void look(StreamsEngine engine) {
    if (!index.isCurrent() || engine.state() != EngineState.RUNNING) {
      return;
    }
    try {
      List<String> ghosts = check.look(engine.owned(), engine::isLive, System.currentTimeMillis());
      if (!ghosts.isEmpty() && System.nanoTime() - anewAt >= ANEW_NANOS) {
        anewAt = System.nanoTime();
        LOG.warn(
            "The flow lists show {} flows that have ended, such as {}; all flows are read anew",
            ghosts.size(),
            ghosts.subList(0, Math.min(MOST_NAMED, ghosts.size())));
        index.readAnew();
      }
    } catch (FlowsUnavailableException e) {
      LOG.debug("The stores are moving; the flow lists are compared with them later", e);
    }
  }
}
