package io.doundo.worker.delivery;

import io.doundo.protocol.text.DurationText;
import io.doundo.worker.fence.FenceStore;
import io.doundo.worker.threads.TaskTimer;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the fence can be asked and takes writes. While it cannot, or must not be used, no
 * partition is read, and the fence is checked until a check succeeds; there is never more than one
 * row of such checks. Only a check brings it up again: transitions that happen to write nothing are
 * answered by a Redis that refuses every write. A fence whose clock is ahead stays up, and is
 * reported: it refuses DOs that are in time. Thread-safe.
 */
public final class FenceHealth {

  private static final Logger log = LoggerFactory.getLogger(FenceHealth.class);
  private static final long CHECK_EVERY_MS = 500;
  private static final long CHECK_SELDOM_MS = 10_000;

  /** A fence that fails again before this time is checked less often. */
  private static final long STEADY_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** During an outage calls fail in turns for several reasons; another one is logged this late. */
  private static final long LOG_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** How long a clock that is ahead is reported after it has last been noticed. */
  private static final long CLOCK_REPORTED_NANOS = TimeUnit.MINUTES.toNanos(5);

  /** The clock of the fence was ahead of this machine's by more than this. */
  private record ClockAhead(Duration by, long noticedAt) {}

  /**
   * The known state of the fence.
   *
   * @param reason why it cannot be asked; null while it can
   * @param since when it came to be so
   */
  public record FenceStatus(boolean up, @Nullable String reason, Instant since) {}

  private final FenceStore fence;
  private final TaskTimer timer;
  private final LongSupplier nanoTime;
  private volatile FenceStatus state = new FenceStatus(true, null, Instant.now());
  private volatile @Nullable ClockAhead clockAhead;
  private boolean checking;
  private long upAt;
  private long loggedAt;
  private long pauseMs = CHECK_EVERY_MS;

  FenceHealth(FenceStore fence, TaskTimer timer) {
    this(fence, timer, System::nanoTime);
  }

  FenceHealth(FenceStore fence, TaskTimer timer, LongSupplier nanoTime) {
    this.fence = fence;
    this.timer = timer;
    this.nanoTime = nanoTime;
    this.upAt = nanoTime.getAsLong() - STEADY_NANOS;
  }

  public boolean isUp() {
    return state.up();
  }

  public FenceStatus state() {
    return state;
  }

  /**
   * Notes that the fence has refused a DO as overdue. If the DO is in time by the clock of this
   * machine, the fence's clock is ahead of it.
   *
   * @param now by the clock of this machine
   */
  void refusedAsOverdue(@Nullable Instant deadline, Instant now) {
    if (deadline == null || !deadline.isAfter(now)) {
      return;
    }
    ClockAhead noticed = new ClockAhead(Duration.between(now, deadline), nanoTime.getAsLong());
    boolean isNew = noticedLately() == null;
    clockAhead = noticed;
    if (isNew) {
      log.warn("A DO was refused: {}", text(noticed));
    }
  }

  /**
   * Why DOs that are in time are refused; null unless one was in the last five minutes. The fence's
   * clock is ahead of this machine's.
   */
  @Nullable String clockProblem() {
    ClockAhead ahead = noticedLately();
    return ahead == null ? null : text(ahead);
  }

  private static String text(ClockAhead ahead) {
    return "the clock of the fence is more than "
        + DurationText.of(ahead.by())
        + " ahead of this machine's, so it refuses DOs that are in time; synchronise the clocks of"
        + " the machines";
  }

  /** By how many seconds at least the fence's clock is ahead; 0 when it does not show. */
  double clockAheadSeconds() {
    ClockAhead ahead = noticedLately();
    return ahead == null ? 0 : ahead.by().toMillis() / 1_000.0;
  }

  private @Nullable ClockAhead noticedLately() {
    ClockAhead ahead = clockAhead;
    return ahead == null || nanoTime.getAsLong() - ahead.noticedAt() > CLOCK_REPORTED_NANOS
        ? null
        : ahead;
  }

  void down(Throwable cause) {
    String reason = String.valueOf(cause.getMessage());
    synchronized (this) {
      FenceStatus before = state;
      if (before.up()) {
        pauseMs = pauseAfter(pauseMs, nanoTime.getAsLong() - upAt);
      }
      if (!reason.equals(before.reason())) {
        if (before.up() || nanoTime.getAsLong() - loggedAt > LOG_PAUSE_NANOS) {
          log.warn("The fence is unreachable; no handler runs until it answers again: {}", reason);
          loggedAt = nanoTime.getAsLong();
        }
        state = new FenceStatus(false, reason, before.up() ? Instant.now() : before.since());
      }
      if (checking) {
        return;
      }
      checking = true;
    }
    checkLater();
  }

  /** The pause between checks for a fence that was up for this long. */
  static long pauseAfter(long pauseBefore, long upForNanos) {
    return upForNanos < STEADY_NANOS ? Math.min(2 * pauseBefore, CHECK_SELDOM_MS) : CHECK_EVERY_MS;
  }

  private synchronized void goOn() {
    checking = false;
    if (!state.up()) {
      state = new FenceStatus(true, null, Instant.now());
      upAt = nanoTime.getAsLong();
      log.warn("The fence answers again; resuming");
    }
  }

  private void checkLater() {
    timer.after(pauseMs(), this::check);
  }

  private synchronized long pauseMs() {
    return pauseMs;
  }

  private void check() {
    asked()
        .whenComplete(
            (nothing, error) -> {
              if (error == null) {
                goOn();
              } else {
                down(unwrapped(error));
                checkLater();
              }
            });
  }

  private CompletionStage<Void> asked() {
    try {
      return fence.check();
    } catch (RuntimeException e) {
      return CompletableFuture.failedStage(e);
    }
  }

  static Throwable unwrapped(Throwable error) {
    Throwable cause = error.getCause();
    return error instanceof CompletionException && cause != null ? cause : error;
  }
}
