package io.doundo.orchestrator.core;

import static io.doundo.orchestrator.journey.TestDefinitions.THREE_TIMES;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.effect.Decision;
import io.doundo.orchestrator.core.effect.Effect;
import io.doundo.orchestrator.core.effect.Effect.CancelTimer;
import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.orchestrator.core.effect.Effect.Evaluate;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.Effect.ScheduleTimer;
import io.doundo.orchestrator.core.effect.Effect.SendTurn;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.AnswerOf;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluated;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation.Failed;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation.Truth;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation.Value;
import io.doundo.orchestrator.core.event.FlowEvent.FlowStarted;
import io.doundo.orchestrator.core.event.FlowEvent.Resolution;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.event.FlowEvent.TurnCommitted;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.core.state.Purpose;
import io.doundo.orchestrator.core.state.StepEffect;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.AttemptRules;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.GraphType;
import io.doundo.orchestrator.definition.OnTimeout;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.StepData;
import io.doundo.orchestrator.definition.UndoRule;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.ControlAction;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Steps with a condition, and steps that the orchestrator evaluates itself. */
class ConditionsTest {

  private static final AttemptRules ATTEMPTS =
      new AttemptRules(Duration.ofSeconds(30), OnTimeout.RETRY, THREE_TIMES, THREE_TIMES);
  private static final Work SET = new Work.Set("{}");
  private static final Content START = content(1);

  private final FlowDecider decider = new FlowDecider();
  private final Map<String, Evaluation> values = new HashMap<>();
  private final List<String> asked = new ArrayList<>();
  private final List<String> commands = new ArrayList<>();
  private final List<String> audit = new ArrayList<>();
  private final List<List<Content>> payloads = new ArrayList<>();
  private final List<Effect> timers = new ArrayList<>();
  private @Nullable FlowState state;
  private @Nullable Orchestration definition;
  private long now = 1_000;

  private static Content content(int n) {
    return new Content(String.format("%032x", n), 10, true);
  }

  private static Step step(String name, @Nullable String when, Work work, String... dependsOn) {
    UndoRule undoing = work instanceof Work.Remote ? UndoRule.OWN : UndoRule.NONE;
    return new Step(
        name, 1, List.of(dependsOn), when, StepData.ALL, work, ATTEMPTS, undoing, false, false);
  }

  private static Step remote(String name, @Nullable String when, String... dependsOn) {
    return step(name, when, Work.Remote.PLAIN, dependsOn);
  }

  private static Step pivot(String name) {
    return new Step(name, 1, List.of(), Work.Remote.PLAIN, ATTEMPTS, UndoRule.NONE, true);
  }

  private void start(Step... steps) {
    definition =
        Orchestration.of(
            new DefinitionId("order", "0123456789abcdef"),
            GraphType.GRAPH,
            List.of(steps),
            null,
            Duration.ofHours(1),
            null,
            null,
            null);
    take(new FlowStarted(now, "flow", "life", "order", START, "digest", null));
  }

  /** Applies the event and, as the engine does, the value of every expression asked for. */
  private void take(FlowEvent event) {
    Deque<FlowEvent> events = new ArrayDeque<>(List.of(event));
    while (!events.isEmpty()) {
      Decision decision = decider.decide(definition, state, events.remove());
      state = decision.next();
      decision
          .effects()
          .forEach(
              effect -> {
                if (effect instanceof Evaluate evaluate) {
                  asked.add(evaluate.stepName() + ' ' + evaluate.purpose());
                  Evaluation value =
                      Objects.requireNonNull(values.get(evaluate.stepName() + evaluate.purpose()));
                  events.add(new Evaluated(now, evaluate.stepName(), evaluate.purpose(), value));
                } else if (effect instanceof SendTurn turn) {
                  events.add(new TurnCommitted(now, turn.turn()));
                } else if (effect instanceof DispatchStep command) {
                  commands.add(command.action() + " " + command.stepName());
                  payloads.add(command.payload());
                } else if (effect instanceof PublishFlowEvent entry) {
                  audit.add(entry.type() + (entry.step() == null ? "" : " " + entry.step()));
                } else if (effect instanceof CancelTimer || effect instanceof ScheduleTimer) {
                  timers.add(effect);
                }
              });
    }
    assertThat(state().steps()).extracting(StepState::status).doesNotContain(StepStatus.COMPUTING);
  }

  private FlowState state() {
    return Objects.requireNonNull(state);
  }

  private void when(String step, boolean taken) {
    values.put(step + Purpose.WHEN, new Truth(taken));
  }

  private void succeed(String step, CommandAction action) {
    take(new StepSucceeded(++now, step, action, AnswerOf.UNMARKED, null, null));
  }

  private void control(ControlAction verb, @Nullable String step) {
    take(
        new ControlRequested(
            ++now, "control" + now, verb, step, null, Resolution.DONE, "because", "ann"));
  }

  private void expect(FlowStatus status, StepStatus... steps) {
    assertThat(state().status()).isEqualTo(status);
    assertThat(state().steps()).extracting(StepState::status).containsExactly(steps);
  }

  @Test
  void aStepWhoseConditionIsNotTrueIsPassedOverAndNothingElseIs() {
    when("b", false);
    start(remote("a", null), remote("b", "payload.gift", "a"), remote("c", null, "b"));
    succeed("a", CommandAction.DO);

    expect(
        FlowStatus.IN_PROGRESS,
        StepStatus.DO_SUCCESS,
        StepStatus.NOT_TAKEN,
        StepStatus.IN_PROGRESS);
    assertThat(commands).containsExactly("DO a", "DO c");
    assertThat(audit).contains("STEP_NOT_TAKEN b");
    assertThat(state().steps().get(1).effect()).isEqualTo(StepEffect.NONE);

    succeed("c", CommandAction.DO);
    expect(
        FlowStatus.COMPLETED, StepStatus.DO_SUCCESS, StepStatus.NOT_TAKEN, StepStatus.DO_SUCCESS);
  }

  @Test
  void aConditionIsEvaluatedOnceAndOnlyWhenItsTurnHasCome() {
    when("b", true);
    start(remote("a", null), remote("b", "payload.gift", "a"));
    assertThat(asked).isEmpty();

    succeed("a", CommandAction.DO);
    assertThat(asked).containsExactly("b WHEN");
    assertThat(commands).containsExactly("DO a", "DO b");

    take(new FlowEvent.TimeReached(now + 30_001));
    take(new FlowEvent.TimeReached(now + 31_101));
    assertThat(commands).containsExactly("DO a", "DO b", "DO b");
    assertThat(asked).hasSize(1);
  }

  /** Moving it costs two records in a store and two in its changelog, at each step. */
  @Test
  void anEvaluationLeavesTheFlowsTimerAlone() {
    when("b", true);
    when("c", false);
    start(remote("a", null), remote("b", "payload.gift", "a"), remote("c", "payload.card", "b"));
    long due = now + 30_000;
    assertThat(timers).containsExactly(new ScheduleTimer(due));

    succeed("a", CommandAction.DO);
    assertThat(asked).containsExactly("b WHEN");
    assertThat(timers).hasSize(1);

    take(new FlowEvent.TimeReached(due));
    assertThat(timers).containsExactly(new ScheduleTimer(due), new ScheduleTimer(due + 1));

    succeed("b", CommandAction.DO);
    expect(
        FlowStatus.COMPLETED, StepStatus.DO_SUCCESS, StepStatus.DO_SUCCESS, StepStatus.NOT_TAKEN);
    assertThat(timers).hasSize(3).endsWith(new CancelTimer(due + 1));
  }

  @Test
  void severalConditionsAreAskedInOneGo() {
    when("a", true);
    when("b", false);
    when("c", true);
    start(remote("a", "x"), remote("b", "y"), remote("c", "z"));

    assertThat(asked).containsExactly("a WHEN", "b WHEN", "c WHEN");
    expect(
        FlowStatus.IN_PROGRESS,
        StepStatus.IN_PROGRESS,
        StepStatus.NOT_TAKEN,
        StepStatus.IN_PROGRESS);
  }

  @Test
  void aFlowOfWhichNoStepIsTakenIsComplete() {
    when("a", false);
    start(remote("a", "false"));
    expect(FlowStatus.COMPLETED, StepStatus.NOT_TAKEN);
    assertThat(commands).isEmpty();
  }

  @Test
  void aConditionThatFailsTurnsTheFlowBack() {
    values.put("b" + Purpose.WHEN, new Failed("payload.amount: there is no such field"));
    start(remote("a", null), remote("b", "payload.amount > 1", "a"));
    succeed("a", CommandAction.DO);

    expect(FlowStatus.UNDOING, StepStatus.UNDOING, StepStatus.FAILED);
    assertThat(state().reason()).contains("payload.amount: there is no such field");
    succeed("a", CommandAction.UNDO);
    expect(FlowStatus.UNDONE, StepStatus.UNDO_SUCCESS, StepStatus.FAILED);
    assertThat(commands).containsExactly("DO a", "UNDO a");
  }

  @Test
  void aConditionThatFailsBesideOthersWithdrawsWhatWasAskedWithIt() {
    values.put("a" + Purpose.WHEN, new Failed("broken"));
    when("b", true);
    start(remote("a", "x"), remote("b", "y"));

    expect(FlowStatus.UNDONE, StepStatus.FAILED, StepStatus.PENDING);
    assertThat(commands).isEmpty();
  }

  @Test
  void aConditionThatFailsAfterThePivotParksAndRetryEvaluatesItAgain() {
    values.put("b" + Purpose.WHEN, new Failed("broken"));
    start(pivot("a"), remote("b", "x", "a"));
    succeed("a", CommandAction.DO);
    expect(FlowStatus.PARKED, StepStatus.DO_SUCCESS, StepStatus.FAILED);
    assertThat(state().parkReason()).isEqualTo(ParkReason.FORWARD_EXHAUSTED);

    when("b", true);
    control(ControlAction.RETRY, "b");
    expect(FlowStatus.IN_PROGRESS, StepStatus.DO_SUCCESS, StepStatus.IN_PROGRESS);
    assertThat(commands).containsExactly("DO a", "DO b");
  }

  @Test
  void nothingIsAskedDuringAPause() {
    when("b", false);
    start(remote("a", null), remote("b", "x", "a"));
    control(ControlAction.PAUSE, null);
    succeed("a", CommandAction.DO);
    assertThat(asked).isEmpty();

    control(ControlAction.RESUME, null);
    expect(FlowStatus.COMPLETED, StepStatus.DO_SUCCESS, StepStatus.NOT_TAKEN);
  }

  @Test
  void aStepThatWasNotTakenOwesNoUndo() {
    when("b", false);
    start(remote("a", null), remote("b", "x", "a"), remote("c", null, "b"));
    succeed("a", CommandAction.DO);
    control(ControlAction.UNDO, null);
    succeed("c", CommandAction.DO);
    succeed("c", CommandAction.UNDO);
    succeed("a", CommandAction.UNDO);

    expect(
        FlowStatus.UNDONE, StepStatus.UNDO_SUCCESS, StepStatus.NOT_TAKEN, StepStatus.UNDO_SUCCESS);
    assertThat(commands).containsExactly("DO a", "DO c", "UNDO c", "UNDO a");
  }

  @Test
  void aValueThatIsSetIsTheResultOfItsStep() {
    values.put("a" + Purpose.WORK, new Value(content(7)));
    start(step("a", null, SET), remote("b", null, "a"));

    expect(FlowStatus.IN_PROGRESS, StepStatus.DO_SUCCESS, StepStatus.IN_PROGRESS);
    assertThat(asked).containsExactly("a WORK");
    assertThat(payloads).containsExactly(List.of(START, content(7)));
    assertThat(state().steps().get(0).effect()).isEqualTo(StepEffect.NONE);
    assertThat(audit).contains(FlowEventType.STEP_SUCCESS + " a");
  }

  @Test
  void aConditionStandsBeforeWhatIsSet() {
    when("a", true);
    values.put("a" + Purpose.WORK, new Value(null));
    start(step("a", "x", SET));
    assertThat(asked).containsExactly("a WHEN", "a WORK");
    expect(FlowStatus.COMPLETED, StepStatus.DO_SUCCESS);
  }

  @Test
  void aRuleThatIsBrokenFailsItsStepAndNothingOfItIsUndone() {
    values.put("b" + Purpose.WORK, new Failed("iban is missing"));
    start(remote("a", null), step("b", null, new Work.Validate("[]"), "a"));
    succeed("a", CommandAction.DO);
    succeed("a", CommandAction.UNDO);

    expect(FlowStatus.UNDONE, StepStatus.UNDO_SUCCESS, StepStatus.FAILED);
    assertThat(state().steps().get(1).error()).isEqualTo("iban is missing");
    assertThat(commands).containsExactly("DO a", "UNDO a");
  }

  @Test
  void aSetThatFailedAfterThePivotIsComputedAgainByRetry() {
    values.put("b" + Purpose.WORK, new Failed("broken"));
    start(pivot("a"), step("b", null, SET, "a"));
    succeed("a", CommandAction.DO);
    expect(FlowStatus.PARKED, StepStatus.DO_SUCCESS, StepStatus.FAILED);

    values.put("b" + Purpose.WORK, new Value(content(3)));
    control(ControlAction.RETRY, "b");
    expect(FlowStatus.COMPLETED, StepStatus.DO_SUCCESS, StepStatus.DO_SUCCESS);
  }

  @Test
  void anAnswerToAStepWithoutWorkerIsRefused() {
    values.put("a" + Purpose.WORK, new Value(null));
    start(step("a", null, SET), remote("b", null, "a"));
    FlowState before = state();
    succeed("a", CommandAction.DO);
    assertThat(state()).isSameAs(before);
  }
}
