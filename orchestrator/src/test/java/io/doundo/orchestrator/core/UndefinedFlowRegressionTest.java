package io.doundo.orchestrator.core;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.effect.Decision;
import io.doundo.orchestrator.core.effect.Effect.RefuseEvent;
import io.doundo.orchestrator.core.event.FlowEvent.AnswerOf;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.event.FlowEvent.FlowStarted;
import io.doundo.orchestrator.core.event.FlowEvent.Resolution;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.ControlAction;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A flow that ended before its definition arrived has no steps, and accepts no answers. */
class UndefinedFlowRegressionTest {

  private static final FlowDecider DECIDER = new FlowDecider();

  private static FlowState abandonedWhileWaiting() {
    FlowState waiting =
        next(
            DECIDER.decide(
                null,
                null,
                new FlowStarted(
                    1, "flow", "life", "order", new Content("d", 2, true), "start", null)));
    FlowState abandoned =
        next(
            DECIDER.decide(
                null,
                waiting,
                new ControlRequested(
                    2, "c", ControlAction.ABANDON, null, null, Resolution.DONE, null, null)));
    assertThat(abandoned.status()).isEqualTo(FlowStatus.ABANDONED);
    return abandoned;
  }

  private static FlowState next(Decision decision) {
    @Nullable FlowState next = decision.next();
    assertThat(next).isNotNull();
    return next;
  }

  @Test
  void anAnswerToAFlowThatWasAbandonedWhileItWaitedIsRefused() {
    FlowState abandoned = abandonedWhileWaiting();
    StepSucceeded answer =
        new StepSucceeded(3, "reserve", CommandAction.DO, new AnswerOf(null, 1, false), null, null);

    Decision decision = DECIDER.decide(chain("order", "reserve"), abandoned, answer);

    assertThat(decision.next()).isEqualTo(abandoned);
    assertThat(decision.effects())
        .isEqualTo(List.of(new RefuseEvent("the flow is ABANDONED and has not sent a command")));
  }
}
