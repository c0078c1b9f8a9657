package io.doundo.orchestrator.core;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.effect.Decision;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.AnswerOf;
import io.doundo.orchestrator.core.event.FlowEvent.FlowStarted;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.protocol.CommandAction;
import java.util.List;
import org.junit.jupiter.api.Test;

/** No duration is negative, even if the clock is set back. */
class ClockSetBackRegressionTest {

  private static final FlowDecider DECIDER = new FlowDecider();
  private static final Orchestration DEFINITION = chain("order", "reserve");

  @Test
  void anAttemptAndAFlowThatEndBeforeTheyBeganTookNoTime() {
    Content payload = new Content("d", 2, true);
    FlowStarted start = new FlowStarted(60_000, "flow", "life", "order", payload, "start", null);
    FlowState started = DECIDER.decide(DEFINITION, null, start).next();
    StepSucceeded answer =
        new StepSucceeded(
            1_000, "reserve", CommandAction.DO, new AnswerOf(null, 1, false), null, null);

    Decision decision = DECIDER.decide(DEFINITION, started, answer);

    List<Long> durations =
        decision.effects().stream()
            .filter(PublishFlowEvent.class::isInstance)
            .map(effect -> ((PublishFlowEvent) effect).durationMs())
            .toList();
    assertThat(durations).containsExactly(0L, 0L);
  }
}
