package io.doundo.orchestrator.api.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.api.dashboard.DashboardWords.Execution;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.protocol.CommandAction;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each word of ours and what dashboards are shown for it. */
class DashboardWordsTest {

  private static final Set<String> EVENTS =
      Set.of(
          "ORCHESTRATION_STARTED",
          "ORCHESTRATION_COMPLETED",
          "ORCHESTRATION_FAILED",
          "STEP_STARTED",
          "STEP_SUCCESS",
          "STEP_FAILED",
          "STEP_RETRY_TRIGGERED",
          "RETRY_EXHAUSTED",
          "ROLLBACK_STARTED",
          "ROLLBACK_TRIGGERED",
          "UNDO_STARTED",
          "UNDO_COMPLETED",
          "UNDO_FAILED",
          "ROLLBACK_COMPLETED",
          "STEP_SKIPPED",
          "WORKFLOW_PAUSED",
          "WORKFLOW_RESUMED");

  @ParameterizedTest
  @CsvSource({
    "WAITING, PENDING, PENDING",
    "IN_PROGRESS, IN_PROGRESS, IN_PROGRESS",
    "COMPLETED, COMPLETED, COMPLETED",
    "UNDOING, UNDOING, UNDOING",
    "UNDONE, UNDONE, UNDONE",
    "PARKED, FAILED, FAILED",
    "ABANDONED, FAILED, FAILED",
    "REJECTED, FAILED, NOT_REGISTERED"
  })
  void aFlowIsAnExecution(FlowStatus ours, Execution known, Execution unknown) {
    assertThat(DashboardWords.execution(ours, true)).isEqualTo(known);
    assertThat(DashboardWords.execution(ours, false)).isEqualTo(unknown);
    assertThat(known.ours(true)).as("a filter finds what is shown under its word").contains(ours);
    assertThat(unknown.ours(false)).contains(ours);
  }

  @Test
  void nothingIsUnregisteredThatIsKnown() {
    assertThat(Execution.NOT_REGISTERED.ours(true)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "PENDING, PENDING, PENDING",
        "COMPUTING, IN_PROGRESS, IN_PROGRESS",
        "ARMED, IN_PROGRESS, IN_PROGRESS",
        "WAITING, IN_PROGRESS, IN_PROGRESS",
        "HELD, IN_PROGRESS, UNDOING",
        "IN_PROGRESS, IN_PROGRESS, IN_PROGRESS",
        "DO_SUCCESS, DO_SUCCESS, DO_SUCCESS",
        "DO_FAIL, DO_FAIL, DO_FAIL",
        "FAILED, DO_FAIL, DO_FAIL",
        "IN_DOUBT, DO_FAIL, DO_FAIL",
        "RETRY_EXHAUSTED, RETRY_EXHAUSTED, RETRY_EXHAUSTED",
        "UNDOING, UNDOING, UNDOING",
        "UNDO_SUCCESS, UNDO_SUCCESS, UNDO_SUCCESS",
        "UNDO_FAIL, UNDO_FAIL, UNDO_FAIL",
        "RESOLVED, DO_SUCCESS, UNDO_SUCCESS",
        "SKIPPED, -, -",
        "NOT_TAKEN, -, -",
        "GIVEN_UP, -, -"
      })
  void aStepHasOneOfTheirStatuses(StepStatus ours, String forward, String backward) {
    assertThat(DashboardWords.step(ours, false)).isEqualTo(forward);
    assertThat(DashboardWords.step(ours, true)).isEqualTo(backward);
  }

  @Test
  void everyEventOfTheirsIsShownForSomeEntryAndNoOther() {
    Set<String> shown = new TreeSet<>();
    for (FlowEventType type : FlowEventType.values()) {
      for (CommandAction action : CommandAction.values()) {
        String word = DashboardWords.event(type, action);
        if (word != null) {
          shown.add(word);
        }
      }
    }
    assertThat(shown).isEqualTo(new TreeSet<>(EVENTS));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "STEP_SUCCESS, DO, STEP_SUCCESS, DO_SUCCESS",
        "STEP_SUCCESS, UNDO, UNDO_COMPLETED, UNDO_SUCCESS",
        "STEP_FAILED, UNDO, UNDO_FAILED, UNDO_FAIL",
        "STEP_TIMED_OUT, DO, STEP_FAILED, DO_FAIL",
        "STEP_RETRY_TRIGGERED, UNDO, STEP_RETRY_TRIGGERED, UNDO_FAIL",
        "STEP_RETRY_EXHAUSTED, UNDO, RETRY_EXHAUSTED, UNDO_FAIL",
        "STEP_RETRY_EXHAUSTED, DO, RETRY_EXHAUSTED, RETRY_EXHAUSTED",
        "STEP_NOT_TAKEN, DO, STEP_SKIPPED, -",
        "STEP_RESOLVED, UNDO, UNDO_COMPLETED, UNDO_SUCCESS"
      })
  void anEventTellsTheStatusOfItsStep(
      FlowEventType type, CommandAction action, String event, String status) {
    assertThat(DashboardWords.event(type, action)).isEqualTo(event);
    assertThat(DashboardWords.stepStatus(event, action)).isEqualTo(status);
  }
}
