package io.doundo.history.invariant;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.history.FaultWindow;
import io.doundo.history.History;
import io.doundo.history.LedgerLine;
import io.doundo.history.LedgerLine.Kind;
import io.doundo.history.LedgerLine.Report;
import io.doundo.history.RecordPosition;
import io.doundo.history.StepWorker;
import io.doundo.history.Transition;
import io.doundo.history.Violation;
import io.doundo.orchestrator.core.FlowDecider;
import io.doundo.orchestrator.core.event.FlowEvent.FlowStarted;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.journey.TestDefinitions;
import io.doundo.protocol.CommandAction;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A DO that begins after its UNDO is excused only if the fence lost its tombstone in between. */
class LostFenceTest {

  private static final Orchestration DEFINITION = TestDefinitions.chain("order", "charge");
  private static final long UNDONE_AT = 100;
  private static final long DONE_AT = 300;

  @Test
  void aDoThatBeginsAfterItsUndoIsAViolation() {
    assertThat(violatedBy(List.of())).contains("I4");
  }

  @Test
  void aFenceThatWasEmptiedInBetweenExcusesIt() {
    assertThat(violatedBy(List.of(FaultWindow.fenceLost(200, 210)))).doesNotContain("I4");
  }

  @Test
  void aFenceThatWasEmptiedBeforeOrAfterDoesNot() {
    List<FaultWindow> windows =
        List.of(FaultWindow.fenceLost(50, 60), FaultWindow.fenceLost(400, 410));

    assertThat(violatedBy(windows)).contains("I4");
  }

  @Test
  void anyOtherFaultDoesNot() {
    List<FaultWindow> windows = List.of(new FaultWindow(200, 210, "kill -9", null, null));

    assertThat(violatedBy(windows)).contains("I4");
  }

  private static List<String> violatedBy(List<FaultWindow> windows) {
    String definition = DEFINITION.id().header();
    Transition started =
        new Transition(
            new RecordPosition("orchestrator.flow.events", 0, 0, 1),
            "flow",
            "incarnation",
            DEFINITION.name(),
            definition,
            1,
            FlowStatus.UNDONE,
            new FlowStarted(
                1, "flow", "incarnation", "order", new Content("digest", 2, true), "start", null),
            List.of());
    History history =
        new History(
            Map.of(definition, DEFINITION),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(started),
            List.of(),
            List.of(),
            List.of(
                line("undo", UNDONE_AT, CommandAction.UNDO, Kind.NOTHING_TO_REMOVE),
                line("do", DONE_AT, CommandAction.DO, Kind.CREATED)),
            List.of(new StepWorker("order", "charge", StepWorker.Kind.FENCED)),
            windows,
            Map.of(),
            History.Quiet.NEVER);
    return new HistoryChecker(new FlowDecider()::decide)
        .check(history).stream().map(Violation::invariant).toList();
  }

  private static LedgerLine line(String id, long at, CommandAction action, Kind kind) {
    return new LedgerLine(id, at, at, "flow", "charge", action, 1, 1, null, kind, Report.UNKNOWN);
  }
}
