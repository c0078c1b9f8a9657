package io.doundo.orchestrator.jobs;

import static io.doundo.orchestrator.jobs.SampleJobs.NOW;
import static io.doundo.orchestrator.jobs.SampleJobs.draft;
import static io.doundo.orchestrator.jobs.SampleJobs.progress;
import static io.doundo.orchestrator.jobs.SampleJobs.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What may be asked of a job in each state, and where it stands then. */
class JobTest {

  private static Job with(Job job, @Nullable JobOrder order, JobProgress progress) {
    return new Job(job.definition(), order, job.perSecond(), progress);
  }

  private static Job with(Job job, JobOrder order) {
    return with(job, order, job.progress());
  }

  @Test
  void aDraftIsStartedWithinTenMinutes() {
    Job draft = draft(3);
    assertThat(draft.state()).isEqualTo(JobState.DRAFT);

    Job started = with(draft, draft.start("kim", -1, NOW + 599_999));
    assertThat(started.state()).isEqualTo(JobState.RUNNING);

    assertThatThrownBy(() -> draft.start("kim", -1, NOW + 600_001))
        .isInstanceOf(JobRefusedException.class)
        .hasMessageContaining("preview that is older than 10 min")
        .hasMessageContaining("nothing was sent");
    assertThatThrownBy(() -> started.start("kim", -1, NOW))
        .hasMessageContaining("is RUNNING and cannot be started again");
  }

  @Test
  void whoStartsItIsNamedInEveryRequest() {
    Job draft = draft(3);
    JobOrder order = draft.start("ann", -1, NOW);

    assertThat(order.startedBy()).isEqualTo("ann");
    assertThat(with(draft, order).pause("kim", NOW, null).startedBy()).isEqualTo("ann");
    assertThat(draft.definition().request("flow-1", 2, order.startedBy()).requestedBy())
        .isEqualTo("ann");
  }

  @Test
  void aRequestExpectsTheFrozenTransitionAndHasAnIdOfJobAndFlow() {
    JobDefinition job = draft(1).definition();

    assertThat(job.request("flow-1", 61, "kim").controlId()).isEqualTo("j-1:flow-1");
    assertThat(job.request("flow-1", 61, "kim").expect()).isNotNull();
    assertThat(new String(job.request("flow-1", 61, "kim").encode(), StandardCharsets.UTF_8))
        .contains("\"expect\":{\"transition\":61}");
    String longId = "f".repeat(255);
    assertThat(job.controlId(longId)).startsWith("j-1:").hasSize(4 + 64);
    assertThat(job.controlId(longId)).isNotEqualTo(job.controlId("g".repeat(255)));
  }

  @Test
  void oneIsTriedFirstAndTheOthersFollowWhenItIsResumed() {
    Job draft = draft(4);
    JobOrder trial = draft.start("kim", 2, NOW);
    assertThat(with(draft, trial).state()).isEqualTo(JobState.RUNNING);

    Job tried = with(draft, trial, progress(1, 0, NOW));
    assertThat(tried.state()).isEqualTo(JobState.PAUSED);
    assertThat(tried.note()).contains("One flow was tried first");

    JobOrder all = tried.resume("kim", NOW, null);
    assertThat(with(tried, all).state()).isEqualTo(JobState.RUNNING);
    assertThat(all.limit()).isEqualTo(4);
    assertThat(new int[] {all.itemAt(0), all.itemAt(1), all.itemAt(2), all.itemAt(3)})
        .containsExactly(2, 0, 1, 3);
    for (int item = 0; item < 4; item++) {
      assertThat(all.itemAt(all.positionOf(item))).isEqualTo(item);
    }
  }

  @Test
  void aTrialThatWasPausedBeforeItWasSentIsStillATrialWhenResumed() {
    Job draft = draft(4);
    Job paused = with(draft, with(draft, draft.start("kim", 0, NOW)).pause("kim", NOW, null));

    assertThat(paused.resume("kim", NOW, null).limit()).isEqualTo(1);
  }

  @Test
  void itIsPausedResumedAndStopped() {
    Job running = running(10, 4, 4);
    Job paused = with(running, running.pause("kim", NOW, null));
    assertThat(paused.state()).isEqualTo(JobState.PAUSED);
    assertThatThrownBy(() -> paused.pause("kim", NOW, null)).hasMessageContaining("already paused");
    assertThat(with(paused, paused.resume("kim", NOW, null)).state()).isEqualTo(JobState.RUNNING);
    assertThatThrownBy(() -> running.resume("kim", NOW, null))
        .hasMessageContaining("running already");

    Job stopped = with(paused, paused.stop("kim", NOW, null));
    assertThat(stopped.state()).isEqualTo(JobState.STOPPED);
    assertThatThrownBy(() -> stopped.resume("kim", NOW, null))
        .hasMessageContaining("is STOPPED and cannot be resumed");
    assertThatThrownBy(() -> stopped.rate(50)).hasMessageContaining("has ended");
    assertThatThrownBy(() -> draft(1).pause("kim", NOW, null))
        .hasMessageContaining("not started yet");
  }

  @Test
  void theRateHasBounds() {
    assertThat(running(10, 4, 4).rate(1_000)).isEqualTo(1_000);
    assertThatThrownBy(() -> running(10, 4, 4).rate(0)).hasMessageContaining("1 to 1000");
    assertThatThrownBy(() -> running(10, 4, 4).rate(1_001)).hasMessageContaining("1 to 1000");
  }

  @Test
  void requestsThatWereNeverAnsweredAreNamedAtTheEnd() {
    Job running = running(10, 10, 8);
    JobProgress ended =
        new JobProgress(
            10, running.progress().results(), Map.of(), Map.of(), NOW, NOW + 1, false, null, null);

    Job done = with(running, running.order(), ended);
    assertThat(done.state()).isEqualTo(JobState.DONE);
    assertThat(done.note()).startsWith("2 requests were sent but never answered");
  }

  @Test
  void ofTwoStartsTheOneThatTheOwnerTookUpCounts() {
    Job draft = draft(4);
    JobOrder all = draft.start("kim", -1, NOW);
    JobOrder trial = draft.start("ann", 3, NOW + 1);
    JobProgress.Start taken = new JobProgress.Start(all.startedBy(), all.startedAt(), all.first());

    assertThat(trial.of(taken).startedBy()).isEqualTo("kim");
    assertThat(trial.of(taken).itemAt(0)).as("positions mean the same items").isZero();
  }

  @Test
  void aJobThatNobodyRunsSaysSo() {
    assertThat(running(3, 0, 0).note()).contains("has not taken it up yet");
  }
}
