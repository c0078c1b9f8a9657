package io.doundo.protocol;

import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.JsonText;
import io.doundo.protocol.json.JsonWriter;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.QuotedText;
import io.doundo.protocol.json.RawJson;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A record of {@code orchestrator.flow.events}: one transition of one flow, with the event that
 * caused it, so that the log can be replayed. Statuses and types are names of the orchestrator's
 * enums.
 *
 * @param definition {@code name@hash}, or null while the flow has none
 * @param transition counts from 1 in each incarnation
 * @param at ms since the epoch, by the orchestrator's clock
 * @param status the flow's status after the transition
 * @param input the event as JSON, its type in {@code type}
 * @param further the events that the orchestrator added to complete the transition, in order and in
 *     the same form: the values of expressions
 * @param traceparent the trace in which the flow was started, on its first transition; null when
 *     the start had none
 * @param reopens whether the flow had ended before this transition
 */
public record AuditRecord(
    String flowId,
    String incarnation,
    String orchestrationName,
    @Nullable String definition,
    int transition,
    long at,
    String status,
    RawJson input,
    List<RawJson> further,
    List<Entry> events,
    @Nullable String traceparent,
    boolean reopens) {

  /** The first character of the keys under which records stand that are about no flow. */
  private static final byte NOT_A_FLOW = 1;

  private static final QuotedText.Field INCARNATION = new QuotedText.Field("incarnation");
  private static final QuotedText.Field DEFINITION = new QuotedText.Field("definition");

  private static final Pattern TRACEPARENT =
      Pattern.compile("00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

  /**
   * Whether a record of the topic is about a flow. Others are about schedules, and have a form of
   * their own.
   *
   * @param key of the record, or null
   */
  public static boolean isOfFlow(byte @Nullable [] key) {
    return key == null || key.length == 0 || key[0] != NOT_A_FLOW;
  }

  /**
   * The incarnation that a record of the topic is about, found without decoding it; null when it
   * names none. No text that others have written stands before it.
   */
  public static @Nullable String incarnationIn(byte[] value) {
    return QuotedText.valueOf(INCARNATION, value);
  }

  /**
   * The version that the flow of a record runs on, {@code name@hash}, found without decoding it.
   * Null when the record names none; of a flow without one, it may be any other text.
   */
  public static @Nullable String definitionIn(byte[] value) {
    return QuotedText.valueOf(DEFINITION, value);
  }

  /**
   * One thing that happened in the transition.
   *
   * @param operation DO or UNDO, or null
   * @param generation 0 when it is about no command
   * @param attempt 0 when it is about no command
   * @param durationMs how long the attempt or the flow took, or -1
   * @param controlId the id of the signal that the entry is about, or null
   * @param commandId the id of the command that was sent, or null
   */
  public record Entry(
      String type,
      @Nullable String step,
      @Nullable CommandAction operation,
      int generation,
      int attempt,
      long durationMs,
      @Nullable String worker,
      @Nullable String reason,
      @Nullable String controlId,
      @Nullable String commandId,
      Instant timestamp) {

    /** An entry that is about no command that was just sent. */
    public Entry(
        String type,
        @Nullable String step,
        @Nullable CommandAction operation,
        int generation,
        int attempt,
        long durationMs,
        @Nullable String worker,
        @Nullable String reason,
        @Nullable String controlId,
        Instant timestamp) {
      this(
          type,
          step,
          operation,
          generation,
          attempt,
          durationMs,
          worker,
          reason,
          controlId,
          null,
          timestamp);
    }

    /** An entry that is about no signal. */
    public Entry(
        String type,
        @Nullable String step,
        @Nullable CommandAction operation,
        int generation,
        int attempt,
        long durationMs,
        @Nullable String worker,
        @Nullable String reason,
        Instant timestamp) {
      this(type, step, operation, generation, attempt, durationMs, worker, reason, null, timestamp);
    }
  }

  /** A transition of a flow that had not ended, and that was started in no trace. */
  public AuditRecord(
      String flowId,
      String incarnation,
      String orchestrationName,
      @Nullable String definition,
      int transition,
      long at,
      String status,
      RawJson input,
      List<RawJson> further,
      List<Entry> events) {
    this(
        flowId,
        incarnation,
        orchestrationName,
        definition,
        transition,
        at,
        status,
        input,
        further,
        events,
        null,
        false);
  }

  /** A transition that a single event completed. */
  public AuditRecord(
      String flowId,
      String incarnation,
      String orchestrationName,
      @Nullable String definition,
      int transition,
      long at,
      String status,
      RawJson input,
      List<Entry> events) {
    this(
        flowId,
        incarnation,
        orchestrationName,
        definition,
        transition,
        at,
        status,
        input,
        List.of(),
        events);
  }

  public AuditRecord {
    further = List.copyOf(further);
    events = List.copyOf(events);
    if (traceparent != null && !TRACEPARENT.matcher(traceparent).matches()) {
      // Anybody may have written it, and it serves nothing but a link.
      traceparent = null;
    }
  }

  /** The record value; absent things are left out. */
  public byte[] encode() {
    JsonWriter json = new JsonWriter(640 + input.size() + 192 * events.size());
    json.beginObject()
        .field("flowId", flowId)
        .field("incarnation", incarnation)
        .field("orchestrationName", orchestrationName)
        .present("definition", definition)
        .field("transition", transition)
        .field("at", at)
        .field("status", status)
        .field("input", input);
    if (!further.isEmpty()) {
      json.beginArray("further");
      further.forEach(json::element);
      json.endArray();
    }
    json.present("traceparent", traceparent);
    if (reopens) {
      json.field("reopens", true);
    }
    json.beginArray("events");
    for (Entry event : events) {
      write(json, event);
    }
    return json.endArray().endObject().toByteArray();
  }

  private static void write(JsonWriter json, Entry event) {
    CommandAction operation = event.operation();
    json.beginObject()
        .field("type", event.type())
        .present("step", event.step())
        .present("operation", operation == null ? null : operation.name());
    if (event.generation() > 0) {
      json.field("generation", event.generation());
    }
    if (event.attempt() > 0) {
      json.field("attempt", event.attempt());
    }
    if (event.durationMs() >= 0) {
      json.field("durationMs", event.durationMs());
    }
    json.present("worker", event.worker())
        .present("reason", event.reason())
        .present("controlId", event.controlId())
        .present("commandId", event.commandId());
    long at = event.timestamp().toEpochMilli();
    if (event.timestamp().equals(Instant.ofEpochMilli(at))) {
      json.time("timestamp", at);
    } else {
      json.field("timestamp", event.timestamp().toString());
    }
    json.endObject();
  }

  public static AuditRecord decode(byte[] value) throws MalformedRecordException {
    RawJson input = Json.fields(value).get("input");
    if (input == null) {
      throw new MalformedRecordException("the audit record has no \"input\"");
    }
    try {
      JsonNode json = Json.MAPPER.readTree(value);
      List<Entry> events = new ArrayList<>();
      Times times = new Times();
      for (JsonNode entry : json.required("events")) {
        events.add(entry(entry, times));
      }
      return new AuditRecord(
          JsonText.required(json, "flowId"),
          JsonText.required(json, "incarnation"),
          JsonText.required(json, "orchestrationName"),
          text(json, "definition"),
          json.required("transition").intValue(),
          json.required("at").longValue(),
          JsonText.required(json, "status"),
          input,
          further(json.path("further")),
          events,
          text(json, "traceparent"),
          json.path("reopens").asBoolean(false));
    } catch (JacksonException | DateTimeException | NumberFormatException e) {
      throw new MalformedRecordException("the audit record cannot be read: " + e.getMessage());
    }
  }

  private static List<RawJson> further(JsonNode list) {
    List<RawJson> further = new ArrayList<>(list.size());
    list.forEach(event -> further.add(Json.of(event)));
    return further;
  }

  /** The entries of a transition happened at one time, which is read once. */
  private static final class Times {
    private String text = "";
    private Instant time = Instant.EPOCH;

    Instant parse(String other) {
      if (!other.equals(text)) {
        time = Instant.parse(other);
        text = other;
      }
      return time;
    }
  }

  private static Entry entry(JsonNode json, Times times) throws MalformedRecordException {
    String operation = text(json, "operation");
    JsonNode duration = json.get("durationMs");
    return new Entry(
        JsonText.required(json, "type"),
        text(json, "step"),
        operation == null ? null : Enums.parse(CommandAction.class, "operation", operation),
        json.path("generation").asInt(0),
        json.path("attempt").asInt(0),
        duration == null ? -1 : duration.longValue(),
        text(json, "worker"),
        text(json, "reason"),
        text(json, "controlId"),
        text(json, "commandId"),
        times.parse(JsonText.required(json, "timestamp")));
  }

  private static @Nullable String text(JsonNode json, String name) {
    JsonNode value = json.get(name);
    return value == null || value.isNull() ? null : value.stringValue();
  }
}
