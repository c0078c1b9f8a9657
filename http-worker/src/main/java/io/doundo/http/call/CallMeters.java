package io.doundo.http.call;

import io.doundo.protocol.http.HttpOutcome;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;

/**
 * The meters of calls, by connection. Only configured connections are tags, so that their number is
 * bounded. Thread-safe.
 */
final class CallMeters {

  private final MeterRegistry registry;

  CallMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  /** A request has ended. */
  void called(String connection, String purpose, HttpOutcome outcome, Duration took) {
    Timer.builder("doundo.http.calls")
        .description("Requests of http and webhook steps, from their turn to their end")
        .tag("connection", tag(connection))
        .tag("purpose", purpose)
        .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
        .register(registry)
        .record(took);
  }

  /** A request was refused because of the address of its host. */
  void refused(String connection) {
    registry.counter("doundo.http.guard.refusals", "connection", tag(connection)).increment();
  }

  private static String tag(String connection) {
    return connection.isEmpty() ? "none" : connection;
  }
}
