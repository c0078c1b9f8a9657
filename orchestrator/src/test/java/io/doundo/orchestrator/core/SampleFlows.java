package io.doundo.orchestrator.core;

import static io.doundo.orchestrator.journey.Definitions.chain;
import static io.doundo.orchestrator.journey.Definitions.policy;
import static io.doundo.orchestrator.journey.Definitions.with;

import io.doundo.orchestrator.definition.OnTimeout;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.journey.Definitions;
import io.doundo.orchestrator.journey.Stage.Command;
import io.doundo.orchestrator.journey.Stage.Echo;
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
  static Map<String, Supplier<CoreStage>> all() {
    Map<String, Supplier<CoreStage>> samples = new LinkedHashMap<>();
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
        with(plain(), STEP, Definitions::pivot), "ship", s -> Definitions.retry(s, policy(1)));
  }

  private static CoreStage waiting() {
    CoreStage stage = new CoreStage();
    stage.start(FLOW, "order", Map.of("order", 7));
    return stage;
  }

  private static CoreStage rejected() {
    CoreStage stage = waiting();
    stage.pass(Duration.ofSeconds(62));
    return stage;
  }

  private static CoreStage atCharge(Orchestration order) {
    CoreStage stage = new CoreStage();
    stage.register(order);
    stage.start(FLOW, order.name(), Map.of("order", 7));
    answerNext(stage);
    return stage;
  }

  private static Command next(CoreStage stage) {
    List<Command> commands = stage.takeCommands();
    return commands.get(commands.size() - 1);
  }

  private static void answerNext(CoreStage stage) {
    stage.succeed(FLOW, next(stage), Echo.NOTHING, Map.of());
  }

  private static CoreStage backingOff() {
    CoreStage stage = atCharge(plain());
    stage.fail(FLOW, next(stage), Echo.NOTHING, "broken", null);
    return stage;
  }

  private static CoreStage pivotPassed() {
    CoreStage stage = atCharge(pivot());
    answerNext(stage);
    return stage;
  }

  private static CoreStage forwardExhausted() {
    CoreStage stage = pivotPassed();
    stage.fail(FLOW, next(stage), Echo.NOTHING, "broken", null);
    return stage;
  }

  private static CoreStage escalated() {
    CoreStage stage =
        atCharge(with(plain(), STEP, s -> Definitions.onTimeout(s, OnTimeout.ESCALATE)));
    stage.pass(Duration.ofSeconds(31));
    return stage;
  }

  private static CoreStage pivotInDoubt() {
    CoreStage stage = atCharge(with(pivot(), STEP, s -> Definitions.retry(s, policy(1))));
    stage.pass(Duration.ofSeconds(31));
    return stage;
  }

  private static CoreStage completed(Orchestration order) {
    CoreStage stage = atCharge(order);
    answerNext(stage);
    answerNext(stage);
    return stage;
  }

  private static CoreStage undoing() {
    CoreStage stage = atCharge(with(plain(), STEP, s -> Definitions.undoRetry(s, policy(2))));
    answerNext(stage);
    stage.failForGood(FLOW, next(stage), Echo.NOTHING, "broken");
    return stage;
  }

  private static CoreStage faulted(CoreStage stage) {
    stage.takeCommands();
    stage.take(FLOW, new FlowEvent.EngineFailed(stage.now(), "IllegalStateException"));
    return stage;
  }

  private static CoreStage undoBackingOff() {
    CoreStage stage = undoing();
    stage.fail(FLOW, next(stage), Echo.NOTHING, "broken", null);
    return stage;
  }

  private static CoreStage undoFailed() {
    CoreStage stage = undoBackingOff();
    stage.pass(Duration.ofMillis(1_100));
    stage.fail(FLOW, next(stage), Echo.NOTHING, "broken", null);
    return stage;
  }

  private static CoreStage undone() {
    CoreStage stage = undoing();
    answerNext(stage);
    answerNext(stage);
    return stage;
  }

  private static CoreStage abandoned() {
    CoreStage stage = atCharge(plain());
    stage.control(FLOW, ControlVerb.ABANDON, null, Map.of());
    return stage;
  }
}
