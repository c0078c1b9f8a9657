package io.doundo.orchestrator.trace;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A finished span. Its ids are derived from the flow, so that a record that is read again makes the
 * same span again.
 *
 * @param traceId 32 hexadecimal digits: the flow's incarnation
 * @param spanId 16 hexadecimal digits
 * @param parentId null for the root
 * @param startMs ms since the epoch
 * @param error what failed; null when nothing did
 */
public record TraceSpan(
    String traceId,
    String spanId,
    @Nullable String parentId,
    String name,
    Kind kind,
    long startMs,
    long endMs,
    @Nullable String error,
    Map<String, String> attributes,
    List<Event> events,
    List<Link> links) {

  /** Whether others work on behalf of the span. */
  public enum Kind {
    /** A command that a worker handles. */
    PRODUCER,
    /** Something that happens in the orchestrator. */
    INTERNAL
  }

  /**
   * Something that happened within the span.
   *
   * @param at ms since the epoch
   */
  public record Event(String name, long at, Map<String, String> attributes) {
    public Event {
      attributes = Map.copyOf(attributes);
    }
  }

  /** Another span that led to this one. */
  public record Link(String traceId, String spanId) {}

  public TraceSpan {
    attributes = Map.copyOf(attributes);
    events = List.copyOf(events);
    links = List.copyOf(links);
  }
}
