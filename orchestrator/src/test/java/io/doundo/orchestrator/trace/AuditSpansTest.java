package io.doundo.orchestrator.trace;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static io.doundo.orchestrator.journey.TestDefinitions.policy;
import static io.doundo.orchestrator.journey.TestDefinitions.retry;
import static io.doundo.orchestrator.journey.TestDefinitions.undoRetry;
import static io.doundo.orchestrator.journey.TestDefinitions.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.doundo.orchestrator.streams.TraceSampling;
import io.doundo.orchestrator.streams.client.TopologyDriver;
import io.doundo.orchestrator.streams.client.WireRecords;
import io.doundo.orchestrator.trace.TraceSpan.Event;
import io.doundo.orchestrator.trace.TraceSpan.Kind;
import io.doundo.orchestrator.trace.TraceSpan.Link;
import io.doundo.orchestrator.trace.UnsampledFlows.Stored;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.AuditRecord.Entry;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The traces of flows, from the audit log that the engine writes. */
class AuditSpansTest {

  private static final TraceSampling ALL = new TraceSampling(1);
  private static final TraceSampling NONE = new TraceSampling(0);
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String SPAN = "b7ad6b7169203331";
  private static final String COMMAND = "00112233445566778899aabbccddeeff";
  private static final long DAY = Duration.ofDays(1).toMillis();

  private final TopologyDriver driver = new TopologyDriver();
  private final List<AuditRecord> log = new ArrayList<>();
  private final Set<String> parentsOfWorkers = new HashSet<>();

  @BeforeEach
  void register() {
    driver.register(
        with(
            with(chain("order", "pay", "ship"), "pay", s -> retry(s, policy(3))),
            "ship",
            s -> undoRetry(retry(s, policy(1)), policy(1))));
  }

  @AfterEach
  void close() {
    driver.close();
  }

  private void start(String flowId, Map<String, String> headers) {
    byte[] start = WireRecords.start("order", flowId, Map.of()).getBytes(StandardCharsets.UTF_8);
    driver.send(Topics.EXECUTION_START, flowId, start, headers);
  }

  private void succeed(String flowId, String step, String action) {
    driver.send(Topics.RESPONSE, flowId, WireRecords.success(flowId, step, action, Map.of()));
    driver.pass(Duration.ofMillis(200));
  }

  private void fail(String flowId, String step, String action) {
    driver.send(Topics.RESPONSE, flowId, WireRecords.failure(flowId, step, action));
    driver.pass(Duration.ofSeconds(2));
  }

  private void read() {
    for (String step : List.of("pay", "ship")) {
      for (String topic : List.of(Topics.doTopic("order", step), Topics.undoTopic("order", step))) {
        driver.take(topic).stream()
            .map(command -> TopologyDriver.header(command, RecordHeaders.TRACEPARENT))
            .forEach(parentsOfWorkers::add);
      }
    }
    log.addAll(driver.takeAudit());
  }

  private List<TraceSpan> spans(TraceSampling sampling) {
    AuditSpans spans = new AuditSpans(sampling, new AuditSpans.Budget());
    List<TraceSpan> all = new ArrayList<>();
    for (int i = 0; i < log.size(); i++) {
      all.addAll(read(spans, i));
    }
    return all;
  }

  private List<TraceSpan> read(AuditSpans spans, int i) {
    AuditRecord record = log.get(i);
    List<TraceSpan> finished = new ArrayList<>();
    spans
        .due(new Stored(i, record.at(), record.encode()))
        .forEach(due -> finished.addAll(spans.take(due.offset(), decoded(due))));
    return finished;
  }

  private static AuditRecord decoded(Stored record) {
    try {
      return AuditRecord.decode(record.value());
    } catch (MalformedRecordException e) {
      throw new AssertionError(e);
    }
  }

  private void anUndoneFlowWithARetry(String flowId) {
    start(flowId, Map.of(RecordHeaders.TRACEPARENT, "00-" + TRACE + '-' + SPAN + "-01"));
    fail(flowId, "pay", "DO");
    succeed(flowId, "pay", "DO");
    fail(flowId, "ship", "DO");
    succeed(flowId, "pay", "UNDO");
    read();
  }

  private static void assertWhole(List<TraceSpan> spans) {
    Map<String, TraceSpan> byId = new HashMap<>();
    for (TraceSpan span : spans) {
      assertThat(byId.putIfAbsent(span.spanId(), span)).as(span.toString()).isIn(null, span);
    }
    assertThat(spans)
        .allSatisfy(
            span -> {
              assertThat(span.traceId()).isEqualTo(spans.get(0).traceId()).hasSize(32);
              if (span.parentId() != null) {
                assertThat(byId).as("the parent of " + span).containsKey(span.parentId());
              }
            });
  }

  @Test
  void aFlowWithARetryThatIsUndoneIsOneTrace() {
    anUndoneFlowWithARetry("flow-1");
    List<TraceSpan> spans = spans(ALL);

    assertWhole(spans);
    assertThat(spans)
        .extracting(TraceSpan::name)
        .containsExactly(
            "flow started",
            "DO pay",
            "DO pay",
            "DO ship",
            "flow undoing",
            "UNDO pay",
            "flow order");
    TraceSpan root = spans.get(spans.size() - 1);
    assertThat(root.parentId()).isNull();
    assertThat(root.error()).isEqualTo("UNDONE");
    assertThat(spans.get(0).links()).containsExactly(new Link(TRACE, SPAN));
    TraceSpan failed = spans.get(1);
    assertThat(failed.error()).isNotNull();
    assertThat(failed.events()).extracting(Event::name).containsExactly("step retry triggered");
    assertThat(spans.get(2).error()).isNull();
  }

  @Test
  void theSpanOfACommandIsTheParentThatItsWorkerGot() {
    anUndoneFlowWithARetry("flow-1");

    assertThat(
            spans(ALL).stream()
                .filter(span -> span.kind() == Kind.PRODUCER)
                .map(span -> "00-" + span.traceId() + '-' + span.spanId() + "-01"))
        .containsExactlyInAnyOrderElementsOf(parentsOfWorkers);
  }

  @Test
  void whoeverGoesOnAfterACrashMakesTheSameSpans() {
    anUndoneFlowWithARetry("flow-1");
    List<TraceSpan> whole = spans(ALL);
    for (TraceSampling sampling : List.of(ALL, NONE)) {
      for (int crash = 0; crash < log.size(); crash++) {
        AuditSpans first = new AuditSpans(sampling, new AuditSpans.Budget());
        List<TraceSpan> all = new ArrayList<>();
        for (int i = 0; i <= crash; i++) {
          all.addAll(read(first, i));
        }
        AuditSpans second = new AuditSpans(sampling, new AuditSpans.Budget());
        for (int i = (int) first.needed(crash + 1); i < log.size(); i++) {
          all.addAll(read(second, i));
        }
        assertWhole(all);
        assertThat(all)
            .as("after " + crash)
            .containsOnlyOnceElementsOf(List.of(whole.get(whole.size() - 1)));
        assertThat(new HashSet<>(all)).as("after " + crash).isEqualTo(new HashSet<>(whole));
      }
    }
  }

  @Test
  void aFlowThatIsNotSampledIsKeptOnlyIfItTurnsBack() {
    start("flow-1", Map.of());
    succeed("flow-1", "pay", "DO");
    succeed("flow-1", "ship", "DO");
    read();
    assertThat(spans(NONE)).isEmpty();
    assertThat(spans(ALL)).hasSize(4);

    log.clear();
    anUndoneFlowWithARetry("flow-2");
    assertWhole(spans(NONE));
    assertThat(spans(NONE)).hasSameElementsAs(spans(ALL));
  }

  @Test
  void flowsThatAreNotSampledTakeNoMoreMemoryThanThereIsForThem() {
    for (int i = 0; i < 20; i++) {
      start("flow-" + i, Map.of());
    }
    read();
    int longest = log.stream().mapToInt(record -> record.encode().length).max().orElseThrow();
    AuditSpans.Budget budget = new AuditSpans.Budget(5, 5L * longest);
    AuditSpans spans = new AuditSpans(NONE, budget);
    for (int i = 0; i < log.size(); i++) {
      assertThat(read(spans, i)).isEmpty();
      assertThat(budget.recordBytes()).isLessThanOrEqualTo(5L * longest);
    }
    assertThat(spans.needed(log.size())).isEqualTo(log.size() - 5);
    spans.close();
    assertThat(budget.recordBytes()).isZero();
  }

  /** One that was parked is decoded from then on, and its spans count. */
  @Test
  void spansOfFlowsThatAreNotSampledTakeNoMoreMemoryThanThereIsForThem() {
    for (int i = 0; i < 20; i++) {
      start("flow-" + i, Map.of());
    }
    read();
    AuditSpans.Budget budget = new AuditSpans.Budget(5, 0);
    AuditSpans spans = new AuditSpans(NONE, budget);
    for (int i = 0; i < log.size(); i++) {
      assertThat(spans.take(i, log.get(i))).isEmpty();
      assertThat(budget.kept()).isLessThanOrEqualTo(5);
    }
    assertThat(spans.needed(log.size())).isEqualTo(log.size() - 5);
    spans.close();
    assertThat(budget.kept()).isZero();
  }

  @Test
  void ofAFlowThatIsNotSampledNothingIsDecodedUntilItIsWorthIt() {
    start("flow-1", Map.of());
    succeed("flow-1", "pay", "DO");
    succeed("flow-1", "ship", "DO");
    anUndoneFlowWithARetry("flow-2");
    AuditSpans spans = new AuditSpans(NONE, new AuditSpans.Budget());
    List<Integer> due = new ArrayList<>();
    for (int i = 0; i < log.size(); i++) {
      due.add(spans.due(new Stored(i, log.get(i).at(), log.get(i).encode())).size());
    }
    int turns = due.indexOf(due.stream().filter(many -> many > 0).findFirst().orElseThrow());
    assertThat(log.get(turns).status()).isEqualTo("UNDOING");
    assertThat(due.get(turns))
        .as("all records of the flow so far")
        .isEqualTo(log.get(turns).transition());
  }

  @Test
  void aFlowThatRestsForLongMakesNobodyReadItAgain() {
    start("flow-1", Map.of());
    read();
    AuditSpans spans = new AuditSpans(ALL, new AuditSpans.Budget());
    spans.take(0, log.get(0));
    assertThat(spans.needed(5)).isZero();

    log.clear();
    driver.leap(Duration.ofMillis(AuditSpans.LONGEST_REST_MS + 1));
    driver.take(Topics.FLOW_EVENTS);
    start("flow-2", Map.of());
    read();
    spans.take(4, log.get(log.size() - 1));
    assertThat(spans.needed(5)).isEqualTo(4);
  }

  @Test
  void aRepairDoesNotChangeTheRoot() {
    anUndoneFlowWithARetry("flow-1");
    succeed("flow-1", "pay", "DO");
    succeed("flow-1", "pay", "UNDO");
    read();
    List<TraceSpan> spans = spans(ALL);

    assertWhole(spans);
    TraceSpan last = spans.get(spans.size() - 1);
    assertThat(last.name()).isEqualTo("flow order ended again");
    assertThat(last.parentId()).isEqualTo(RecordSpans.rootId(last.traceId()));
  }

  @Test
  void operatorsAndParkedFlowsLeaveMarks() {
    start("flow-1", Map.of());
    succeed("flow-1", "pay", "DO");
    driver.send(Topics.CONTROL, "flow-1", WireRecords.control("flow-1", "PAUSE"));
    driver.send(Topics.CONTROL, "flow-1", WireRecords.control("flow-1", "ABANDON"));
    read();
    List<TraceSpan> spans = spans(ALL);

    assertWhole(spans);
    assertThat(spans)
        .extracting(TraceSpan::name)
        .contains("control accepted", "flow paused", "DO ship", "flow order");
    assertThat(spans)
        .filteredOn(span -> span.name().equals("DO ship"))
        .flatExtracting(TraceSpan::events)
        .extracting(Event::name)
        .containsExactly("flow abandoned");
  }

  /** A flow whose only command is answered after days; its incarnation is the trace. */
  private static AuditRecord rested(int transition, long at, String status, Entry... entries) {
    return new AuditRecord(
        "flow-1",
        TRACE,
        "order",
        "order@1",
        transition,
        at,
        status,
        RawJson.trusted(
            "{\"type\":\"StepSucceeded\",\"answerOf\":{\"commandId\":\"%s\"}}"
                .formatted(COMMAND)
                .getBytes(StandardCharsets.UTF_8)),
        List.of(),
        List.of(entries),
        null,
        false);
  }

  private static Entry entry(String type, long durationMs, @Nullable String commandId) {
    return new Entry(
        type,
        "pay",
        CommandAction.DO,
        1,
        1,
        durationMs,
        null,
        null,
        null,
        commandId,
        Instant.EPOCH);
  }

  private static Entry ofFlow(String type, long durationMs) {
    return new Entry(type, null, null, 0, 0, durationMs, null, null, Instant.EPOCH);
  }

  /** Another flow, by whose records time passes. */
  private static AuditRecord later(long at) {
    return new AuditRecord(
        "flow-2",
        "f".repeat(32),
        "order",
        "order@1",
        1,
        at,
        "IN_PROGRESS",
        RawJson.trusted("{}".getBytes(StandardCharsets.UTF_8)),
        List.of(),
        List.of(),
        null,
        false);
  }

  @Test
  void aCommandThatIsAnsweredAfterDaysHasItsSpan() {
    AuditSpans spans = new AuditSpans(ALL, new AuditSpans.Budget());
    List<TraceSpan> all = new ArrayList<>();
    all.addAll(spans.take(0, rested(1, 0, "IN_PROGRESS", entry("STEP_STARTED", -1, COMMAND))));
    assertThat(spans.needed(1)).isZero();
    all.addAll(spans.take(1, later(3 * DAY)));
    assertThat(spans.needed(2)).as("nobody reads for days").isEqualTo(2);
    AuditRecord end =
        rested(
            2,
            3 * DAY + 1,
            "COMPLETED",
            entry("STEP_SUCCESS", 3 * DAY + 1, null),
            ofFlow("FLOW_COMPLETED", 3 * DAY + 1));
    List<TraceSpan> ending = spans.take(2, end);
    all.addAll(ending);
    all.removeIf(span -> !span.traceId().equals(TRACE));

    assertWhole(all);
    assertThat(ending)
        .extracting(TraceSpan::name, TraceSpan::startMs, TraceSpan::endMs)
        .containsExactly(tuple("DO pay", 0L, 3 * DAY + 1), tuple("flow order", 0L, 3 * DAY + 1));
    assertThat(ending.get(0).spanId()).isEqualTo(COMMAND.substring(0, 16));
    assertThat(new AuditSpans(ALL, new AuditSpans.Budget()).take(2, end))
        .as("whoever reads on after a restart makes the same spans")
        .isEqualTo(ending);
  }

  @Test
  void aFlowThatWasParkedForDaysStaysInItsTrace() {
    AuditSpans spans = new AuditSpans(NONE, new AuditSpans.Budget());
    List<TraceSpan> all = new ArrayList<>();
    all.addAll(spans.take(0, rested(1, 0, "PARKED", ofFlow("FLOW_PARKED", -1))));
    all.addAll(spans.take(1, later(3 * DAY)));
    AuditRecord repaired = rested(2, 3 * DAY, "IN_PROGRESS", ofFlow("FLOW_UNPARKED", -1));
    AuditRecord end = rested(3, 3 * DAY + 5, "COMPLETED", ofFlow("FLOW_COMPLETED", 3 * DAY + 5));
    List<TraceSpan> kept = new ArrayList<>(spans.take(2, repaired));
    kept.addAll(spans.take(3, end));
    all.addAll(kept);

    assertWhole(all);
    assertThat(all)
        .extracting(TraceSpan::name)
        .containsExactly("flow started", "flow parked", "flow unparked", "flow order");
    AuditSpans restarted = new AuditSpans(NONE, new AuditSpans.Budget());
    List<TraceSpan> again = new ArrayList<>(restarted.take(2, repaired));
    again.addAll(restarted.take(3, end));
    assertThat(again).isEqualTo(kept);
  }
}
