package io.doundo.orchestrator.streams.client;

import io.doundo.orchestrator.streams.state.NewerSchemaException;
import io.doundo.orchestrator.streams.task.meter.EngineMeters;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.streams.errors.MissingSourceTopicException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.errors.TaskMigratedException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides what follows when a stream thread dies. Another one takes its place, after a pause that
 * doubles while threads go on dying. The client stops when no new thread can overcome the failure,
 * and when threads keep dying for a reason other than the broker or the network: a full disk or a
 * missing permission needs an operator. Safe for any thread.
 */
final class UncaughtFailures implements StreamsUncaughtExceptionHandler {

  /** The maximum number of failures in a row, unless the broker is the cause. */
  static final int MOST_IN_A_ROW = 20;

  /** The time without a failure after which counting starts again. */
  private static final long CALM_NANOS = Duration.ofMinutes(2).toNanos();

  private static final long FIRST_PAUSE_MS = 250;
  private static final long LONGEST_PAUSE_MS = 30_000;

  private static final Logger LOG = LoggerFactory.getLogger(UncaughtFailures.class);

  private final EngineMeters meters;
  private final LongSupplier nanoTime;
  private final Pause pause;
  private final CountDownLatch closed = new CountDownLatch(1);

  /** How many threads died in a row, of whatever it was, and of what no broker is to blame for. */
  private int failures;

  private int ownFailures;

  private long lastAt;
  private @Nullable String last;

  /** Waits before a thread is replaced. */
  @FunctionalInterface
  interface Pause {
    void of(long millis);
  }

  UncaughtFailures(EngineMeters meters) {
    this.meters = meters;
    this.nanoTime = System::nanoTime;
    this.pause = this::pause;
  }

  /** For tests, whose time and pauses are their own. */
  UncaughtFailures(EngineMeters meters, LongSupplier nanoTime, Pause pause) {
    this.meters = meters;
    this.nanoTime = nanoTime;
    this.pause = pause;
  }

  @Override
  public StreamThreadExceptionResponse handle(Throwable failure) {
    Throwable hopeless = causeOf(failure, UncaughtFailures::isHopeless);
    if (hopeless != null) {
      note(failure, hopeless);
      LOG.error("the engine stops: {}", hopeless.getMessage(), failure);
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
    long wait = note(failure, root(failure));
    if (wait < 0) {
      LOG.error(
          "the engine stops: {} stream threads died in a row; the last one of",
          MOST_IN_A_ROW,
          failure);
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }
    LOG.error("a stream thread died; replacing it in {} ms", wait, failure);
    meters.threadReplaced();
    pause.of(wait);
    return StreamThreadExceptionResponse.REPLACE_THREAD;
  }

  /** Notes the failure; returns how long to pause in ms, negative when that would not help. */
  private synchronized long note(Throwable failure, Throwable reason) {
    long now = nanoTime.getAsLong();
    if (failures > 0 && now - lastAt > CALM_NANOS) {
      failures = 0;
      ownFailures = 0;
    }
    failures++;
    if (causeOf(failure, UncaughtFailures::isOfTheBroker) == null) {
      ownFailures++;
    }
    long wait = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS << Math.min(failures - 1, 10));
    // The pause is no calm.
    lastAt = now + TimeUnit.MILLISECONDS.toNanos(wait);
    last = reason.getClass().getSimpleName() + ": " + reason.getMessage();
    return ownFailures >= MOST_IN_A_ROW ? -1 : wait;
  }

  /** The current cause of dying stream threads; empty when none died lately. */
  synchronized Optional<String> trouble() {
    return last == null || nanoTime.getAsLong() - lastAt > CALM_NANOS
        ? Optional.empty()
        : Optional.of(failures + " stream threads have died so far; the last one of " + last);
  }

  /** Nobody waits any longer. */
  void close() {
    closed.countDown();
  }

  private void pause(long millis) {
    try {
      if (closed.await(millis, TimeUnit.MILLISECONDS)) {
        LOG.debug("the engine is stopping; not waiting");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private interface FailureMatcher {
    boolean is(Throwable cause);
  }

  private static @Nullable Throwable causeOf(Throwable failure, FailureMatcher kind) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (kind.is(cause)) {
        return cause;
      }
    }
    return null;
  }

  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  private static boolean isHopeless(Throwable cause) {
    return cause instanceof NewerSchemaException || cause instanceof MissingSourceTopicException;
  }

  /** Whether it passes when the broker or the network is well again, or belongs to a rebalance. */
  private static boolean isOfTheBroker(Throwable cause) {
    return (cause instanceof RetriableException
            || cause instanceof TaskMigratedException
            || cause instanceof ProducerFencedException
            || cause instanceof InvalidProducerEpochException)
        && !(cause instanceof AuthorizationException || cause instanceof AuthenticationException);
  }
}
