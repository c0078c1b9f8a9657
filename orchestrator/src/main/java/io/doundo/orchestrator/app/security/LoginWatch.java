package io.doundo.orchestrator.app.security;

import io.doundo.orchestrator.api.OpenStreams;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.security.core.Authentication;

/**
 * Looks every few seconds whether the keys file has changed, and ends the event streams of logins
 * that are no longer valid.
 */
final class LoginWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LoginWatch.class);

  private static final Duration EVERY = Duration.ofSeconds(3);

  private final KeyRing keys;
  private final Sessions sessions;
  private final OpenStreams streams;
  private final Clock clock;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "doundo-logins");
            thread.setDaemon(true);
            return thread;
          });

  LoginWatch(KeyRing keys, Sessions sessions, OpenStreams streams, Clock clock) {
    this.keys = keys;
    this.sessions = sessions;
    this.streams = streams;
    this.clock = clock;
  }

  void start() {
    ScheduledFuture<?> unused =
        timer.scheduleWithFixedDelay(
            this::lookSafely, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** A failure must not end the watch: later changes would go unnoticed. */
  private void lookSafely() {
    try {
      look();
    } catch (RuntimeException | Error e) {
      LOG.error("The check of logins failed; it is repeated in {} s", EVERY.toSeconds(), e);
    }
  }

  void look() {
    keys.refresh();
    streams.endUnless(this::isValid);
  }

  private boolean isValid(@Nullable Authentication caller) {
    Login login = Login.of(caller);
    return login != null && sessions.holds(login, Instant.now(clock));
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
