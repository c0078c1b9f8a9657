package io.doundo.orchestrator.jobs;

import static io.doundo.orchestrator.jobs.SampleJobs.entry;
import static io.doundo.orchestrator.jobs.SampleJobs.record;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.protocol.ControlAction;
import java.util.List;
import org.junit.jupiter.api.Test;

class JobOutcomeTest {

  private static final String ID = "j-1:flow-1";

  @Test
  void theAnswerIsThatToTheRequestOfTheJob() {
    assertThat(
            JobOutcome.answer(
                record("flow-1", "UNDOING", "j-2:flow-1", "CONTROL_ACCEPTED"),
                ControlAction.UNDO,
                ID))
        .as("of another job")
        .isNull();
    assertThat(
            JobOutcome.answer(
                record("flow-1", "UNDOING", ID, "CONTROL_ACCEPTED", "STEP_STARTED"),
                ControlAction.UNDO,
                ID))
        .isEqualTo(new JobOutcome(ItemResult.TRYING, null));
    assertThat(
            JobOutcome.answer(
                record("flow-1", "ABANDONED", ID, "CONTROL_ACCEPTED", "FLOW_ABANDONED"),
                ControlAction.ABANDON,
                ID))
        .isEqualTo(new JobOutcome(ItemResult.ABANDONED, null));
  }

  @Test
  void aRefusalHasItsReasonAndAChangedFlowIsNoRefusal() {
    assertThat(
            JobOutcome.answer(
                record(
                    "flow-1",
                    "UNDONE",
                    ID,
                    List.of(
                        entry(
                            "CONTROL_REFUSED", 0, "RETRY refused: the flow has ended as UNDONE"))),
                ControlAction.RETRY,
                ID))
        .isEqualTo(new JobOutcome(ItemResult.REFUSED, "the flow has ended as UNDONE"));
    assertThat(
            JobOutcome.answer(
                record(
                    "flow-1",
                    "PARKED",
                    ID,
                    List.of(
                        entry(
                            "CONTROL_REFUSED",
                            0,
                            "RETRY refused: CHANGED_MEANWHILE: the flow's last transition is 9"))),
                ControlAction.RETRY,
                ID))
        .isEqualTo(new JobOutcome(ItemResult.CHANGED, null));
  }

  @Test
  void aFlowRecoversWhenItEndsOrWhatWasRetriedSucceeds() {
    ItemResult trying = ItemResult.TRYING;
    assertThat(JobOutcome.since(record("f", "COMPLETED", "x"), ControlAction.RETRY, trying))
        .isEqualTo(ItemResult.COMPLETED);
    assertThat(JobOutcome.since(record("f", "UNDONE", "x"), ControlAction.UNDO, trying))
        .isEqualTo(ItemResult.UNDONE);
    assertThat(JobOutcome.since(record("f", "PARKED", "x"), ControlAction.RETRY, trying))
        .isEqualTo(ItemResult.PARKED_AGAIN);
    assertThat(
            JobOutcome.since(
                record("f", "IN_PROGRESS", "x", List.of(entry("STEP_SUCCESS", 2, null))),
                ControlAction.RETRY,
                trying))
        .isEqualTo(ItemResult.RECOVERED);
    assertThat(
            JobOutcome.since(
                record("f", "IN_PROGRESS", "x", List.of(entry("STEP_SUCCESS", 1, null))),
                ControlAction.RETRY,
                trying))
        .as("another step, which was under way before")
        .isEqualTo(trying);
    assertThat(
            JobOutcome.since(
                record("f", "IN_PROGRESS", "x"), ControlAction.RETRY, ItemResult.RECOVERED))
        .isEqualTo(ItemResult.RECOVERED);
    assertThat(
            JobOutcome.since(
                record("f", "UNDOING", "x"), ControlAction.RETRY, ItemResult.RECOVERED))
        .as("it turned back after all")
        .isEqualTo(trying);
    assertThat(
            JobOutcome.since(record("f", "PARKED", "x"), ControlAction.RETRY, ItemResult.RECOVERED))
        .isEqualTo(ItemResult.PARKED_AGAIN);
  }
}
