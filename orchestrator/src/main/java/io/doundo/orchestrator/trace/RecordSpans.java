package io.doundo.orchestrator.trace;

import io.doundo.orchestrator.trace.FlowTrace.OpenCommand;
import io.doundo.orchestrator.trace.FlowTrace.StepAction;
import io.doundo.orchestrator.trace.TraceSpan.Event;
import io.doundo.orchestrator.trace.TraceSpan.Kind;
import io.doundo.orchestrator.trace.TraceSpan.Link;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.AuditRecord.Entry;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The spans that one record of the audit log finishes. Used once. */
final class RecordSpans {

  /** What ends a flow. */
  static final Set<String> ENDS =
      Set.of("FLOW_COMPLETED", "FLOW_UNDONE", "FLOW_ABANDONED", "FLOW_REJECTED");

  /** What happens to a whole flow and is shown as a span without length. */
  private static final Set<String> MOMENTS =
      Set.of(
          "CONTROL_ACCEPTED",
          "CONTROL_REFUSED",
          "FLOW_CANCEL_DEFERRED",
          "FLOW_CANCEL_DROPPED",
          "FLOW_UNDOING",
          "FLOW_PARKED",
          "FLOW_UNPARKED",
          "FLOW_PAUSED",
          "FLOW_RESUMED",
          "FLOW_TIMED_OUT",
          "SIGNAL_KEPT",
          "SIGNAL_TAKEN",
          "SIGNAL_REFUSED",
          "TASK_ASSIGNED",
          "INCIDENT");

  /** What follows from the end of an attempt, told as events of its span. */
  private static final Set<String> CONSEQUENCES =
      Set.of(
          "STEP_RETRY_TRIGGERED",
          "STEP_RETRY_EXHAUSTED",
          "STEP_IN_DOUBT",
          "STEP_GIVEN_UP",
          "STEP_SKIPPED",
          "STEP_RESOLVED");

  private static final int SPAN_DIGITS = 16;

  private final long offset;
  private final AuditRecord record;
  private final FlowTrace flow;
  private final boolean isUnknown;
  private final String root;
  private final List<TraceSpan> spans = new ArrayList<>();

  /**
   * @param isUnknown whether nothing was remembered of the flow
   */
  RecordSpans(long offset, AuditRecord record, FlowTrace flow, boolean isUnknown) {
    this.offset = offset;
    this.record = record;
    this.flow = flow;
    this.isUnknown = isUnknown;
    this.root = flow.root;
  }

  List<TraceSpan> spans() {
    if (record.transition() == 1) {
      started();
    }
    flow.reopened |= record.reopens();
    List<Entry> entries = record.events();
    for (int i = 0; i < entries.size(); i++) {
      read(entries.get(i), i);
    }
    return spans;
  }

  private void started() {
    String initiator = record.traceparent();
    List<Link> links =
        initiator == null
            ? List.of()
            : List.of(new Link(initiator.substring(3, 35), initiator.substring(36, 52)));
    spans.add(
        new TraceSpan(
            record.incarnation(),
            id(record.incarnation(), "start"),
            root,
            "flow started",
            Kind.INTERNAL,
            record.at(),
            record.at(),
            null,
            ofFlow(),
            List.of(),
            links));
  }

  private void read(Entry entry, int index) {
    String step = entry.step();
    CommandAction action = entry.operation();
    String type = entry.type();
    if (MOMENTS.contains(type)) {
      moment(entry, index);
    }
    if (step == null) {
      if (ENDS.contains(type)) {
        ended(entry);
      }
    } else if (action != null) {
      ofCommand(entry, index, new StepAction(step, action));
    } else if (type.equals("STEP_SKIPPED")) {
      settle(new StepAction(step, CommandAction.DO), entry);
      settle(new StepAction(step, CommandAction.UNDO), entry);
    }
  }

  private void ofCommand(Entry entry, int index, StepAction command) {
    switch (entry.type()) {
      case "STEP_STARTED" -> {
        settle(command, entry);
        String commandId = entry.commandId();
        if (commandId != null) {
          flow.open.put(command, new OpenCommand(commandId, entry, record.at(), offset));
        }
      }
      case "STEP_SUCCESS" -> close(command, entry, index, null);
      case "STEP_FAILED", "STEP_TIMED_OUT" ->
          close(command, entry, index, entry.reason() == null ? entry.type() : entry.reason());
      case "STEP_RESOLVED" -> settle(command, entry);
      default -> {
        // A consequence of an entry beside it, or nothing that a command is about.
      }
    }
  }

  /** No answer is awaited any more, although none has come. */
  private void settle(StepAction command, Entry entry) {
    OpenCommand open = flow.open.remove(command);
    if (open != null) {
      spans.add(command(open, command, null, List.of(event(entry))));
    }
  }

  private void close(StepAction command, Entry entry, int index, @Nullable String error) {
    OpenCommand open = flow.open.remove(command);
    if (open == null && isUnknown) {
      open = answered(entry);
    }
    if (open != null) {
      List<Event> events = new ArrayList<>();
      for (Entry other : record.events()) {
        if (command.step().equals(other.step()) && CONSEQUENCES.contains(other.type())) {
          events.add(event(other));
        }
      }
      spans.add(command(open, command, error, events, entry));
    } else if (entry.attempt() == 0 && entry.durationMs() >= 0) {
      // A wait, or another step without a worker. Commands have attempts.
      spans.add(
          new TraceSpan(
              record.incarnation(),
              id(record.incarnation(), record.transition(), index),
              root,
              command.step(),
              Kind.INTERNAL,
              record.at() - entry.durationMs(),
              record.at(),
              error,
              ofStep(command),
              List.of(),
              List.of()));
    }
  }

  /** The command as its answer tells it; null when the answer does not say which it is. */
  private @Nullable OpenCommand answered(Entry entry) {
    String commandId =
        Json.MAPPER.readTree(record.input().bytes()).at("/answerOf/commandId").asString("");
    return entry.durationMs() < 0 || commandId.length() < SPAN_DIGITS
        ? null
        : new OpenCommand(commandId, entry, record.at() - entry.durationMs(), offset);
  }

  private TraceSpan command(
      OpenCommand open, StepAction command, @Nullable String error, List<Event> events) {
    return command(open, command, error, events, open.entry());
  }

  private TraceSpan command(
      OpenCommand open,
      StepAction command,
      @Nullable String error,
      List<Event> events,
      Entry answer) {
    Map<String, String> attributes = ofStep(command);
    attributes.put("doundo.attempt", Integer.toString(open.entry().attempt()));
    attributes.put("doundo.generation", Integer.toString(open.entry().generation()));
    attributes.put("doundo.command_id", open.commandId());
    attributes.put("messaging.system", "kafka");
    if (answer.worker() != null) {
      attributes.put("doundo.worker", answer.worker());
    }
    return new TraceSpan(
        record.incarnation(),
        open.commandId().substring(0, SPAN_DIGITS),
        root,
        command.action() + " " + command.step(),
        Kind.PRODUCER,
        open.sentAt(),
        Math.max(open.sentAt(), record.at()),
        error,
        attributes,
        events,
        List.of());
  }

  private void moment(Entry entry, int index) {
    Map<String, String> attributes =
        entry.step() == null ? ofFlow() : ofStep(new StepAction(entry.step(), CommandAction.DO));
    attributes.remove("doundo.action");
    if (entry.reason() != null) {
      attributes.put("doundo.reason", entry.reason());
    }
    spans.add(
        new TraceSpan(
            record.incarnation(),
            id(record.incarnation(), record.transition(), index),
            root,
            words(entry.type()),
            Kind.INTERNAL,
            record.at(),
            record.at(),
            null,
            attributes,
            List.of(),
            List.of()));
  }

  private void ended(Entry entry) {
    for (StepAction command : List.copyOf(flow.open.keySet())) {
      settle(command, entry);
    }
    Map<String, String> attributes = ofFlow();
    attributes.put("doundo.status", record.status());
    if (entry.reason() != null) {
      attributes.put("doundo.reason", entry.reason());
    }
    boolean failed = !entry.type().equals("FLOW_COMPLETED");
    String error = failed ? record.status() : null;
    if (flow.reopened) {
      // The root of its first end was exported then, and must not change.
      spans.add(
          new TraceSpan(
              record.incarnation(),
              id(record.incarnation(), "end", record.transition()),
              root,
              "flow " + record.orchestrationName() + " ended again",
              Kind.INTERNAL,
              record.at(),
              record.at(),
              error,
              attributes,
              List.of(),
              List.of(new Link(record.incarnation(), root))));
      return;
    }
    spans.add(
        new TraceSpan(
            record.incarnation(),
            root,
            null,
            "flow " + record.orchestrationName(),
            Kind.INTERNAL,
            record.at() - Math.max(0, entry.durationMs()),
            record.at(),
            error,
            attributes,
            List.of(),
            List.of()));
  }

  private Event event(Entry entry) {
    return new Event(
        words(entry.type()),
        record.at(),
        entry.reason() == null ? Map.of() : Map.of("doundo.reason", entry.reason()));
  }

  private Map<String, String> ofFlow() {
    Map<String, String> attributes = new TreeMap<>();
    attributes.put("doundo.flow_id", record.flowId());
    attributes.put("doundo.orchestration", record.orchestrationName());
    if (record.definition() != null) {
      attributes.put("doundo.definition", record.definition());
    }
    return attributes;
  }

  private Map<String, String> ofStep(StepAction command) {
    Map<String, String> attributes = ofFlow();
    attributes.put("doundo.step", command.step());
    attributes.put("doundo.action", command.action().name());
    return attributes;
  }

  private static String words(String type) {
    return type.toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** The id of the root span of a flow, whether or not it was exported yet. */
  static String rootId(String incarnation) {
    return id(incarnation, "root");
  }

  private static String id(String incarnation, Object... parts) {
    StringBuilder text = new StringBuilder(incarnation);
    for (Object part : parts) {
      text.append('|').append(part);
    }
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256")
              .digest(text.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash).substring(0, SPAN_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
