package io.doundo.worker.delivery;

import io.doundo.worker.fence.FenceStore;
import io.doundo.worker.threads.TaskTimer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The number of steps in doubt in the fence. It is queried once a minute, however often the figure
 * is read. Thread-safe.
 */
final class DoubtCount {

  private static final Logger log = LoggerFactory.getLogger(DoubtCount.class);
  private static final long PERIOD_MS = TimeUnit.MINUTES.toMillis(1);

  private final FenceStore fence;
  private final TaskTimer timer;
  private volatile double latest = Double.NaN;

  DoubtCount(FenceStore fence, TaskTimer timer) {
    this.fence = fence;
    this.timer = timer;
  }

  /** The last known number; NaN while it is unknown. */
  double latest() {
    return latest;
  }

  /** Queries the fence now, and again every minute. */
  void begin() {
    asked()
        .whenComplete(
            (number, error) -> {
              if (error != null) {
                log.debug("The fence did not say how many steps are in doubt", error);
              }
              latest = error == null ? number : Double.NaN;
              timer.after(PERIOD_MS, this::begin);
            });
  }

  private CompletionStage<Long> asked() {
    try {
      return fence.inDoubt();
    } catch (RuntimeException e) {
      return CompletableFuture.failedStage(e);
    }
  }
}
