package io.doundo.orchestrator.api.v1;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepStatus;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Each status of ours and what the framework's clients are shown for it. */
class FrameworkStatusTest {

  private static final String CANCELLED = "CANCEL by ann: no longer needed";

  @ParameterizedTest
  @CsvSource({
    "WAITING, PENDING, PENDING",
    "IN_PROGRESS, RUNNING, RUNNING",
    "COMPLETED, COMPLETED, COMPLETED",
    "UNDOING, RUNNING, RUNNING",
    "UNDONE, FAILED, CANCELLED",
    "PARKED, FAILED, FAILED",
    "ABANDONED, CANCELLED, CANCELLED",
    "REJECTED, FAILED, CANCELLED"
  })
  void aFlowHasOneOfTheirStatuses(
      FlowStatus ours, FrameworkStatus shown, FrameworkStatus cancelled) {
    assertThat(FrameworkStatus.of(ours, false, "step a FAILED: CANCEL it")).isEqualTo(shown);
    assertThat(FrameworkStatus.of(ours, false, null)).isEqualTo(shown);
    assertThat(FrameworkStatus.of(ours, false, CANCELLED)).isEqualTo(cancelled);
    assertThat(FrameworkStatus.of(ours, false, "CANCEL")).isEqualTo(cancelled);
    assertThat(FrameworkStatus.of(ours, false, "CANCEL: no longer needed")).isEqualTo(cancelled);
    assertThat(FrameworkStatus.of(ours, false, "CANCELLATION")).isEqualTo(shown);
    assertThat(shown.ours()).as("a filter finds what is shown under its word").contains(ours);
    assertThat(cancelled.ours()).contains(ours);
  }

  @Test
  void metricsCountOnlyExecutionsThatHaveEndedAsFailed() {
    assertThat(WorkflowMetricsController.FAILED).isNotEmpty().allMatch(FlowStatus::isTerminal);
  }

  @ParameterizedTest
  @EnumSource(FlowStatus.class)
  void onlyAFlowOnItsWayForwardIsRetried(FlowStatus ours) {
    boolean isRetrying = FrameworkStatus.of(ours, true, null) == FrameworkStatus.RETRYING;
    assertThat(isRetrying).isEqualTo(ours == FlowStatus.IN_PROGRESS);
  }

  @ParameterizedTest
  @CsvSource({
    "PENDING, PENDING",
    "COMPUTING, RUNNING",
    "ARMED, RUNNING",
    "IN_PROGRESS, RUNNING",
    "WAITING, RUNNING",
    "UNDOING, RUNNING",
    "DO_SUCCESS, COMPLETED",
    "RESOLVED, COMPLETED",
    "DO_FAIL, RETRYING",
    "FAILED, FAILED",
    "RETRY_EXHAUSTED, FAILED",
    "IN_DOUBT, FAILED",
    "UNDO_FAIL, FAILED",
    "GIVEN_UP, FAILED",
    "UNDO_SUCCESS, CANCELLED",
    "SKIPPED, CANCELLED",
    "NOT_TAKEN, CANCELLED"
  })
  void aStepHasOneOfThemToo(StepStatus ours, FrameworkStatus theirs) {
    assertThat(FrameworkStatus.of(ours)).isEqualTo(theirs);
  }
}
