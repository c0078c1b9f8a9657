package io.doundo.orchestrator.streams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Schedule;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import io.doundo.orchestrator.schedule.ScheduleName;
import io.doundo.orchestrator.schedule.ScheduleState;
import io.doundo.orchestrator.schedule.stored.ScheduleKey;
import io.doundo.orchestrator.schedule.stored.ScheduleMessage;
import io.doundo.orchestrator.schedule.stored.ScheduleStateCodec;
import io.doundo.orchestrator.streams.client.TopologyDriver;
import io.doundo.orchestrator.streams.client.WireRecords;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.ScheduleCommand;
import io.doundo.protocol.ScheduleVerb;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Schedules through bytes, topics and stores, with the clock moved by hand. */
class SchedulesTest {

  private static final ScheduleName NAME = new ScheduleName("report", "hourly");
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration TICK = Duration.ofMillis(200);
  private static final Duration STEP = Duration.ofSeconds(20);

  private final TopologyDriver driver = new TopologyDriver();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final Set<String> known = new HashSet<>();
  private @Nullable ScheduleState shown;

  @AfterEach
  void close() {
    driver.close();
  }

  /** Registers a schedule and tells it so, as the control plane does. */
  private void register(String schedule) {
    register(schedule, "[{name: draw}]");
  }

  private void register(String schedule, String steps) {
    Orchestration definition =
        compile(
            "{orchestrationName: report, vocabulary: 2, triggers: [{name: hourly, schedule: {%s}}], steps: %s}"
                .formatted(schedule, steps));
    driver.register(definition, TopologyDriver.BEGIN.minusSeconds(1));
    tell(definition.triggers().get(0).schedule(), null);
  }

  private static Orchestration compile(String document) {
    var compiled = RegistrationCompiler.compile(document.getBytes(UTF_8), Map.of());
    assertThat(compiled.problems()).isEmpty();
    return ((Defined) compiled.results().get(0)).orchestration();
  }

  private void tell(@Nullable Schedule schedule, @Nullable String stopped) {
    driver.send(
        Topics.REKEY,
        ScheduleKey.of(NAME),
        ScheduleMessage.encode(new ScheduleMessage.Declared(NAME, schedule, stopped)),
        Map.of());
  }

  private void ask(String id, ScheduleVerb verb) {
    ScheduleCommand command = new ScheduleCommand(id, "report", "hourly", verb, "because", "ann");
    driver.send(Topics.CONTROL, ScheduleKey.of(NAME), command.encode(), Map.of());
  }

  /** Moves the clock in steps that are short enough for every run to be in time. */
  private void pass(Duration time) {
    Duration left = time;
    while (!left.isZero()) {
      Duration step = left.compareTo(STEP) < 0 ? left : STEP;
      driver.leap(step);
      left = left.minus(step);
    }
  }

  /** The runs whose first DO was sent since the last call. */
  private List<String> started() {
    return driver.take(Topics.doTopic("report", "draw")).stream()
        .map(TestRecord::key)
        .distinct()
        .filter(known::add)
        .toList();
  }

  private void answer(String flowId) {
    driver.send(Topics.RESPONSE, flowId, WireRecords.success(flowId, "draw", "DO", Map.of()));
  }

  private ScheduleState state() {
    for (TestRecord<String, byte[]> record : driver.take(Topics.SCHEDULES)) {
      assertThat(record.key()).isEqualTo("report/hourly");
      try {
        shown = ScheduleStateCodec.decode(record.value());
      } catch (MalformedRecordException e) {
        throw new AssertionError(e);
      }
    }
    if (shown == null) {
      throw new AssertionError("nothing was told of the schedule");
    }
    return shown;
  }

  /** The types of the entries of the audit log about schedules, since the last call. */
  private List<String> audited() {
    List<String> types = new ArrayList<>();
    for (TestRecord<String, byte[]> record : driver.take(Topics.FLOW_EVENTS)) {
      if (!AuditRecord.isOfFlow(record.key().getBytes(UTF_8))) {
        var json = Json.MAPPER.readTree(record.value());
        assertThat(json.required("schedule").stringValue()).isEqualTo("report/hourly");
        types.add(json.required("type").stringValue());
      }
    }
    return types;
  }

  private static String at(String time) {
    return "report.hourly.2026-11-20T" + time + ":00Z";
  }

  @Test
  void aRunStartsWithThePayloadOfItsTimeAndTellsItsSchedule() {
    register("every: 1h, payload: {at: '{{ event.at }}', by: '{{ event.trigger }}'}");
    pass(HOUR.plus(TICK));

    List<TestRecord<String, byte[]>> commands = driver.take(Topics.doTopic("report", "draw"));
    assertThat(commands)
        .singleElement()
        .satisfies(
            command -> {
              assertThat(command.key()).isEqualTo(at("11:00"));
              assertThat(Json.MAPPER.readTree(command.value()).required("payload").toString())
                  .isEqualTo("{\"at\":\"2026-11-20T11:00:00Z\",\"by\":\"hourly\"}");
            });
    assertThat(driver.flow(at("11:00")).origin().initiator()).isEqualTo("schedule/report/hourly");
    assertThat(state().runs())
        .singleElement()
        .satisfies(run -> assertThat(run.flowId()).isEqualTo(at("11:00")));

    answer(at("11:00"));

    assertThat(driver.flow(at("11:00")).status()).isEqualTo(FlowStatus.COMPLETED);
    assertThat(state().runs()).isEmpty();
    assertThat(audited()).containsExactly("SCHEDULE_DECLARED", "RUN_STARTED", "RUN_ENDED");
  }

  @Test
  void aRunThatIsUndoneInTheEndIsToldAsWell() {
    register("every: 1h");
    pass(HOUR.plus(TICK));
    driver.send(
        Topics.CONTROL,
        at("11:00"),
        new ControlCommand("c", at("11:00"), ControlAction.CANCEL, null, null, null, null, "ann")
            .encode(),
        Map.of());
    answer(at("11:00"));
    driver.send(
        Topics.RESPONSE, at("11:00"), WireRecords.success(at("11:00"), "draw", "UNDO", Map.of()));

    assertThat(driver.flow(at("11:00")).status()).isEqualTo(FlowStatus.UNDONE);
    assertThat(state().runs()).isEmpty();
  }

  @Test
  void aRunThatGotLostHoldsUpOnlyTheNextOne() {
    register("every: 1h");
    pass(HOUR.plus(TICK));
    assertThat(started()).containsExactly(at("11:00"));
    driver.lose(at("11:00"));

    pass(HOUR.multipliedBy(2));

    assertThat(started()).containsExactly(at("13:00"));
    assertThat(audited())
        .containsExactly(
            "SCHEDULE_DECLARED", "RUN_STARTED", "RUN_SKIPPED", "RUN_ENDED", "RUN_STARTED");
  }

  @Test
  void aRunThatGotLostDoesNotHoldUpForEverTheOneAfterIt() {
    register("after: 5m");
    pass(Duration.ofSeconds(302));
    List<String> first = started();
    assertThat(first).hasSize(1);
    driver.lose(first.get(0));

    pass(Duration.ofMinutes(11));

    assertThat(started()).hasSize(1);
    assertThat(audited())
        .containsExactly("SCHEDULE_DECLARED", "RUN_STARTED", "RUN_ENDED", "RUN_STARTED");
    assertThat(driver.takeReasons()).isEmpty();
  }

  @Test
  void aRunOfAnHourIsAskedAndTheNextOneComesAfterIt() {
    register("after: 5m", "[{name: draw, timeout: 1d}]");
    pass(Duration.ofSeconds(302));
    List<String> first = started();
    pass(HOUR);
    assertThat(started()).isEmpty();

    answer(first.get(0));
    pass(Duration.ofMinutes(6));

    assertThat(started()).hasSize(1);
    assertThat(audited())
        .containsExactly("SCHEDULE_DECLARED", "RUN_STARTED", "RUN_ENDED", "RUN_STARTED");
  }

  @Test
  void aRunThatGoesOnSaysSoWhenItIsAsked() {
    register("every: 1h", "[{name: draw, timeout: 1d}]");
    pass(HOUR.multipliedBy(4).plus(TICK));

    assertThat(state().runs())
        .singleElement()
        .satisfies(run -> assertThat(run.flowId()).isEqualTo(at("11:00")));
    answer(at("11:00"));
    assertThat(state().runs()).isEmpty();
    assertThat(driver.takeReasons()).isEmpty();
  }

  @Test
  void skipLeavesOutAndAllowDoesNot() {
    register("every: 1h");
    pass(HOUR.multipliedBy(2).plus(TICK));
    assertThat(started()).containsExactly(at("11:00"));
    assertThat(audited()).containsExactly("SCHEDULE_DECLARED", "RUN_STARTED", "RUN_SKIPPED");

    register("every: 1h, overlap: allow");
    pass(HOUR);
    assertThat(started()).containsExactly(at("13:00"));
  }

  @Test
  void cancelUndoesTheEarlierRunAndThenStartsTheNext() {
    register("every: 1h, overlap: cancel", "[{name: draw, timeout: 10h}]");
    pass(HOUR.plus(TICK));
    started();
    pass(HOUR);
    assertThat(started()).as("the earlier one is still going back").isEmpty();
    assertThat(driver.flow(at("11:00")).status()).isEqualTo(FlowStatus.UNDOING);
    assertThat(driver.flow(at("11:00")).reason())
        .contains("the run of 2026-11-20T12:00:00Z is due");

    answer(at("11:00"));
    driver.send(
        Topics.RESPONSE, at("11:00"), WireRecords.success(at("11:00"), "draw", "UNDO", Map.of()));

    assertThat(driver.flow(at("11:00")).status()).isEqualTo(FlowStatus.UNDONE);
    assertThat(started()).containsExactly(at("12:00"));
  }

  @Test
  void aRunPastItsPivotRefusesToGoBackAndBlocks() {
    register("every: 1h, overlap: cancel", "[{name: draw, pivot: true}, {name: send, undo: none}]");
    pass(HOUR.plus(TICK));
    answer(at("11:00"));
    audited();

    pass(HOUR);
    assertThat(audited()).containsExactly("RUN_OVERLAPPED", "RUN_STUCK", "RUN_BLOCKED");
    pass(HOUR);
    assertThat(state().blocked()).isEqualTo(2);

    driver.send(
        Topics.RESPONSE, at("11:00"), WireRecords.success(at("11:00"), "send", "DO", Map.of()));
    pass(HOUR);
    assertThat(started()).contains(at("14:00"));
    assertThat(state().blocked()).isZero();
  }

  @Test
  void aRunThatGoesBackOnItsOwnIsAwaitedAndDoesNotBlock() {
    register("every: 1h, overlap: cancel", "[{name: draw}, {name: fail, retry: {maxAttempts: 1}}]");
    pass(HOUR.plus(TICK));
    answer(at("11:00"));
    driver.send(Topics.RESPONSE, at("11:00"), WireRecords.failure(at("11:00"), "fail", "DO"));
    assertThat(driver.flow(at("11:00")).status()).isEqualTo(FlowStatus.UNDOING);
    started();
    audited();

    pass(HOUR);
    assertThat(audited()).containsExactly("RUN_OVERLAPPED");
    driver.send(
        Topics.RESPONSE, at("11:00"), WireRecords.success(at("11:00"), "draw", "UNDO", Map.of()));

    assertThat(driver.flow(at("11:00")).status()).isEqualTo(FlowStatus.UNDONE);
    assertThat(started()).containsExactly(at("12:00"));
    assertThat(audited()).containsExactly("RUN_ENDED", "RUN_STARTED");
  }

  @Test
  void aParkedRunBlocks() {
    register("every: 1h", "[{name: draw, timeout: 1m, onTimeout: escalate}]");
    pass(HOUR.plus(TICK));
    pass(HOUR);

    assertThat(driver.flow(at("11:00")).status()).isEqualTo(FlowStatus.PARKED);
    assertThat(audited()).contains("RUN_STUCK", "RUN_BLOCKED");
    assertThat(started()).containsExactly(at("11:00"));
  }

  @Test
  void aDayAwayWithEachCatchUp() {
    register("every: 1h, catchUp: none");
    driver.leap(Duration.ofHours(24).plusMinutes(30));
    pass(TICK);
    assertThat(started()).isEmpty();
    assertThat(audited()).containsExactly("SCHEDULE_DECLARED", "RUNS_MISSED", "RUNS_MISSED");

    register("every: 1h, catchUp: latest, within: 2h");
    driver.leap(Duration.ofHours(24));
    pass(TICK);
    assertThat(started()).containsExactly("report.hourly.2026-11-22T10:00:00Z");
    assertThat(audited()).containsExactly("SCHEDULE_DECLARED", "RUNS_MISSED", "RUN_CAUGHT_UP");
  }

  @Test
  void pauseResumeAndTriggerAreCarriedOutOnceAndAnswered() {
    register("every: 1h");
    ask("1", ScheduleVerb.PAUSE);
    pass(HOUR.multipliedBy(2));
    assertThat(started()).isEmpty();

    ask("2", ScheduleVerb.TRIGGER);
    ask("2", ScheduleVerb.TRIGGER);
    assertThat(started()).hasSize(1);
    ask("3", ScheduleVerb.TRIGGER);
    assertThat(Objects.requireNonNull(state().outcomeOf("2")).refusal()).isNull();
    assertThat(Objects.requireNonNull(state().outcomeOf("3")).refusal()).endsWith("has not ended");

    ask("4", ScheduleVerb.RESUME);
    assertThat(state().next()).isEqualTo("2026-11-20T13:00:00Z");
    assertThat(audited())
        .containsExactly(
            "SCHEDULE_DECLARED",
            "SCHEDULE_PAUSED",
            "RUN_REQUESTED",
            "REQUEST_REFUSED",
            "SCHEDULE_RESUMED");
  }

  @Test
  void aRunWhosePayloadCannotBeComputedIsRefusedToTheOneWhoAsksForIt() {
    register("every: 1h, payload: {n: '{{ int(event.trigger) }}'}");
    ask("1", ScheduleVerb.TRIGGER);

    assertThat(Objects.requireNonNull(state().outcomeOf("1")).refusal()).startsWith("payload");
    assertThat(audited()).containsExactly("SCHEDULE_DECLARED", "REQUEST_REFUSED");
    pass(HOUR.plus(TICK));
    assertThat(audited()).containsExactly("RUN_STARTED", "RUN_FAILED_TO_START");
  }

  @Test
  void aRequestForNoScheduleIsADeadLetter() {
    ask("1", ScheduleVerb.PAUSE);
    driver.send(
        Topics.CONTROL,
        "x",
        "{\"action\":\"SCHEDULE\",\"schedule\":\"report\",\"verb\":\"PAUSE\"}");
    driver.send(
        Topics.CONTROL, "x", "{\"action\":\"schedule\",\"schedule\":\"a/b\",\"verb\":\"STOP\"}");

    assertThat(driver.takeReasons())
        .containsExactly(
            "there is no schedule report/hourly",
            "\"schedule\" must name an orchestration and its trigger, such as report/nightly, but is"
                + " \"report\"",
            "verb must be one of PAUSE, RESUME, TRIGGER but is \"STOP\"");
  }

  @Test
  void aWithdrawnScheduleLeavesNothingBehind() {
    register("every: 1h");
    tell(null, null);
    pass(HOUR.multipliedBy(2));

    assertThat(started()).isEmpty();
    assertThat(driver.row(ScheduleKey.of(NAME))).isNull();
    assertThat(driver.entries("timers")).isZero();
    assertThat(state().isGone()).isTrue();
  }

  @Test
  void aFlowIdThatAnotherFlowHasMakesTheRunFailToStart() {
    register("every: 1h");
    driver.send(
        Topics.EXECUTION_START,
        at("11:00"),
        WireRecords.start("report", at("11:00"), Map.of("other", 1)));
    pass(HOUR.plus(TICK));

    assertThat(audited())
        .containsExactly("SCHEDULE_DECLARED", "RUN_STARTED", "RUN_FAILED_TO_START");
    assertThat(state().runs()).isEmpty();
  }

  @Test
  void aPayloadThatTheOrchestrationRejectsIsToldWithTheReason() {
    Orchestration definition =
        compile(
            "{orchestrationName: report, vocabulary: 2, payload: {type: object, required: [id]},"
                + " triggers: [{name: hourly, schedule: {every: 1h}}], steps: [{name: draw}]}");
    driver.register(definition, TopologyDriver.BEGIN.minusSeconds(1));
    tell(definition.triggers().get(0).schedule(), null);
    pass(HOUR.plus(TICK));

    assertThat(state().recent())
        .last()
        .satisfies(entry -> assertThat(entry.reason()).startsWith("REJECTED: ").contains("id"));
  }

  @Test
  void anExpressionWithoutAValueIsToldWithThePlace() {
    register("every: 1h, payload: {n: '{{ int(event.trigger) }}'}");
    pass(HOUR.plus(TICK));

    assertThat(started()).isEmpty();
    assertThat(state().runs()).isEmpty();
    assertThat(state().recent())
        .last()
        .satisfies(entry -> assertThat(entry.reason()).contains("payload.n"));
  }

  @Test
  void everyOutcomeIsCounted() {
    driver.meters().bindTo(registry);
    register("every: 1h");
    pass(HOUR.multipliedBy(3).plus(TICK));
    driver.meters().committed();

    assertThat(count("started")).isEqualTo(1);
    assertThat(count("skipped")).isEqualTo(2);
  }

  private double count(String outcome) {
    return registry.get("doundo.schedule").tag("outcome", outcome).counter().count();
  }

  @Test
  void aTimeThatComesWhileRecordsAreReadAgainStartsOnce() {
    register("every: 1h, overlap: allow");
    Instant declared = driver.now();
    pass(HOUR.plus(TICK));
    // The control plane repeats itself, and so may the start.
    register("every: 1h, overlap: allow");
    pass(TICK);

    assertThat(driver.now()).isAfter(declared);
    assertThat(started()).containsExactly(at("11:00"));
  }

  /** The example runs on a Monday at two in Berlin, not on the weekend before. */
  @Test
  void theExampleStartsInTheNightAfterTheWeekend() throws Exception {
    Orchestration example =
        compile(
            Files.readString(Path.of("..", "registration-examples", "nightly-registration.yaml")));
    driver.register(example, TopologyDriver.BEGIN.minusSeconds(1));
    ScheduleName nightly = new ScheduleName("dailyClosing", "nightly");
    driver.send(
        Topics.REKEY,
        ScheduleKey.of(nightly),
        ScheduleMessage.encode(
            new ScheduleMessage.Declared(nightly, example.triggers().get(0).schedule(), null)),
        Map.of());

    driver.leap(Duration.between(driver.now(), Instant.parse("2026-11-23T00:59:59Z")));
    assertThat(driver.take(Topics.doTopic("dailyClosing", "closeBookings"))).isEmpty();
    pass(Duration.ofSeconds(2));

    assertThat(driver.take(Topics.doTopic("dailyClosing", "closeBookings")))
        .singleElement()
        .satisfies(
            command -> {
              assertThat(command.key()).isEqualTo("dailyClosing.nightly.2026-11-23T01:00:00Z");
              assertThat(Json.MAPPER.readTree(command.value()).required("payload").toString())
                  .isEqualTo("{\"closeAt\":\"2026-11-23T01:00:00Z\",\"night\":\"2026-11-23\"}");
            });
  }
}
