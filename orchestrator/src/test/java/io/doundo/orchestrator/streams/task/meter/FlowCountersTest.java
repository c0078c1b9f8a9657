package io.doundo.orchestrator.streams.task.meter;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static io.doundo.orchestrator.journey.TestDefinitions.policy;
import static io.doundo.orchestrator.journey.TestDefinitions.retry;
import static io.doundo.orchestrator.journey.TestDefinitions.with;
import static io.doundo.orchestrator.journey.TestDefinitions.withTimeout;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent.TimeReached;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Work;
import io.doundo.orchestrator.journey.TestDefinitions;
import io.doundo.orchestrator.streams.client.TopologyDriver;
import io.doundo.orchestrator.streams.client.WireRecords;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.Topics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the decided transitions of flows count, with the audit log disabled. */
class FlowCountersTest {

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final TopologyDriver driver = new TopologyDriver(1, 1_000_000, false);

  @BeforeEach
  void open() {
    driver.meters().bindTo(registry);
    driver.register(
        with(
            with(chain("order", "pay", "ship"), "pay", s -> retry(s, policy(2))),
            "ship",
            s -> retry(withTimeout(s, Duration.ofSeconds(20)), policy(2))));
  }

  @AfterEach
  void close() {
    driver.close();
  }

  private void start(String flowId) {
    driver.send(Topics.EXECUTION_START, flowId, WireRecords.start("order", flowId, Map.of()));
  }

  private void succeed(String flowId, String step, String action) {
    driver.send(Topics.RESPONSE, flowId, WireRecords.success(flowId, step, action, Map.of()));
  }

  private void fail(String flowId, String step) {
    driver.send(Topics.RESPONSE, flowId, WireRecords.failure(flowId, step, "DO"));
  }

  private void control(String flowId, String verb) {
    driver.send(Topics.CONTROL, flowId, WireRecords.control(flowId, verb));
  }

  private double count(String name, String... tags) {
    return registry.get(name).tags(tags).counter().count();
  }

  private long timed(String name, String... tags) {
    return registry.get(name).tags(tags).timer().count();
  }

  @Test
  void aCompletedFlowCountsItsStartItsStepsAndItsEnd() {
    start("flow-1");
    succeed("flow-1", "pay", "DO");
    driver.pass(Duration.ofMillis(300));
    succeed("flow-1", "ship", "DO");

    assertThat(count("doundo.flows.started", "orchestration", "order", "status", "IN_PROGRESS"))
        .isEqualTo(1);
    assertThat(count("doundo.flows.ended", "orchestration", "order", "status", "COMPLETED"))
        .isEqualTo(1);
    assertThat(count("doundo.flows.ended", "orchestration", "order", "status", "UNDONE")).isZero();
    assertThat(timed("doundo.flow.duration", "orchestration", "order", "status", "COMPLETED"))
        .isEqualTo(1);
    assertThat(
            registry
                .get("doundo.step.duration")
                .tags("step", "ship", "action", "DO", "outcome", "success")
                .timer()
                .totalTime(TimeUnit.MILLISECONDS))
        .isEqualTo(300);
  }

  @Test
  void retriesExhaustionAndTheCauseOfTheUndoAreCounted() {
    start("flow-1");
    fail("flow-1", "pay");
    driver.pass(Duration.ofSeconds(2));
    fail("flow-1", "pay");

    assertThat(count("doundo.step.attempts", "step", "pay", "action", "DO", "result", "retried"))
        .isEqualTo(1);
    assertThat(count("doundo.step.attempts", "step", "pay", "action", "DO", "result", "exhausted"))
        .isEqualTo(1);
    assertThat(timed("doundo.step.duration", "step", "pay", "action", "DO", "outcome", "failed"))
        .isEqualTo(2);
    assertThat(count("doundo.undo", "orchestration", "order", "cause", "failure")).isEqualTo(1);
  }

  @Test
  void eachTimeoutIsOneAttemptInDoubt() {
    start("flow-1");
    succeed("flow-1", "pay", "DO");
    driver.pass(Duration.ofSeconds(21));
    assertThat(count("doundo.step.attempts", "step", "ship", "result", "in_doubt")).isEqualTo(1);
    driver.pass(Duration.ofSeconds(25));

    assertThat(count("doundo.step.attempts", "step", "ship", "result", "in_doubt")).isEqualTo(2);
    assertThat(timed("doundo.step.duration", "step", "ship", "outcome", "timed_out")).isEqualTo(2);
    assertThat(count("doundo.undo", "orchestration", "order", "cause", "timeout")).isEqualTo(1);
    assertThat(registry.get("doundo.turn.wait").timer().count()).isEqualTo(1);
    assertThat(registry.get("doundo.timer.lateness").timer().count()).isPositive();
  }

  @Test
  void aLateSuccessIsALateEffect() {
    start("flow-1");
    control("flow-1", "UNDO");
    fail("flow-1", "pay");
    start("flow-2");
    succeed("flow-2", "pay", "DO");
    control("flow-2", "UNDO");
    fail("flow-2", "ship");
    assertThat(registry.get("doundo.late.effects").counter().count()).isZero();
    succeed("flow-2", "pay", "UNDO");
    succeed("flow-2", "pay", "DO");

    assertThat(registry.get("doundo.late.effects").counter().count()).isEqualTo(1);
    assertThat(count("doundo.undo", "orchestration", "order", "cause", "repair")).isEqualTo(1);
    assertThat(count("doundo.undo", "orchestration", "order", "cause", "operator")).isEqualTo(2);
  }

  @Test
  void verbsAndDeadLettersAreCounted() {
    start("flow-1");
    control("flow-1", "RESUME");
    control("flow-1", "CANCEL");
    driver.send(Topics.RESPONSE, "flow-1", "no answer");

    assertThat(count("doundo.control", "verb", "RESUME", "result", "refused")).isEqualTo(1);
    assertThat(count("doundo.control", "verb", "CANCEL", "result", "accepted")).isEqualTo(1);
    assertThat(count("doundo.undo", "orchestration", "order", "cause", "cancel")).isEqualTo(1);
    assertThat(count("doundo.dead.letters", "source", Topics.RESPONSE)).isEqualTo(1);
    // Without an audit log the refused verb is a dead letter.
    assertThat(count("doundo.dead.letters", "source", Topics.CONTROL)).isEqualTo(1);
    assertThat(count("doundo.dead.letters", "source", Topics.EXECUTION_START)).isZero();
  }

  @Test
  void aSignalThatAStepJudgesIsCountedOnce() {
    driver.register(
        with(
            chain("approval", "decide"),
            "decide",
            s ->
                TestDefinitions.with(s, new Work.Signal("approved", "signal.payload.ok == true"))));
    driver.send(
        Topics.EXECUTION_START, "flow-1", WireRecords.start("approval", "flow-1", Map.of()));
    signal("c-1", "{\"ok\": false}");
    signal("c-2", "{\"ok\": true}");

    assertThat(
            count("doundo.control", "verb", "SIGNAL", "result", "accepted")
                + count("doundo.control", "verb", "SIGNAL", "result", "refused"))
        .isEqualTo(2);
  }

  private void signal(String controlId, String payload) {
    driver.send(
        Topics.CONTROL,
        "flow-1",
        """
        {"controlId": "%s", "flowId": "flow-1", "action": "SIGNAL", "signal": "approved", "payload": %s}"""
            .formatted(controlId, payload));
  }

  @Test
  void anUnregisteredNameIsNoTag() {
    driver.send(
        Topics.EXECUTION_START, "flow-1", WireRecords.start("whatever", "flow-1", Map.of()));

    assertThat(count("doundo.flows.started", "orchestration", "unregistered", "status", "WAITING"))
        .isEqualTo(1);
    assertThat(registry.find("doundo.flows.started").tag("orchestration", "whatever").counters())
        .isEmpty();
  }

  @Test
  void whatIsAbortedIsNotCounted() {
    EngineMeters meters = new EngineMeters(true);
    SimpleMeterRegistry ofEngine = new SimpleMeterRegistry();
    meters.bindTo(ofEngine);
    FlowCounters counters = meters.counters();
    assertThat(counters).isNotNull();
    Tally tally = new Tally();
    counters.timerFired(tally, 5);

    meters.carriedOut(tally);
    assertThat(ofEngine.get("doundo.timer.lateness").timer().count()).isZero();
    meters.aborted();
    meters.committed();
    assertThat(ofEngine.get("doundo.timer.lateness").timer().count()).isZero();

    meters.carriedOut(tally);
    meters.carriedOut(tally);
    meters.committed();
    meters.committed();
    assertThat(ofEngine.get("doundo.timer.lateness").timer().count()).isEqualTo(2);
  }

  @Test
  void fiveThousandOrchestrationsMakeABoundedNumberOfSeries() {
    PrometheusMeterRegistry many = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    FlowCounters counters = new FlowCounters(many);
    Tally tally = new Tally();
    for (int i = 0; i < 5_000; i++) {
      Orchestration definition = chain("order" + i, "pay", "ship");
      for (String step : List.of("pay", "ship")) {
        TimeReached event = new TimeReached(1);
        counters.decided(tally, definition, null, false, event, event, List.of(succeeded(step)));
      }
    }
    tally.publish();

    assertThat(many.scrape().lines().count()).isLessThan(15_000);
    assertThat(many.find("doundo.step.duration").timers())
        .hasSizeLessThanOrEqualTo(FlowSeries.MOST_STEPS + 1);
    assertThat(many.find("doundo.flows.ended").tag("status", "UNDONE").counters())
        .hasSizeLessThanOrEqualTo(FlowSeries.MOST_STEPS + 1);
    assertThat(
            many.get("doundo.step.duration")
                .tags("orchestration", FlowSeries.OTHER, "step", FlowSeries.OTHER)
                .timer()
                .count())
        .isEqualTo(10_000 - FlowSeries.MOST_STEPS);
  }

  private static PublishFlowEvent succeeded(String step) {
    return new PublishFlowEvent(
        FlowEventType.STEP_SUCCESS, step, CommandAction.DO, 1, 1, 10, null, null);
  }
}
