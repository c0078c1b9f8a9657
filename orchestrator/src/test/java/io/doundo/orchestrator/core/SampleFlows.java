package io.doundo.orchestrator.core;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static io.doundo.orchestrator.journey.TestDefinitions.policy;
import static io.doundo.orchestrator.journey.TestDefinitions.with;

import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.definition.AttemptRules;
import io.doundo.orchestrator.definition.OnTimeout;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.UndoRule;
import io.doundo.orchestrator.definition.Work;
import io.doundo.orchestrator.journey.JourneyDriver.Command;
import io.doundo.orchestrator.journey.JourneyDriver.Echo;
import io.doundo.orchestrator.journey.TestDefinitions;
import io.doundo.protocol.ControlAction;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** A flow in each possible state, brought there by a short journey. */
final class SampleFlows {

  static final String FLOW = "flow-1";

  /** The step that the verbs and answers of each sample concern. */
  static final String STEP = "charge";

  private SampleFlows() {}

  /** The samples by their names in the documents, built anew at each call. */
  static Map<String, Supplier<CoreJourneyDriver>> all() {
    Map<String, Supplier<CoreJourneyDriver>> samples = new LinkedHashMap<>();
    samples.put("WAITING", SampleFlows::waiting);
    samples.put("IN_PROGRESS, step in flight", () -> atCharge(plain()));
    samples.put("IN_PROGRESS, step backing off", SampleFlows::backingOff);
    samples.put("IN_PROGRESS, step waiting for a signal", () -> atCharge(withWait()));
    samples.put("IN_PROGRESS, step held", SampleFlows::held);
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
    samples.put("UNDOING, UNDO held", SampleFlows::undoHeld);
    samples.put("PARKED, UNDO_FAILED", SampleFlows::undoFailed);
    samples.put("UNDONE", SampleFlows::undone);
    samples.put("ABANDONED", SampleFlows::abandoned);
    samples.put("REJECTED", SampleFlows::rejected);
    return samples;
  }

  static Orchestration plain() {
    return chain("order", "reserve", STEP, "ship");
  }

  /** The step waits for a signal of its name. */
  private static Orchestration withWait() {
    return with(
        plain(),
        STEP,
        step ->
            new Step(
                step.name(),
                step.seq(),
                step.dependsOn(),
                new Work.Signal(STEP, null),
                AttemptRules.waiting(Duration.ofHours(1), OnTimeout.UNDO),
                UndoRule.NONE,
                false));
  }

  private static Orchestration pivot() {
    return with(
        with(plain(), STEP, TestDefinitions::pivot),
        "ship",
        s -> TestDefinitions.retry(s, policy(1)));
  }

  private static CoreJourneyDriver waiting() {
    CoreJourneyDriver driver = new CoreJourneyDriver();
    driver.start(FLOW, "order", Map.of("order", 7));
    return driver;
  }

  private static CoreJourneyDriver rejected() {
    CoreJourneyDriver driver = waiting();
    driver.pass(Duration.ofSeconds(62));
    return driver;
  }

  private static CoreJourneyDriver atCharge(Orchestration order) {
    CoreJourneyDriver driver = new CoreJourneyDriver();
    driver.register(order);
    driver.start(FLOW, order.name(), Map.of("order", 7));
    answerNext(driver);
    return driver;
  }

  private static Command next(CoreJourneyDriver driver) {
    List<Command> commands = driver.takeCommands();
    return commands.get(commands.size() - 1);
  }

  private static void answerNext(CoreJourneyDriver driver) {
    driver.succeed(FLOW, next(driver), Echo.NOTHING, Map.of());
  }

  private static Orchestration behindBreaker() {
    return with(plain(), STEP, step -> step.withBreaker("partner"));
  }

  private static CoreJourneyDriver held() {
    CoreJourneyDriver driver = new CoreJourneyDriver();
    driver.open("partner", false);
    driver.register(behindBreaker());
    driver.start(FLOW, "order", Map.of("order", 7));
    answerNext(driver);
    return driver;
  }

  private static CoreJourneyDriver undoHeld() {
    CoreJourneyDriver driver = atCharge(behindBreaker());
    answerNext(driver);
    driver.open("partner", false);
    driver.failForGood(FLOW, next(driver), Echo.NOTHING, "broken");
    return driver;
  }

  private static CoreJourneyDriver backingOff() {
    CoreJourneyDriver driver = atCharge(plain());
    driver.fail(FLOW, next(driver), Echo.NOTHING, "broken", null);
    return driver;
  }

  private static CoreJourneyDriver pivotPassed() {
    CoreJourneyDriver driver = atCharge(pivot());
    answerNext(driver);
    return driver;
  }

  private static CoreJourneyDriver forwardExhausted() {
    CoreJourneyDriver driver = pivotPassed();
    driver.fail(FLOW, next(driver), Echo.NOTHING, "broken", null);
    return driver;
  }

  private static CoreJourneyDriver escalated() {
    CoreJourneyDriver driver =
        atCharge(with(plain(), STEP, s -> TestDefinitions.onTimeout(s, OnTimeout.ESCALATE)));
    driver.pass(Duration.ofSeconds(31));
    return driver;
  }

  private static CoreJourneyDriver pivotInDoubt() {
    CoreJourneyDriver driver =
        atCharge(with(pivot(), STEP, s -> TestDefinitions.retry(s, policy(1))));
    driver.pass(Duration.ofSeconds(31));
    return driver;
  }

  private static CoreJourneyDriver completed(Orchestration order) {
    CoreJourneyDriver driver = atCharge(order);
    answerNext(driver);
    answerNext(driver);
    return driver;
  }

  private static CoreJourneyDriver undoing() {
    CoreJourneyDriver driver =
        atCharge(with(plain(), STEP, s -> TestDefinitions.undoRetry(s, policy(2))));
    answerNext(driver);
    driver.failForGood(FLOW, next(driver), Echo.NOTHING, "broken");
    return driver;
  }

  private static CoreJourneyDriver faulted(CoreJourneyDriver driver) {
    driver.takeCommands();
    driver.take(FLOW, new FlowEvent.EngineFailed(driver.now(), "IllegalStateException"));
    return driver;
  }

  private static CoreJourneyDriver undoBackingOff() {
    CoreJourneyDriver driver = undoing();
    driver.fail(FLOW, next(driver), Echo.NOTHING, "broken", null);
    return driver;
  }

  private static CoreJourneyDriver undoFailed() {
    CoreJourneyDriver driver = undoBackingOff();
    driver.pass(Duration.ofMillis(1_100));
    driver.fail(FLOW, next(driver), Echo.NOTHING, "broken", null);
    return driver;
  }

  private static CoreJourneyDriver undone() {
    CoreJourneyDriver driver = undoing();
    answerNext(driver);
    answerNext(driver);
    return driver;
  }

  private static CoreJourneyDriver abandoned() {
    CoreJourneyDriver driver = atCharge(plain());
    driver.control(FLOW, ControlAction.ABANDON, null, Map.of());
    return driver;
  }
}
