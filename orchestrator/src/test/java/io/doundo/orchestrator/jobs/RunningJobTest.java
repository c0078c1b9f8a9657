package io.doundo.orchestrator.jobs;

import static io.doundo.orchestrator.jobs.SampleJobs.NOW;
import static io.doundo.orchestrator.jobs.SampleJobs.draft;
import static io.doundo.orchestrator.jobs.SampleJobs.flows;
import static io.doundo.orchestrator.jobs.SampleJobs.record;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.jobs.JobItems.Chunk;
import io.doundo.protocol.Topics;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunningJobTest {

  private static RunningJob running(Job job) {
    return new RunningJob(job, new JobItems(Chunk.of(flows(10))), Map.of(0, 100L, 1, 200L), NOW);
  }

  private static RunningJob started(int first) {
    Job draft = draft(10);
    return running(
        new Job(draft.definition(), draft.start("kim", first, NOW), 20, JobProgress.NONE));
  }

  @Test
  void whereTheAnswersBeginIsKnownBeforeAnythingIsSent() {
    RunningJob job = started(-1);

    assertThat(job.isToBeWritten(NOW)).isTrue();
    assertThat(job.progress().offsets())
        .containsExactlyInAnyOrderEntriesOf(Map.of(0, 100L, 1, 200L));
    assertThat(job.progress().start()).isEqualTo(new JobProgress.Start("kim", NOW, 0));
  }

  @Test
  void readingOnIsWrittenNowAndThenAndNeverGoesBack() {
    RunningJob job = started(-1);
    assertThat(job.takeChanged(NOW)).isEmpty();
    job.readUpTo(Map.of(0, 500L, 1, 150L));

    assertThat(job.isToBeWritten(NOW + 1_000)).isFalse();
    assertThat(job.isToBeWritten(NOW + 10_000)).isTrue();
    assertThat(job.offsets()).containsExactlyInAnyOrderEntriesOf(Map.of(0, 500L, 1, 200L));
    assertThat(job.hasRead(0, 499)).isTrue();
    assertThat(job.hasRead(0, 500)).isFalse();
  }

  @Test
  void theRequestsFollowEachOtherFromTheCursor() {
    RunningJob job = started(3);
    job.sent(1, NOW);
    Job resumed =
        new Job(job.job().definition(), job.job().resume("kim", NOW, null), 20, JobProgress.NONE);
    job.update(resumed, NOW);

    assertThat(job.requests(4))
        .extracting(request -> request.controlId())
        .containsExactly("j-1:flow-0", "j-1:flow-1", "j-1:flow-2", "j-1:flow-4");
  }

  @Test
  void anAnswerCountsOnceAndItsFlowIsFollowed() {
    RunningJob job = started(-1);
    job.sent(10, NOW);
    assertThat(job.take(4, record("flow-4", "IN_PROGRESS", "other"))).isNull();
    assertThat(job.take(4, record("flow-4", "UNDOING", "j-1:flow-4", "CONTROL_ACCEPTED")))
        .isEqualTo(ItemResult.TRYING);
    assertThat(job.take(4, record("flow-4", "UNDOING", "j-1:flow-4", "CONTROL_ACCEPTED"))).isNull();
    assertThat(job.take(4, record("flow-4", "UNDONE", "x"))).isNull();

    assertThat(job.progress().results())
        .containsExactlyInAnyOrderEntriesOf(Map.of(ItemResult.LEFT, 9, ItemResult.UNDONE, 1));
  }

  @Test
  void aJobThatStaysPausedEnds() {
    RunningJob job = started(-1);
    Job paused =
        new Job(job.job().definition(), job.job().pause("kim", NOW, null), 20, JobProgress.NONE);
    job.update(paused, NOW);
    job.closeIfOver(NOW + RunningJob.PAUSED_MS);
    assertThat(job.isClosed()).isFalse();

    job.closeIfOver(NOW + RunningJob.PAUSED_MS + 1);
    assertThat(job.isClosed()).isTrue();
    assertThat(job.progress().note()).contains("paused for a week");
  }

  @Test
  void anEndedJobIsFollowedUntilItsFlowsHaveEnded() {
    RunningJob job = started(-1);
    job.sent(10, NOW);
    for (int i = 0; i < 10; i++) {
      job.take(i, record("flow-" + i, "UNDOING", "j-1:flow-" + i, "CONTROL_ACCEPTED"));
    }
    assertThat(job.next(NOW).isEnd()).isTrue();
    job.end(NOW);
    job.closeIfOver(NOW + 1);
    assertThat(job.isClosed()).isFalse();

    for (int i = 0; i < 10; i++) {
      job.take(i, record("flow-" + i, "UNDONE", "x"));
    }
    job.closeIfOver(NOW + 2);
    assertThat(job.isClosed()).isTrue();
  }

  @Test
  void aDeadLetterThatIsSentAgainIsFollowedUntilItIsOneAgain() {
    Job draft = new Job(SampleJobs.definition(JobVerb.RESEND, 10), null, 20, JobProgress.NONE);
    Job asked = new Job(draft.definition(), draft.start("kim", -1, NOW), 20, JobProgress.NONE);
    JobItems items = new JobItems(Chunk.ofDeadLetters(List.of("0-1", "0-2", "3-7")));
    RunningJob job = new RunningJob(asked, items, Map.of(0, 9L), NOW);

    assertThat(job.nextItems(3)).containsExactly(0, 1, 2);
    job.resent(0, null);
    job.resent(1, "it has expired");
    job.resent(2, null);
    job.deadLetteredAgain(2);
    job.deadLetteredAgain(2);
    job.deadLetteredAgain(1);
    job.resent(2, null);

    assertThat(job.progress().results())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(ItemResult.RESENT, 1, ItemResult.REFUSED, 1, ItemResult.DEAD_LETTERED_AGAIN, 1));
    assertThat(job.progress().refusals())
        .containsExactlyInAnyOrderEntriesOf(Map.of("it has expired", 1));
    assertThat(job.progress().answered()).isEqualTo(3);
    assertThat(job.definition().verb().log()).isEqualTo(Topics.DEAD_LETTER);
  }
}
