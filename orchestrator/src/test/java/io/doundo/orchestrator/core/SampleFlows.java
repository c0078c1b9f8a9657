package io.doundo.orchestrator.core;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static io.doundo.orchestrator.journey.TestDefinitions.policy;
import static io.doundo.orchestrator.journey.TestDefinitions.with;

import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.definition.OnTimeout;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.journey.JourneyDriver.Command;
import io.doundo.orchestrator.journey.JourneyDriver.Echo;
import io.doundo.orchestrator.journey.TestDefinitions;
import io.doundo.protocol.ControlAction;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** A flow brought by a short journey to each place where a flow can stand. */
final class SampleFlows {

  static final String FLOW = "flow-1";

  /** The step that each sample's verbs and answers are about. */
  static final String STEP = "charge";

  private SampleFlows() {}

  /** Each sample by the name under which the documents list it; fresh at each call. */
  static Map<String, Supplier<CoreJourneyDriver>> all() {
    Map<String, Supplier<CoreJourneyDriver>> samples = new LinkedHashMap<>();
    samples.put("WAITING", SampleFlows::waiting);
    samples.put("IN_PROGRESS, step in flight", () -> atCharge(plain()));
    samples.put("IN_PROGRESS, step backing off", SampleFlows::backingOff);
    samples.put("IN_PROGRESS, pivot in flight", () -> atCharge(pivot()));
    samples.put("IN_PROGRESS, pivot passed", SampleFlows::pivotPassed);
    samples.put("PARKED, ESCALATED", SampleFlows::escalated);
    samples.put("PARKED, PIVOT_IN_DOUBT", SampleFlows::pivotInDoubt);
    samples.put("PARKED, FORWARD_EXHAUSTED", SampleFlows::forwardExhausted);
    samples.put("PARKED, ENGINE_FAULT on the way forward", () -> faulted(atCharge(plain())));
    samples.put("PARKED, ENGINE_FAULT on the way back", () -> faulted(undoing()));
    samples.put("COMPLETED", () -> completed(plain()));
    samples.put("COMPLETED, with pivot", () -> completed(pivot()));
    samples.put("UNDOING, UNDO in flight", SampleFlows::undoing);
    samples.put("UNDOING, UNDO backing off", SampleFlows::undoBackingOff);
    samples.put("PARKED, UNDO_FAILED", SampleFlows::undoFailed);
    samples.put("UNDONE", SampleFlows::undone);
    samples.put("ABANDONED", SampleFlows::abandoned);
    samples.put("REJECTED", SampleFlows::rejected);
    return samples;
  }

  static Orchestration plain() {
    return chain("order", "reserve", STEP, "ship");
  }

  private static Orchestration pivot() {
    return with(
        with(plain(), STEP, TestDefinitions::pivot),
        "ship",
        s -> TestDefinitions.retry(s, policy(1)));
  }

  private static CoreJourneyDriver waiting() {
    CoreJourneyDriver stage = new CoreJourneyDriver();
    stage.start(FLOW, "order", Map.of("order", 7));
    return stage;
  }

  private static CoreJourneyDriver rejected() {
    CoreJourneyDriver stage = waiting();
    stage.pass(Duration.ofSeconds(62));
    return stage;
  }

  private static CoreJourneyDriver atCharge(Orchestration order) {
    CoreJourneyDriver stage = new CoreJourneyDriver();
    stage.register(order);
    stage.start(FLOW, order.name(), Map.of("order", 7));
    answerNext(stage);
    return stage;
  }

  private static Command next(CoreJourneyDriver stage) {
    List<Command> commands = stage.takeCommands();
    return commands.get(commands.size() - 1);
  }

  private static void answerNext(CoreJourneyDriver stage) {
    stage.succeed(FLOW, next(stage), Echo.NOTHING, Map.of());
  }

  private static CoreJourneyDriver backingOff() {
    CoreJourneyDriver stage = atCharge(plain());
    stage.fail(FLOW, next(stage), Echo.NOTHING, "broken", null);
    return stage;
  }

  private static CoreJourneyDriver pivotPassed() {
    CoreJourneyDriver stage = atCharge(pivot());
    answerNext(stage);
    return stage;
  }

  private static CoreJourneyDriver forwardExhausted() {
    CoreJourneyDriver stage = pivotPassed();
    stage.fail(FLOW, next(stage), Echo.NOTHING, "broken", null);
    return stage;
  }

  private static CoreJourneyDriver escalated() {
    CoreJourneyDriver stage =
        atCharge(with(plain(), STEP, s -> TestDefinitions.onTimeout(s, OnTimeout.ESCALATE)));
    stage.pass(Duration.ofSeconds(31));
    return stage;
  }

  private static CoreJourneyDriver pivotInDoubt() {
    CoreJourneyDriver stage =
        atCharge(with(pivot(), STEP, s -> TestDefinitions.retry(s, policy(1))));
    stage.pass(Duration.ofSeconds(31));
    return stage;
  }

  private static CoreJourneyDriver completed(Orchestration order) {
    CoreJourneyDriver stage = atCharge(order);
    answerNext(stage);
    answerNext(stage);
    return stage;
  }

  private static CoreJourneyDriver undoing() {
    CoreJourneyDriver stage =
        atCharge(with(plain(), STEP, s -> TestDefinitions.undoRetry(s, policy(2))));
    answerNext(stage);
    stage.failForGood(FLOW, next(stage), Echo.NOTHING, "broken");
    return stage;
  }

  private static CoreJourneyDriver faulted(CoreJourneyDriver stage) {
    stage.takeCommands();
    stage.take(FLOW, new FlowEvent.EngineFailed(stage.now(), "IllegalStateException"));
    return stage;
  }

  private static CoreJourneyDriver undoBackingOff() {
    CoreJourneyDriver stage = undoing();
    stage.fail(FLOW, next(stage), Echo.NOTHING, "broken", null);
    return stage;
  }

  private static CoreJourneyDriver undoFailed() {
    CoreJourneyDriver stage = undoBackingOff();
    stage.pass(Duration.ofMillis(1_100));
    stage.fail(FLOW, next(stage), Echo.NOTHING, "broken", null);
    return stage;
  }

  private static CoreJourneyDriver undone() {
    CoreJourneyDriver stage = undoing();
    answerNext(stage);
    answerNext(stage);
    return stage;
  }

  private static CoreJourneyDriver abandoned() {
    CoreJourneyDriver stage = atCharge(plain());
    stage.control(FLOW, ControlAction.ABANDON, null, Map.of());
    return stage;
  }
}
