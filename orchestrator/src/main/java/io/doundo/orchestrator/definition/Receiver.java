package io.doundo.orchestrator.definition;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who is told about flows, and of what. Immutable.
 *
 * @param name unique among the receivers of one orchestration; a part of the ids of deliveries
 * @param on in the order of the enum, at least one
 * @param connection the name of a connection in the settings, which has the URL, the credentials
 *     and the signing secret
 * @param url what follows the connection's URL: empty, or beginning with a slash
 * @param when a condition over {@code event}; null for always
 * @param body a JSON value with expressions over {@code event} in it, as JSON text; null for the
 *     event itself
 */
public record Receiver(
    String name,
    List<Occasion> on,
    String connection,
    String url,
    @Nullable String when,
    @Nullable String body) {

  /** What a receiver can be told of. The names are part of the wire and do not change. */
  public enum Occasion {
    /** The flow waits for an operator. */
    PARKED,
    /** The flow waits for an operator no more. */
    UNPARKED,
    COMPLETED,
    /** The flow turns back. */
    UNDOING,
    UNDONE,
    ABANDONED,
    /** The flow never started. */
    REJECTED,
    /** A step reported what contradicts its earlier reports. */
    INCIDENT,
    /** A run of a schedule did not start, because an earlier one needs an operator. */
    SCHEDULE_BLOCKED,
    /** A circuit breaker holds commands, or once more after it tried its service. */
    BREAKER_OPENED,
    /** A circuit breaker holds nothing any more. */
    BREAKER_CLOSED;

    /** Whether it is about something that orchestrations share, so that none can name it. */
    public boolean isShared() {
      return this == BREAKER_OPENED || this == BREAKER_CLOSED;
    }
  }

  public Receiver {
    on = on.stream().distinct().sorted().toList();
  }

  /** Whether any of its fields is an expression. */
  public boolean hasExpressions() {
    return when != null || body != null;
  }
}
