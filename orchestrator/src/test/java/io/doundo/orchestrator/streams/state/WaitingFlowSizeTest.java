package io.doundo.orchestrator.streams.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.FlowDecider;
import io.doundo.orchestrator.core.effect.Decision;
import io.doundo.orchestrator.core.effect.Effect;
import io.doundo.orchestrator.core.effect.Effect.SendTurn;
import io.doundo.orchestrator.core.event.FlowEvent.AnswerOf;
import io.doundo.orchestrator.core.event.FlowEvent.FlowStarted;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.event.FlowEvent.TurnCommitted;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
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
import io.doundo.orchestrator.journey.TestDefinitions;
import io.doundo.protocol.CommandAction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The cost of a flow that waits for a year: one record, and one timer if the wait has an end. */
class WaitingFlowSizeTest {

  private static final long BEGIN = 1_790_000_000_000L;
  private static final byte[] PAYLOAD =
      ("{\"plan\":\"4711\",\"notes\":\"" + "x".repeat(276) + "\"}")
          .getBytes(StandardCharsets.UTF_8);

  @Test
  void aFlowThatWaitsForAYearIsOneSmallRecord() {
    Work signal = new Work.Signal("approved", null);
    Work wait = new Work.Wait(Duration.ofDays(365), null);

    int remote = waiting(Work.Remote.PLAIN);

    assertThat(waiting(signal)).isLessThanOrEqualTo(remote).isLessThan(PAYLOAD.length + 256);
    assertThat(waiting(wait)).isLessThanOrEqualTo(remote);
  }

  /** The bytes of a flow of three steps whose second step waits. */
  private static int waiting(Work work) {
    Orchestration definition =
        Orchestration.of(
            new DefinitionId("approval", "0123456789abcdef"),
            GraphType.SEQUENTIAL,
            List.of(
                step("submit", Work.Remote.PLAIN),
                step("approval", work, "submit"),
                step("publish", Work.Remote.PLAIN, "approval")),
            null,
            Duration.ofDays(400),
            null,
            null,
            null);
    String digest = Digests.of(PAYLOAD);
    Content payload = new Content(digest, PAYLOAD.length, true);
    FlowDecider decider = new FlowDecider();
    String flowId = "0b9f8e1c-5c52-4f0b-9d0f-6a1f6cf0f3a1";
    Decision decision =
        decider.decide(
            definition,
            null,
            new FlowStarted(
                BEGIN,
                flowId,
                "0123456789abcdef0123456789abcdef",
                "approval",
                payload,
                digest,
                null));
    decision = committed(decider, definition, decision);
    decision =
        decider.decide(
            definition,
            decision.next(),
            new StepSucceeded(
                BEGIN + 20, "submit", CommandAction.DO, AnswerOf.UNMARKED, null, "plans"));
    decision = committed(decider, definition, decision);
    FlowState state = Objects.requireNonNull(decision.next());
    assertThat(state.steps().get(1).status())
        .isEqualTo(work instanceof Work.Remote ? StepStatus.IN_PROGRESS : StepStatus.WAITING);
    return FlowStateCodec.encode(state, null, Map.of(digest, PAYLOAD)).length;
  }

  private static Decision committed(
      FlowDecider decider, Orchestration definition, Decision decision) {
    for (Effect effect : decision.effects()) {
      if (effect instanceof SendTurn turn) {
        return decider.decide(
            definition, decision.next(), new TurnCommitted(BEGIN + 10, turn.turn()));
      }
    }
    return decision;
  }

  private static Step step(String name, Work work, String... dependsOn) {
    return new Step(
        name,
        1,
        List.of(dependsOn),
        null,
        StepData.ALL,
        work,
        new AttemptRules(
            Duration.ofDays(365),
            OnTimeout.RETRY,
            TestDefinitions.THREE_TIMES,
            TestDefinitions.THREE_TIMES),
        work instanceof Work.Remote ? UndoRule.OWN : UndoRule.NONE,
        false,
        false);
  }
}
