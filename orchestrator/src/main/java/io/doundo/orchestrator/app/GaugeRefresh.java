package io.doundo.orchestrator.app;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts again what is too dear to be counted when it is asked for, in a thread of its own. */
final class GaugeRefresh implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(GaugeRefresh.class);

  private final ScheduledExecutorService executor;

  GaugeRefresh(String thread) {
    executor =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread counting = new Thread(task, thread);
              counting.setDaemon(true);
              return counting;
            });
  }

  /** Does this again and again; a failure is logged and does not end it. */
  void every(Duration period, Runnable counting) {
    var unused =
        executor.scheduleWithFixedDelay(
            () -> runOrLog(counting), 1_000, period.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static void runOrLog(Runnable counting) {
    try {
      counting.run();
    } catch (RuntimeException | Error e) {
      LOG.warn("The gauges could not be refreshed", e);
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
