package io.doundo.orchestrator.core;

import static io.doundo.orchestrator.journey.TestDefinitions.THREE_TIMES;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.effect.Decision;
import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.orchestrator.core.effect.Effect.Evaluate;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.Effect.RefuseSignal;
import io.doundo.orchestrator.core.effect.Effect.SendTurn;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.AnswerOf;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluated;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation.Truth;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation.Value;
import io.doundo.orchestrator.core.event.FlowEvent.FlowStarted;
import io.doundo.orchestrator.core.event.FlowEvent.Resolution;
import io.doundo.orchestrator.core.event.FlowEvent.SignalReceived;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.event.FlowEvent.TurnCommitted;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.core.state.Purpose;
import io.doundo.orchestrator.core.state.Signal;
import io.doundo.orchestrator.core.state.StepEffect;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.TakenSignal;
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

/** Steps that wait for a time or a signal, and the signals that a flow receives. */
class WaitsTest {

  private static final AttemptRules ATTEMPTS =
      new AttemptRules(Duration.ofSeconds(30), OnTimeout.RETRY, THREE_TIMES, THREE_TIMES);
  private static final Content START = content(1);

  private final FlowDecider decider = new FlowDecider();
  private final Map<String, Evaluation> values = new HashMap<>();
  private final List<String> asked = new ArrayList<>();
  private final List<String> commands = new ArrayList<>();
  private final List<String> audit = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private final List<String> reasons = new ArrayList<>();
  private final List<List<Content>> payloads = new ArrayList<>();
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
                      evaluate.purpose() == Purpose.SIGNAL
                          ? judged(evaluate)
                          : Objects.requireNonNull(
                              values.get(evaluate.stepName() + evaluate.purpose()));
                  events.add(new Evaluated(now, evaluate.stepName(), evaluate.purpose(), value));
                } else if (effect instanceof SendTurn turn) {
                  events.add(new TurnCommitted(now, turn.turn()));
                } else if (effect instanceof DispatchStep command) {
                  commands.add(command.action() + " " + command.stepName());
                  payloads.add(command.payload());
                } else if (effect instanceof RefuseSignal refusal) {
                  told.add(refusal.signal().controlId());
                } else if (effect instanceof PublishFlowEvent entry) {
                  assertThat(entry.controlId() != null)
                      .isEqualTo(entry.type().name().startsWith("SIGNAL_"));
                  audit.add(entry.type() + (entry.step() == null ? "" : " " + entry.step()));
                  reasons.add(String.valueOf(entry.reason()));
                }
              });
    }
    assertThat(state().steps()).extracting(StepState::status).doesNotContain(StepStatus.COMPUTING);
  }

  private FlowState state() {
    return Objects.requireNonNull(state);
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

  /** The step accepts a signal only if its payload is that of the content that it says. */
  private Evaluation judged(Evaluate evaluate) {
    Work.Signal wait =
        (Work.Signal) Objects.requireNonNull(definition).steps().get(evaluate.step()).work();
    Signal signal =
        Objects.requireNonNull(state().signals().offeredTo(evaluate.step(), wait.signal()));
    int accepted = Integer.parseInt(Objects.requireNonNull(wait.accept()));
    return content(accepted).equals(signal.payload())
        ? new Value(signal.payload())
        : new Truth(false);
  }

  private static Step accepting(int payload, String name, String... dependsOn) {
    Work.Signal work = new Work.Signal("ok", Integer.toString(payload));
    return signal(name, work, 0, OnTimeout.UNDO, dependsOn);
  }

  private static Step signal(
      String name, String signal, long seconds, OnTimeout onTimeout, String... dependsOn) {
    return signal(name, new Work.Signal(signal, null), seconds, onTimeout, dependsOn);
  }

  private static Step signal(
      String name, Work.Signal work, long seconds, OnTimeout onTimeout, String... dependsOn) {
    return new Step(
        name,
        1,
        List.of(dependsOn),
        null,
        StepData.ALL,
        work,
        AttemptRules.waiting(Duration.ofSeconds(seconds), onTimeout),
        UndoRule.NONE,
        false,
        false);
  }

  private static Step pause(String name, long seconds, String... dependsOn) {
    return step(name, null, new Work.Wait(Duration.ofSeconds(seconds), null), dependsOn);
  }

  private void send(String id, String name, int payload) {
    take(new SignalReceived(++now, id, name, content(payload), "ann"));
  }

  private void reach(long at) {
    now = at;
    take(new FlowEvent.TimeReached(at));
  }

  private List<String> audited(FlowEventType type) {
    return audit.stream().filter(entry -> entry.startsWith(type.name())).toList();
  }

  private @Nullable String refusalOf(String id) {
    return Objects.requireNonNull(state().signals().outcomeOf(id)).refusal();
  }

  @Test
  void aWaitEndsWhenItsTimeHasComeAndNotBefore() {
    start(pause("cool", 600), remote("b", null, "cool"));
    expect(FlowStatus.IN_PROGRESS, StepStatus.WAITING, StepStatus.PENDING);
    assertThat(state().times().wakeAt()).isEqualTo(601_000);

    reach(600_999);
    expect(FlowStatus.IN_PROGRESS, StepStatus.WAITING, StepStatus.PENDING);

    reach(601_000);
    expect(FlowStatus.IN_PROGRESS, StepStatus.DO_SUCCESS, StepStatus.IN_PROGRESS);
    assertThat(audit).contains("STEP_WAITING cool", "STEP_SUCCESS cool");
  }

  @Test
  void untilATimeThatHasPassedNothingWaits() {
    values.put("due" + Purpose.UNTIL, new Evaluation.Millis(999));
    start(step("due", null, new Work.Until("\"x\"")), remote("b", null, "due"));
    expect(FlowStatus.IN_PROGRESS, StepStatus.DO_SUCCESS, StepStatus.IN_PROGRESS);
  }

  @Test
  void aWaitOfCenturiesFailsAndDoesNotPassAtOnce() {
    values.put("cool" + Purpose.UNTIL, new Evaluation.Millis(Long.MAX_VALUE));
    start(step("cool", null, new Work.Wait(null, "\"x\"")));
    expect(FlowStatus.UNDONE, StepStatus.FAILED);
    assertThat(state().steps().get(0).error()).contains("more than 1830 days");
  }

  @Test
  void aLengthCountsFromTheStepsTurnAndAPointInTimeDoesNot() {
    values.put("due" + Purpose.UNTIL, new Evaluation.Millis(5_000));
    values.put("cool" + Purpose.UNTIL, new Evaluation.Millis(5_000));
    start(
        step("due", null, new Work.Until("\"x\"")),
        step("cool", null, new Work.Wait(null, "\"x\"")));
    assertThat(state().steps()).extracting(StepState::dueAt).containsExactly(5_000L, 6_000L);
  }

  @Test
  void aWaitOfManyYearsFails() {
    values.put("due" + Purpose.UNTIL, new Evaluation.Millis(Long.MAX_VALUE / 2));
    start(remote("a", null), step("due", null, new Work.Until("\"x\""), "a"));
    succeed("a", CommandAction.DO);
    expect(FlowStatus.UNDOING, StepStatus.UNDOING, StepStatus.FAILED);
  }

  @Test
  void turningBackWithdrawsAWaitAtOnce() {
    start(remote("a", null), pause("cool", 600, "a"), signal("ok", "ok", 9, OnTimeout.UNDO, "a"));
    succeed("a", CommandAction.DO);
    send("s-1", "ok", 1);
    expect(
        FlowStatus.IN_PROGRESS, StepStatus.DO_SUCCESS, StepStatus.WAITING, StepStatus.DO_SUCCESS);

    control(ControlAction.CANCEL, null);
    expect(FlowStatus.UNDOING, StepStatus.UNDOING, StepStatus.NOT_TAKEN, StepStatus.DO_SUCCESS);
    succeed("a", CommandAction.UNDO);
    expect(FlowStatus.UNDONE, StepStatus.UNDO_SUCCESS, StepStatus.NOT_TAKEN, StepStatus.DO_SUCCESS);
    assertThat(state().standingSteps()).isEmpty();
    assertThat(state().times().wakeAt()).isZero();
  }

  @Test
  void aWaitGoesOnWhileTheFlowIsPaused() {
    start(pause("cool", 10), signal("ok", "ok", 0, OnTimeout.UNDO), remote("b", null, "ok"));
    control(ControlAction.PAUSE, null);
    send("s-1", "ok", 1);
    reach(11_000);
    expect(
        FlowStatus.IN_PROGRESS, StepStatus.DO_SUCCESS, StepStatus.DO_SUCCESS, StepStatus.PENDING);
    control(ControlAction.RESUME, null);
    expect(
        FlowStatus.IN_PROGRESS,
        StepStatus.DO_SUCCESS,
        StepStatus.DO_SUCCESS,
        StepStatus.IN_PROGRESS);
  }

  @Test
  void aSignalIsTheResultOfTheStepThatWaitsForIt() {
    start(signal("ok", "approved", 0, OnTimeout.UNDO), remote("b", null, "ok"));
    assertThat(state().times().wakeAt()).isZero();
    send("s-1", "approved", 5);

    expect(FlowStatus.IN_PROGRESS, StepStatus.DO_SUCCESS, StepStatus.IN_PROGRESS);
    StepState ok = state().steps().get(0);
    assertThat(ok.result()).isEqualTo(content(5));
    assertThat(ok.takenSignal()).isEqualTo(new TakenSignal("ann", 1_001));
    assertThat(state().signals().kept()).isEmpty();
    assertThat(audit).contains("SIGNAL_TAKEN ok");
    assertThat(audited(FlowEventType.SIGNAL_KEPT)).isEmpty();
    assertThat(refusalOf("s-1")).isNull();
  }

  @Test
  void signalsBeforeTheirStepAreKeptInOrderAndEachServesOneStep() {
    start(
        remote("a", null),
        signal("first", "ok", 0, OnTimeout.UNDO, "a"),
        signal("second", "ok", 0, OnTimeout.UNDO, "first"));
    send("s-1", "ok", 1);
    send("s-2", "ok", 2);
    assertThat(audited(FlowEventType.SIGNAL_KEPT)).hasSize(2);
    succeed("a", CommandAction.DO);

    expect(
        FlowStatus.COMPLETED, StepStatus.DO_SUCCESS, StepStatus.DO_SUCCESS, StepStatus.DO_SUCCESS);
    assertThat(state().steps())
        .extracting(StepState::result)
        .containsExactly(null, content(1), content(2));
  }

  @Test
  void aRepeatedSignalChangesNothing() {
    start(
        signal("first", "ok", 0, OnTimeout.UNDO),
        signal("second", "ok", 0, OnTimeout.UNDO, "first"));
    send("s-1", "ok", 1);
    FlowState before = state();
    send("s-1", "ok", 1);
    assertThat(state()).isSameAs(before);
    expect(FlowStatus.IN_PROGRESS, StepStatus.DO_SUCCESS, StepStatus.WAITING);
  }

  @Test
  void aSignalThatNobodyWaitsForIsRefusedWithTheReason() {
    start(signal("ok", "approved", 0, OnTimeout.UNDO), remote("b", null, "ok"));
    send("s-1", "aproved", 1);
    assertThat(refusalOf("s-1")).contains("waits for no such signal, only for approved");
    expect(FlowStatus.IN_PROGRESS, StepStatus.WAITING, StepStatus.PENDING);

    send("s-2", "approved", 1);
    send("s-3", "approved", 1);
    assertThat(refusalOf("s-3")).isEqualTo("no step waits for it any more");

    succeed("b", CommandAction.DO);
    send("s-4", "approved", 1);
    assertThat(refusalOf("s-4")).isEqualTo("the flow has ended as COMPLETED");
    assertThat(audited(FlowEventType.SIGNAL_REFUSED)).hasSize(3);
  }

  @Test
  void thirtyTwoOfFortyEarlySignalsAreKept() {
    start(remote("a", null), signal("ok", "ok", 0, OnTimeout.UNDO, "a"));
    for (int i = 1; i <= 40; i++) {
      send("s-" + i, "ok", i);
    }
    assertThat(state().signals().kept()).hasSize(32);
    assertThat(refusalOf("s-32")).isNull();
    assertThat(refusalOf("s-33")).isNotNull();
    assertThat(reasons).anyMatch(reason -> reason.contains("already keeps 32 signals"));

    succeed("a", CommandAction.DO);
    expect(FlowStatus.COMPLETED, StepStatus.DO_SUCCESS, StepStatus.DO_SUCCESS);
    assertThat(state().signals().kept()).isEmpty();
    assertThat(audited(FlowEventType.SIGNAL_TAKEN)).hasSize(1);
    assertThat(audited(FlowEventType.SIGNAL_REFUSED)).hasSize(39);
  }

  @Test
  void refusedSignalsPushNoTakenOneOutOfTheMemory() {
    start(
        signal("first", "ok", 0, OnTimeout.UNDO),
        signal("second", "ok", 0, OnTimeout.UNDO, "first"));
    send("s-1", "ok", 1);
    for (int i = 1; i <= 100; i++) {
      send("x-" + i, "nobody", 2);
    }
    send("s-1", "ok", 1);
    expect(FlowStatus.IN_PROGRESS, StepStatus.DO_SUCCESS, StepStatus.WAITING);

    assertThat(state().signals().seen()).hasSize(65);
    assertThat(refusalOf("s-1")).isNull();
    assertThat(state().signals().outcomeOf("x-36")).isNull();
    assertThat(refusalOf("x-37")).isNotNull();
  }

  @Test
  void aSignalAndARequestMayHaveTheSameId() {
    start(signal("ok", "ok", 0, OnTimeout.UNDO), signal("on", "on", 0, OnTimeout.UNDO));
    pauseOrResume("c-1", ControlAction.PAUSE);
    pauseOrResume("c-2", ControlAction.RESUME);
    send("c-1", "ok", 1);
    expect(FlowStatus.IN_PROGRESS, StepStatus.DO_SUCCESS, StepStatus.WAITING);

    send("c-3", "nobody", 1);
    pauseOrResume("c-3", ControlAction.PAUSE);
    assertThat(state().paused()).isTrue();
    pauseOrResume("c-1", ControlAction.RESUME);
    assertThat(state().paused()).as("a repeat of a request is none").isTrue();
  }

  private void pauseOrResume(String id, ControlAction verb) {
    take(new ControlRequested(++now, id, verb, null, null, Resolution.DONE, "because", "ann"));
  }

  @Test
  void aFloodOfOneNameKeepsNoOtherFromTheStepThatWaitsForIt() {
    start(
        remote("a", null),
        signal("ok", "ok", 0, OnTimeout.UNDO),
        signal("late", "late", 0, OnTimeout.UNDO, "a"));
    for (int i = 1; i <= 32; i++) {
      send("s-" + i, "late", i);
    }
    send("s-33", "ok", 1);
    assertThat(refusalOf("s-33")).isNull();
    expect(
        FlowStatus.IN_PROGRESS, StepStatus.IN_PROGRESS, StepStatus.DO_SUCCESS, StepStatus.PENDING);
  }

  @Test
  void theSendersOfRefusedSignalsAreToldWheneverThatIs() {
    start(remote("a", null), signal("ok", "ok", 0, OnTimeout.UNDO, "a"));
    send("s-1", "other", 1);
    assertThat(told).containsExactly("s-1");
    send("s-2", "ok", 2);
    send("s-3", "ok", 3);
    assertThat(told).containsExactly("s-1");
    succeed("a", CommandAction.DO);
    assertThat(told).containsExactly("s-1", "s-3");
  }

  /** The signal is still kept although its outcome may have been forgotten for newer ones. */
  @Test
  void theRepeatOfAKeptSignalIsKnownHoweverManyCameSince() {
    start(remote("a", null), signal("ok", "ok", 0, OnTimeout.UNDO, "a"));
    send("s-1", "ok", 1);
    for (int i = 2; i <= 100; i++) {
      send("s-" + i, "other", 1);
    }
    send("s-1", "ok", 1);
    assertThat(state().signals().kept()).hasSize(1);
  }

  @Test
  void signalsOfMoreThanTheirBytesAreNotKept() {
    start(remote("a", null), signal("ok", "ok", 0, OnTimeout.UNDO, "a"));
    Content large = new Content("0".repeat(32), 64 * 1024, true);
    take(new SignalReceived(++now, "s-1", "ok", large, null));
    send("s-2", "ok", 1);
    assertThat(refusalOf("s-1")).isNull();
    assertThat(refusalOf("s-2")).contains("65546 bytes of signals, but keeps at most 65536");
  }

  @Test
  void aSignalThatTheStepDoesNotAcceptIsRefusedAndTheNextIsAsked() {
    start(remote("a", null), accepting(7, "ok", "a"));
    send("s-1", "ok", 1);
    send("s-2", "ok", 7);
    succeed("a", CommandAction.DO);

    expect(FlowStatus.COMPLETED, StepStatus.DO_SUCCESS, StepStatus.DO_SUCCESS);
    assertThat(refusalOf("s-1")).isEqualTo("step ok does not accept it");
    assertThat(refusalOf("s-2")).isNull();
    assertThat(state().steps().get(1).result()).isEqualTo(content(7));
    assertThat(asked).containsExactly("ok SIGNAL", "ok SIGNAL");
  }

  @Test
  void whatOneStepDoesNotAcceptTheNextOneThatWaitsIsAsked() {
    start(accepting(7, "first"), accepting(8, "second"), accepting(9, "third"));
    send("s-1", "ok", 9);
    expect(FlowStatus.IN_PROGRESS, StepStatus.WAITING, StepStatus.WAITING, StepStatus.DO_SUCCESS);
    assertThat(asked).containsExactly("first SIGNAL", "second SIGNAL", "third SIGNAL");
    assertThat(audit)
        .containsSubsequence("SIGNAL_KEPT first", "SIGNAL_KEPT second", "SIGNAL_TAKEN third");
    assertThat(refusalOf("s-1")).isNull();
    assertThat(state().signals().kept()).isEmpty();

    send("s-2", "ok", 7);
    send("s-3", "ok", 8);
    assertThat(state().status()).isEqualTo(FlowStatus.COMPLETED);
  }

  @Test
  void aSignalThatNoneOfTheWaitingStepsAcceptsIsRefusedAtOnce() {
    start(accepting(7, "first"), accepting(8, "second"), accepting(9, "late", "first"));
    send("s-1", "ok", 9);
    expect(FlowStatus.IN_PROGRESS, StepStatus.WAITING, StepStatus.WAITING, StepStatus.PENDING);
    assertThat(asked).containsExactly("first SIGNAL", "second SIGNAL");
    assertThat(refusalOf("s-1")).isEqualTo("step second does not accept it");
    assertThat(told).containsExactly("s-1");
    assertThat(audited(FlowEventType.SIGNAL_REFUSED)).containsExactly("SIGNAL_REFUSED second");
  }

  /** Its sender was told that it is kept. */
  @Test
  void anEarlySignalIsLeftToTheStepThatAcceptsIt() {
    start(remote("a", null), accepting(7, "first", "a"), accepting(8, "second", "first"));
    send("s-1", "ok", 8);
    succeed("a", CommandAction.DO);
    expect(FlowStatus.IN_PROGRESS, StepStatus.DO_SUCCESS, StepStatus.WAITING, StepStatus.PENDING);
    assertThat(state().signals().kept()).hasSize(1);
    assertThat(refusalOf("s-1")).isNull();

    int before = asked.size();
    send("s-2", "nobody", 1);
    assertThat(asked).as("no step is asked twice").hasSize(before);
    send("s-3", "ok", 7);
    assertThat(state().status()).isEqualTo(FlowStatus.COMPLETED);
    assertThat(state().steps().get(2).result()).isEqualTo(content(8));
    assertThat(told).containsExactly("s-2");
  }

  @Test
  void anEarlySignalThatNoStepAcceptsIsRefusedByTheLastOne() {
    start(remote("a", null), accepting(7, "first", "a"), accepting(8, "second", "first"));
    send("s-1", "ok", 1);
    send("s-2", "ok", 7);
    succeed("a", CommandAction.DO);
    expect(
        FlowStatus.IN_PROGRESS, StepStatus.DO_SUCCESS, StepStatus.DO_SUCCESS, StepStatus.WAITING);
    assertThat(refusalOf("s-1")).isEqualTo("step second does not accept it");
    assertThat(told).containsExactly("s-1");
  }

  @Test
  void anEarlySignalIsRefusedWhenTheStepsThatAreLeftHaveDeclinedIt() {
    start(remote("a", null), accepting(7, "first", "a"), accepting(8, "second", "first"));
    send("s-1", "ok", 1);
    succeed("a", CommandAction.DO);
    control(ControlAction.SKIP, "second");
    expect(FlowStatus.IN_PROGRESS, StepStatus.DO_SUCCESS, StepStatus.WAITING, StepStatus.SKIPPED);
    assertThat(refusalOf("s-1")).contains("none of the steps");
    assertThat(state().signals().kept()).isEmpty();
  }

  /** Signals that a step has declined keep no other from it, however many they are. */
  @Test
  void aStepIsOfferedSignalsBehindThoseThatItHasDeclined() {
    start(remote("a", null), accepting(7, "first", "a"), accepting(8, "second", "first"));
    for (int i = 1; i <= 32; i++) {
      send("s-" + i, "ok", 1);
    }
    succeed("a", CommandAction.DO);
    assertThat(state().signals().kept()).hasSize(32);
    send("s-33", "ok", 7);
    assertThat(refusalOf("s-33")).isNull();
    expect(
        FlowStatus.IN_PROGRESS, StepStatus.DO_SUCCESS, StepStatus.DO_SUCCESS, StepStatus.WAITING);
    assertThat(told).hasSize(32);
  }

  @Test
  void aFlowThatNeedsAnOperatorIsParkedWhileAnotherStepWaits() {
    start(
        signal("ok", "ok", 60, OnTimeout.ESCALATE),
        signal("other", "other", 0, OnTimeout.UNDO),
        remote("b", null, "other"));
    reach(61_000);
    expect(FlowStatus.PARKED, StepStatus.FAILED, StepStatus.WAITING, StepStatus.PENDING);
    assertThat(state().parkReason()).isEqualTo(ParkReason.ESCALATED);

    send("s-1", "other", 1);
    expect(
        FlowStatus.IN_PROGRESS, StepStatus.FAILED, StepStatus.DO_SUCCESS, StepStatus.IN_PROGRESS);
    succeed("b", CommandAction.DO);
    expect(FlowStatus.PARKED, StepStatus.FAILED, StepStatus.DO_SUCCESS, StepStatus.DO_SUCCESS);
    control(ControlAction.SKIP, "ok");
    assertThat(state().status()).isEqualTo(FlowStatus.COMPLETED);
  }

  @Test
  void theTimersOfAParkedFlowsWaitsGoOn() {
    start(
        signal("ok", "ok", 60, OnTimeout.ESCALATE), pause("cool", 600), remote("b", null, "cool"));
    reach(61_000);
    expect(FlowStatus.PARKED, StepStatus.FAILED, StepStatus.WAITING, StepStatus.PENDING);
    assertThat(state().times().wakeAt()).isEqualTo(601_000);
    reach(601_000);
    expect(
        FlowStatus.IN_PROGRESS, StepStatus.FAILED, StepStatus.DO_SUCCESS, StepStatus.IN_PROGRESS);
  }

  @Test
  void aWaitThatTimesOutTurnsAParkedFlowBack() {
    start(
        remote("a", null),
        signal("ok", "ok", 60, OnTimeout.ESCALATE, "a"),
        signal("other", "other", 600, OnTimeout.UNDO, "a"));
    succeed("a", CommandAction.DO);
    reach(62_000);
    expect(FlowStatus.PARKED, StepStatus.DO_SUCCESS, StepStatus.FAILED, StepStatus.WAITING);
    reach(state().steps().get(2).dueAt());
    expect(FlowStatus.UNDOING, StepStatus.UNDOING, StepStatus.FAILED, StepStatus.FAILED);
    assertThat(state().reason()).contains("no signal other within 10 min");
    succeed("a", CommandAction.UNDO);
    assertThat(state().status()).isEqualTo(FlowStatus.UNDONE);
  }

  /** The last of them may be the one that makes the flow complete. */
  @Test
  void everyOneOfManySignalsFindsTheStepThatAcceptsIt() {
    List<Step> steps = new ArrayList<>(List.of(remote("a", null)));
    for (int i = 1; i <= 20; i++) {
      steps.add(accepting(i, "s" + i, "a"));
    }
    start(steps.toArray(Step[]::new));
    for (int i = 20; i >= 1; i--) {
      send("c-" + i, "ok", i);
    }
    succeed("a", CommandAction.DO);
    assertThat(state().status()).isEqualTo(FlowStatus.COMPLETED);
    for (int i = 1; i <= 20; i++) {
      assertThat(state().steps().get(i).result()).isEqualTo(content(i));
    }
    assertThat(told).isEmpty();
    assertThat(asked)
        .as("each step considers each signal once at most")
        .hasSizeLessThanOrEqualTo(20 * 20);
  }

  @Test
  void aParkedFlowThatMayGoOnByItselfCanBePaused() {
    start(
        signal("ok", "ok", 60, OnTimeout.ESCALATE),
        signal("other", "other", 0, OnTimeout.UNDO),
        remote("b", null, "other"));
    reach(61_000);
    control(ControlAction.PAUSE, null);
    assertThat(state().paused()).isTrue();
    send("s-1", "other", 1);
    assertThat(commands).isEmpty();
    control(ControlAction.RESUME, null);
    assertThat(commands).containsExactly("DO b");
    succeed("b", CommandAction.DO);
    control(ControlAction.PAUSE, null);
    assertThat(reasons).contains("PAUSE refused: the flow is parked and sends nothing");
  }

  /** A signal that is refused is no news for an operator. */
  @Test
  void aSignalThatIsNotAcceptedLeavesTheFlowParked() {
    start(signal("ok", "no", 60, OnTimeout.ESCALATE), accepting(7, "other"));
    reach(61_000);
    expect(FlowStatus.PARKED, StepStatus.FAILED, StepStatus.WAITING);
    send("s-1", "ok", 1);
    expect(FlowStatus.PARKED, StepStatus.FAILED, StepStatus.WAITING);
    assertThat(audited(FlowEventType.FLOW_PARKED)).hasSize(1);
    assertThat(audited(FlowEventType.FLOW_UNPARKED)).isEmpty();
  }

  @Test
  void aParkedFlowIsUndoneWhileAStepWaits() {
    start(
        remote("a", null),
        signal("ok", "ok", 60, OnTimeout.ESCALATE, "a"),
        signal("other", "other", 0, OnTimeout.UNDO, "a"));
    succeed("a", CommandAction.DO);
    reach(62_000);
    expect(FlowStatus.PARKED, StepStatus.DO_SUCCESS, StepStatus.FAILED, StepStatus.WAITING);
    control(ControlAction.CANCEL, null);
    expect(FlowStatus.UNDOING, StepStatus.UNDOING, StepStatus.FAILED, StepStatus.NOT_TAKEN);
  }

  @Test
  void keptSignalsAreRefusedWhenTheFlowTurnsBack() {
    start(remote("a", null), signal("ok", "ok", 0, OnTimeout.UNDO, "a"));
    send("s-1", "ok", 1);
    control(ControlAction.CANCEL, null);
    assertThat(refusalOf("s-1")).contains("is being undone");
    assertThat(state().signals().kept()).isEmpty();
    send("s-2", "ok", 1);
    assertThat(refusalOf("s-2")).contains("is being undone");
  }

  @Test
  void aSignalThatDoesNotComeInTimeTurnsTheFlowBack() {
    start(remote("a", null), signal("ok", "ok", 60, OnTimeout.UNDO, "a"));
    succeed("a", CommandAction.DO);
    reach(state().times().wakeAt());
    expect(FlowStatus.IN_PROGRESS, StepStatus.DO_SUCCESS, StepStatus.WAITING);
    reach(state().steps().get(1).dueAt());
    expect(FlowStatus.UNDOING, StepStatus.UNDOING, StepStatus.FAILED);
    assertThat(state().steps().get(1).effect()).isEqualTo(StepEffect.NONE);
    assertThat(audit).contains("STEP_TIMED_OUT ok");
  }

  @Test
  void theFlowCanGoOnWithoutASignal() {
    start(
        signal("ok", "ok", 60, OnTimeout.CONTINUE), signal("again", "ok", 5, OnTimeout.UNDO, "ok"));
    reach(61_000);
    expect(FlowStatus.IN_PROGRESS, StepStatus.GIVEN_UP, StepStatus.WAITING);
    send("s-1", "ok", 1);
    expect(FlowStatus.COMPLETED, StepStatus.GIVEN_UP, StepStatus.DO_SUCCESS);
  }

  @Test
  void anEscalatedWaitIsForAnOperatorWhoCanWaitAgain() {
    start(signal("ok", "ok", 60, OnTimeout.ESCALATE));
    reach(61_000);
    expect(FlowStatus.PARKED, StepStatus.FAILED);
    assertThat(state().parkReason()).isEqualTo(ParkReason.ESCALATED);

    send("s-1", "ok", 1);
    expect(FlowStatus.PARKED, StepStatus.FAILED);
    assertThat(audited(FlowEventType.SIGNAL_KEPT)).hasSize(1);
    control(ControlAction.RETRY, "ok");
    expect(FlowStatus.COMPLETED, StepStatus.DO_SUCCESS);
  }

  @Test
  void anOperatorPassesAWaitOrSaysWhatCame() {
    start(pause("cool", 60), signal("ok", "ok", 0, OnTimeout.UNDO, "cool"));
    control(ControlAction.RETRY, "cool");
    assertThat(reasons).contains("RETRY refused: step cool has not failed; it is WAITING");
    control(ControlAction.SKIP, "cool");
    expect(FlowStatus.IN_PROGRESS, StepStatus.SKIPPED, StepStatus.WAITING);
    control(ControlAction.RESOLVE, "ok");
    expect(FlowStatus.COMPLETED, StepStatus.SKIPPED, StepStatus.RESOLVED);
    assertThat(state().steps().get(1).effect()).isEqualTo(StepEffect.NONE);
  }

  @Test
  void anAbandonedFlowWaitsForNothing() {
    start(pause("cool", 60));
    control(ControlAction.ABANDON, null);
    expect(FlowStatus.ABANDONED, StepStatus.NOT_TAKEN);
    assertThat(state().times().wakeAt()).isZero();
  }

  @Test
  void aSignalToAFlowThatWaitsForItsDefinitionIsKept() {
    take(new FlowStarted(now, "flow", "life", "order", START, "digest", null));
    send("s-1", "ok", 1);
    assertThat(state().signals().kept()).hasSize(1);
    reach(now + 61_000);
    assertThat(state().status()).isEqualTo(FlowStatus.REJECTED);
    assertThat(refusalOf("s-1")).isEqualTo("the flow has ended as REJECTED");
  }
}
