package io.doundo.orchestrator.trace;

import io.doundo.orchestrator.streams.TraceSampling;
import io.doundo.orchestrator.trace.UnsampledFlows.Stored;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.json.QuotedText;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes the spans of the flows in one partition of the audit log. A flow is one trace: a short span
 * when it starts, one for each command from its sending to its answer, one for each deed of an
 * operator, and the root when it ends. The span of a command has the id that its worker got as its
 * parent. Only finished spans are made, so that nothing is exported twice with different contents.
 * A record is decoded only when its flow is sampled or worth keeping.
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

  /** Where none of these stands, the record ends no flow and makes none worth keeping. */
  private static final QuotedText NEWS =
      QuotedText.anyOf(
          Stream.of(RecordSpans.ENDS, NOTABLE, NOTABLE_STATUSES)
              .flatMap(Set::stream)
              .distinct()
              .toList());

  private static final QuotedText WORTH_KEEPING =
      QuotedText.anyOf(Stream.of(NOTABLE, NOTABLE_STATUSES).flatMap(Set::stream).toList());

  private final TraceSampling sampling;

  private final Budget budget;

  /** Flows of which nothing was decoded so far. */
  private final UnsampledFlows unsampled;

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
    this.unsampled = new UnsampledFlows(budget.records);
  }

  /** How much of flows that are not sampled is kept in memory. Not thread-safe. */
  public static final class Budget {

    private final int most;
    private int kept;

    /** Of records that are not decoded yet. */
    private final UnsampledFlows.Budget records;

    /** About 80 MB. */
    public Budget() {
      this(50_000, 32_000_000);
    }

    /**
     * @param most spans
     * @param recordBytes of records that are not decoded yet
     */
    Budget(int most, long recordBytes) {
      this.most = most;
      this.records = new UnsampledFlows.Budget(recordBytes);
    }

    long recordBytes() {
      return records.bytes();
    }

    boolean isExceeded() {
      return kept > most;
    }

    int kept() {
      return kept;
    }
  }

  /** The first offset that has to be read again to remember what is remembered now. */
  public long needed(long position) {
    long needed = unsampled.needed(position);
    for (FlowTrace flow : flows.values()) {
      needed = Math.min(needed, flow.needed());
    }
    return needed;
  }

  /**
   * Which records have to be decoded now that this one was read, and then {@link #take taken} in
   * this order: none, while its flow is not sampled and runs as it should; also the earlier ones of
   * its flow, once that turns out to be worth keeping.
   */
  List<Stored> due(Stored record) {
    byte[] value = record.value();
    String incarnation = AuditRecord.incarnationIn(value);
    if (incarnation == null || isRemembered(incarnation) || sampling.isSampled(incarnation)) {
      return List.of(record);
    }
    if (!NEWS.standsIn(value)) {
      unsampled.hold(incarnation, record);
      return List.of();
    }
    List<Stored> records = unsampled.release(incarnation);
    if (!WORTH_KEEPING.standsIn(value)) {
      return List.of();
    }
    List<Stored> due = new ArrayList<>(records);
    due.add(record);
    return due;
  }

  /** The spans that this record finishes; none for a flow that is not worth it so far. */
  public List<TraceSpan> take(long offset, AuditRecord record) {
    boolean isUnknown = !isRemembered(record.incarnation());
    FlowTrace flow = awake(offset, record.incarnation());
    flow.lastAt = record.at();
    newestAt = Math.max(newestAt, record.at());
    List<TraceSpan> spans = new RecordSpans(offset, record, flow, isUnknown).spans();
    if (!flow.isExported()) {
      spans = keptBack(record, flow, spans);
    }
    boolean hasEnded =
        record.events().stream().anyMatch(entry -> RecordSpans.ENDS.contains(entry.type()));
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
        incarnation,
        unknown -> new FlowTrace(offset, sampling.isSampled(unknown), RecordSpans.rootId(unknown)));
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
    unsampled.close();
  }
}
