package io.doundo.orchestrator.core;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.effect.Decision;
import io.doundo.orchestrator.core.effect.Effect;
import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.orchestrator.core.effect.Effect.RefuseEvent;
import io.doundo.orchestrator.core.effect.Effect.TellFlow;
import io.doundo.orchestrator.core.effect.FlowMessage.Moved;
import io.doundo.orchestrator.core.event.FailureKind;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.AnswerOf;
import io.doundo.orchestrator.core.event.FlowEvent.EffectLanded;
import io.doundo.orchestrator.core.event.FlowEvent.FlowStarted;
import io.doundo.orchestrator.core.event.FlowEvent.ParentAsked;
import io.doundo.orchestrator.core.event.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.event.FlowEvent.TimeReached;
import io.doundo.orchestrator.core.event.FlowEvent.TurnCommitted;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.PartOf;
import io.doundo.orchestrator.core.state.PartStatus;
import io.doundo.orchestrator.core.state.parts.ParentVerb;
import io.doundo.orchestrator.core.state.parts.PartLink;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.protocol.CommandAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A flow that is rejected while it waits for its definition has sent nothing itself. An instance
 * that knew the definition may have sent its DO, in a transaction that was aborted.
 */
class RejectedFlowTest {

  private static final Orchestration ORDER = chain("order", "pay", "ship");
  private static final Content PAYLOAD = new Content("0".repeat(32), 2, true);
  private static final AnswerOf FIRST = new AnswerOf(null, 1, false);

  private @Nullable FlowState state;
  private final List<Effect> effects = new ArrayList<>();

  private void take(@Nullable Orchestration definition, FlowEvent event) {
    Decision decision = new FlowDecider().decide(definition, state, event);
    state = decision.next();
    effects.clear();
    effects.addAll(decision.effects());
  }

  private FlowState flow() {
    return Objects.requireNonNull(state);
  }

  private void rejected() {
    take(null, started(null));
    take(null, new TimeReached(100_000));
    assertThat(flow().status()).isEqualTo(FlowStatus.REJECTED);
  }

  private static FlowStarted started(@Nullable PartOf part) {
    return new FlowStarted(
        1, "f", "1".repeat(32), "order", PAYLOAD, "2".repeat(32), null, null, null, part, null);
  }

  private static StepSucceeded paid() {
    return new StepSucceeded(200_000, "pay", CommandAction.DO, FIRST, PAYLOAD, "worker");
  }

  private void isUndone() {
    assertThat(flow().status()).isEqualTo(FlowStatus.UNDOING);
    take(ORDER, new TurnCommitted(200_001, flow().turns().undo()));
    assertThat(effects.stream().filter(effect -> effect instanceof DispatchStep))
        .singleElement()
        .satisfies(
            effect -> {
              DispatchStep undo = (DispatchStep) effect;
              assertThat(undo.action()).isEqualTo(CommandAction.UNDO);
              assertThat(undo.stepName()).isEqualTo("pay");
            });
    take(ORDER, new StepSucceeded(200_002, "pay", CommandAction.UNDO, FIRST, null, "worker"));
    assertThat(flow().status()).isEqualTo(FlowStatus.UNDONE);
  }

  @Test
  void anEffectThatIsReportedLaterIsUndone() {
    rejected();
    take(ORDER, paid());
    isUndone();
  }

  @Test
  void soIsOneThatMayHaveHappened() {
    rejected();
    take(
        ORDER,
        new StepFailed(
            200_000, "pay", CommandAction.DO, FIRST, FailureKind.UNKNOWN, "no answer", "worker"));
    isUndone();
  }

  @Test
  void soIsOneThatLanded() {
    rejected();
    take(ORDER, new EffectLanded(200_000, "pay", CommandAction.DO, FIRST, null, "worker"));
    isUndone();
  }

  @Test
  void anAnswerWithoutEffectLeavesItAlone() {
    rejected();
    take(
        ORDER,
        new StepFailed(
            200_000, "pay", CommandAction.DO, FIRST, FailureKind.NO_EFFECT, "no", "worker"));
    assertThat(flow().status()).isEqualTo(FlowStatus.REJECTED);
    assertThat(effects).singleElement().isInstanceOf(RefuseEvent.class);
  }

  @Test
  void withoutItsDefinitionTheAnswerIsRefusedAndSoReported() {
    rejected();
    take(null, paid());
    assertThat(flow().status()).isEqualTo(FlowStatus.REJECTED);
    assertThat(effects).singleElement().isInstanceOf(RefuseEvent.class);
  }

  @Test
  void aPartThatWasTakenBackBeforeItBeganTellsItsParentThatItRepairsAnEffect() {
    PartLink link = new PartLink("p", "3".repeat(32), "items", 1, 0);
    take(null, started(new PartOf(link, "p", 1, ORDER.id(), null, null)));
    take(null, new ParentAsked(2, link, ParentVerb.BACK, "because", 0));
    assertThat(flow().status()).isEqualTo(FlowStatus.REJECTED);
    assertThat(told()).containsExactly(PartStatus.REJECTED);

    take(ORDER, paid());
    assertThat(told()).containsExactly(PartStatus.RUNNING);
    isUndone();
    assertThat(told()).containsExactly(PartStatus.UNDONE);
  }

  private List<PartStatus> told() {
    return effects.stream()
        .filter(effect -> effect instanceof TellFlow)
        .map(effect -> ((Moved) ((TellFlow) effect).message()).status())
        .toList();
  }
}
