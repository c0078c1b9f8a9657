package io.doundo.orchestrator.trace;

import io.doundo.orchestrator.streams.TraceSampling;
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
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes the spans of the flows in one partition of the audit log. A flow is one trace: a short span
 * when it starts, one for each command from its sending to its answer, one for each deed of an
 * operator, and the root when it ends. The span of a command has the id that its worker got as its
 * parent. Only finished spans are made, so that nothing is exported twice with different contents.
 *
 * <p>All ids follow from the incarnation and the audit log, so a flow stays one trace however long
 * it rests. What is remembered of a flow are its open commands and, if it is not sampled, its spans
 * until it turns out to be worth keeping: within a budget, and the spans for an hour of rest at
 * most. To remember the same after a restart, reading has to go on from {@link #needed}, which is
 * never further back than that hour; an answer that came later tells itself which command it is of.
 * Not thread-safe.
 */
public final class AuditSpans {

  /** Of a flow that rests longer, nothing older has to be read again after a restart. */
  static final long LONGEST_REST_MS = 3_600_000;

  /** Of more flows in one partition, those that rest longest are forgotten. */
  private static final int MOST_FLOWS = 20_000;

  /** Of more flows that rest in one partition, those that began to first are forgotten. */
  private static final int MOST_RESTING = 5_000;

  /** Further spans of a flow that is not sampled are not kept. */
  static final int MOST_SPANS_OF_A_FLOW = 200;

  private static final int SPAN_DIGITS = 16;

  private static final Set<String> ENDS =
      Set.of("FLOW_COMPLETED", "FLOW_UNDONE", "FLOW_ABANDONED", "FLOW_REJECTED");

  /** What makes a flow worth keeping although it is not sampled. */
  private static final Set<String> NOTABLE =
      Set.of(
          "FLOW_UNDOING",
          "FLOW_UNDONE",
          "FLOW_PARKED",
          "FLOW_UNPARKED",
          "FLOW_ABANDONED",
          "FLOW_TIMED_OUT",
          "STEP_TIMED_OUT",
          "STEP_IN_DOUBT",
          "INCIDENT");

  /** A flow in one of these was worth keeping before, whether or not that is remembered. */
  private static final Set<String> NOTABLE_STATUSES = Set.of("PARKED", "UNDOING");

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

  private final TraceSampling sampling;

  private final Budget budget;

  /** By incarnation, the one that rests longest first. */
  private final Map<String, FlowTrace> flows = new LinkedHashMap<>(64, 0.75f, true);

  /** Those that have rested for long, or have nothing that must be read again. */
  private final Map<String, FlowTrace> resting = new LinkedHashMap<>();

  private long newestAt;

  /**
   * @param budget shared by the partitions that one thread reads
   */
  public AuditSpans(TraceSampling sampling, Budget budget) {
    this.sampling = sampling;
    this.budget = budget;
  }

  /** How many spans of flows that are not sampled are kept in memory. Not thread-safe. */
  public static final class Budget {

    private final int most;
    private int kept;

    /** About 50 MB. */
    public Budget() {
      this(50_000);
    }

    Budget(int most) {
      this.most = most;
    }

    boolean isExceeded() {
      return kept > most;
    }

    int kept() {
      return kept;
    }
  }

  /** What is remembered of a flow. */
  private static final class FlowTrace {
    private long firstOffset;
    private final boolean sampled;
    private final Map<StepAction, OpenCommand> open = new LinkedHashMap<>();
    private List<TraceSpan> unsampled = new ArrayList<>();
    private boolean kept;
    private boolean reopened;
    private long lastAt;

    FlowTrace(long firstOffset, boolean sampled) {
      this.firstOffset = firstOffset;
      this.sampled = sampled;
    }

    boolean isExported() {
      return sampled || kept;
    }

    /** What it knows need not be read again, and is lost with a restart. */
    void rest() {
      open.replaceAll((command, sent) -> sent.withoutOffset());
    }

    void wake(long offset) {
      firstOffset = offset;
    }

    long needed() {
      if (!sampled || reopened) {
        return firstOffset;
      }
      long needed = Long.MAX_VALUE;
      for (OpenCommand command : open.values()) {
        needed = Math.min(needed, command.offset());
      }
      return needed;
    }
  }

  private record StepAction(String step, CommandAction action) {}

  private record OpenCommand(String commandId, Entry entry, long sentAt, long offset) {

    OpenCommand withoutOffset() {
      return new OpenCommand(commandId, entry, sentAt, Long.MAX_VALUE);
    }
  }

  /** The first offset that has to be read again to remember what is remembered now. */
  public long needed(long position) {
    long needed = position;
    for (FlowTrace flow : flows.values()) {
      needed = Math.min(needed, flow.needed());
    }
    return needed;
  }

  /** The spans that this record finishes; none for a flow that is not worth it so far. */
  public List<TraceSpan> take(long offset, AuditRecord record) {
    boolean isUnknown = !isRemembered(record.incarnation());
    FlowTrace flow = awake(offset, record.incarnation());
    flow.lastAt = record.at();
    newestAt = Math.max(newestAt, record.at());
    List<TraceSpan> spans = new Reading(offset, record, flow, isUnknown).spans();
    if (!flow.isExported()) {
      spans = keptBack(record, flow, spans);
    }
    boolean hasEnded = record.events().stream().anyMatch(entry -> ENDS.contains(entry.type()));
    if (hasEnded) {
      forget(flows.remove(record.incarnation()));
    } else if (flow.needed() == Long.MAX_VALUE) {
      flows.remove(record.incarnation());
      rest(record.incarnation(), flow);
    }
    forgetOldest();
    return spans;
  }

  private boolean isRemembered(String incarnation) {
    return flows.containsKey(incarnation) || resting.containsKey(incarnation);
  }

  private FlowTrace awake(long offset, String incarnation) {
    FlowTrace rested = resting.remove(incarnation);
    if (rested != null) {
      rested.wake(offset);
      flows.put(incarnation, rested);
      return rested;
    }
    return flows.computeIfAbsent(
        incarnation, unknown -> new FlowTrace(offset, sampling.isSampled(unknown)));
  }

  private void rest(String incarnation, FlowTrace flow) {
    flow.rest();
    resting.put(incarnation, flow);
    if (resting.size() > MOST_RESTING) {
      Iterator<String> longest = resting.keySet().iterator();
      longest.next();
      longest.remove();
    }
  }

  /** Keeps the spans back until something makes the flow worth it, and then gives them all. */
  private List<TraceSpan> keptBack(AuditRecord record, FlowTrace flow, List<TraceSpan> spans) {
    if (isNotable(record)) {
      List<TraceSpan> all = new ArrayList<>(flow.unsampled);
      all.addAll(spans);
      forget(flow);
      flow.kept = true;
      return all;
    }
    for (TraceSpan span : spans) {
      if (flow.unsampled.size() < MOST_SPANS_OF_A_FLOW) {
        flow.unsampled.add(span);
        budget.kept++;
      }
    }
    return List.of();
  }

  private static boolean isNotable(AuditRecord record) {
    return NOTABLE_STATUSES.contains(record.status())
        || record.events().stream().anyMatch(entry -> NOTABLE.contains(entry.type()));
  }

  private void forget(@Nullable FlowTrace flow) {
    if (flow != null) {
      budget.kept -= flow.unsampled.size();
      flow.unsampled = new ArrayList<>();
    }
  }

  private void forgetOldest() {
    Iterator<Map.Entry<String, FlowTrace>> restingLongest = flows.entrySet().iterator();
    while (restingLongest.hasNext()) {
      Map.Entry<String, FlowTrace> entry = restingLongest.next();
      FlowTrace flow = entry.getValue();
      boolean rests = newestAt - flow.lastAt > LONGEST_REST_MS;
      if (!rests && flows.size() <= MOST_FLOWS && !budget.isExceeded()) {
        return;
      }
      String incarnation = entry.getKey();
      forget(flow);
      restingLongest.remove();
      rest(incarnation, flow);
    }
  }

  /** Forgets everything, for one that reads the partition no longer. */
  void close() {
    flows.values().forEach(this::forget);
    flows.clear();
    resting.clear();
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

  /** One record of one flow. */
  private static final class Reading {

    private final long offset;
    private final AuditRecord record;
    private final FlowTrace flow;
    private final boolean isUnknown;
    private final List<TraceSpan> spans = new ArrayList<>();

    /**
     * @param isUnknown whether nothing was remembered of the flow
     */
    Reading(long offset, AuditRecord record, FlowTrace flow, boolean isUnknown) {
      this.offset = offset;
      this.record = record;
      this.flow = flow;
      this.isUnknown = isUnknown;
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
              rootId(record.incarnation()),
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
                rootId(record.incarnation()),
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
          rootId(record.incarnation()),
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
              rootId(record.incarnation()),
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
      String root = rootId(record.incarnation());
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
  }
}
