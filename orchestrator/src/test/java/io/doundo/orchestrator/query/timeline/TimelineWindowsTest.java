package io.doundo.orchestrator.query.timeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.FlowDecider;
import io.doundo.orchestrator.core.event.FlowEvent.AnswerOf;
import io.doundo.orchestrator.core.event.FlowEvent.FlowStarted;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.journey.TestDefinitions;
import io.doundo.orchestrator.query.timeline.TimelineWindows.Window;
import io.doundo.protocol.CommandAction;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class TimelineWindowsTest {

  private static final Orchestration ORDER = TestDefinitions.chain("order", "pay", "ship");
  private static final Content CONTENT = new Content("0".repeat(32), 2, true);
  private static final long START = Duration.ofDays(1).toMillis();

  private static FlowState paidAt(long at) {
    FlowDecider decider = new FlowDecider();
    FlowState started =
        decider
            .decide(
                ORDER,
                null,
                new FlowStarted(
                    START, "f", "1".repeat(32), "order", CONTENT, "2".repeat(32), "shop"))
            .next();
    return Objects.requireNonNull(
        decider
            .decide(
                ORDER,
                started,
                new StepSucceeded(
                    at, "pay", CommandAction.DO, AnswerOf.UNMARKED, CONTENT, "worker"))
            .next());
  }

  @Test
  void aShortFlowIsOnePiece() {
    assertThat(TimelineWindows.of(paidAt(START + 2_000)))
        .containsExactly(new Window(START - 35_000, Long.MAX_VALUE));
  }

  @Test
  void aPauseOfDaysIsLeftOut() {
    long later = START + Duration.ofDays(3).toMillis();
    assertThat(TimelineWindows.of(paidAt(later)))
        .containsExactly(
            new Window(START - 35_000, START + 5_000), new Window(later - 5_000, Long.MAX_VALUE));
  }
}
