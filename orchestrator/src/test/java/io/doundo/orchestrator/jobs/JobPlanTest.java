package io.doundo.orchestrator.jobs;

import static io.doundo.orchestrator.jobs.SampleJobs.NOW;
import static io.doundo.orchestrator.jobs.SampleJobs.draft;
import static io.doundo.orchestrator.jobs.SampleJobs.running;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.jobs.JobPlan.Pace;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class JobPlanTest {

  @Test
  void nothingIsSentOfADraftOrAPausedOrAStoppedJob() {
    Pace pace = Pace.of(20, NOW);
    Job running = running(10, 4, 4);
    JobOrder paused = running.pause("kim", NOW, null);
    JobOrder stopped = running.stop("kim", NOW, null);

    assertThat(JobPlan.next(draft(10), pace, NOW + 60_000).send()).isZero();
    assertThat(JobPlan.next(ordered(running, paused), pace, NOW + 60_000).send()).isZero();
    assertThat(JobPlan.next(ordered(running, stopped), pace, NOW + 60_000).send()).isZero();
    assertThat(JobPlan.next(running, pace, NOW + 60_000).send()).isEqualTo(6);
  }

  private static Job ordered(Job job, JobOrder order) {
    return new Job(job.definition(), order, job.perSecond(), job.progress());
  }

  @Test
  void theRateIsKeptHoweverOftenItIsAsked() {
    Random random = new Random(7);
    for (int perSecond : new int[] {1, 3, 20, 999}) {
      Pace pace = Pace.of(perSecond, NOW);
      long now = NOW;
      int sent = 0;
      for (int i = 0; i < 2_000; i++) {
        int due = pace.due(now);
        sent += due;
        pace = pace.take(due, now);
        long allowed = (now - NOW) * perSecond / 1_000 + 1;
        assertThat((long) sent).isLessThanOrEqualTo(allowed);
        now += random.nextInt(100);
      }
      assertThat((long) sent).isGreaterThanOrEqualTo((now - NOW - 100) * perSecond / 1_000);
    }
  }

  @Test
  void afterAStandstillNothingIsMadeUpFor() {
    Pace pace = Pace.of(20, NOW).take(1, NOW);
    long later = NOW + 3_600_000;

    assertThat(pace.due(later)).isEqualTo(20);
    Pace after = pace.take(20, later);
    assertThat(after.due(later)).isZero();
    assertThat(after.due(later + 1_000)).isEqualTo(20);
  }

  @Test
  void theFirstRequestIsDueAtOnceAndTheWaitEndsWithTheNext() {
    Pace pace = Pace.of(4, NOW);
    assertThat(pace.due(NOW)).isEqualTo(1);

    Pace next = pace.take(1, NOW);
    assertThat(next.due(NOW)).isZero();
    assertThat(next.waitMs(NOW)).isEqualTo(250);
    assertThat(next.due(NOW + next.waitMs(NOW))).isEqualTo(1);
  }

  @Test
  void whileTheFlowsDoNotAnswerNoMoreIsSent() {
    Job silent = running(10_000, 200, 0);
    Pace pace = Pace.of(20, NOW);
    assertThat(JobPlan.next(silent, pace, NOW + 10_000).send())
        .as("ten seconds' worth is unanswered")
        .isZero();
    assertThat(JobPlan.next(silent, pace, NOW + JobPlan.GIVE_UP.toMillis()).send())
        .as("flows that are gone do not hold it up for good")
        .isEqualTo(20);
  }

  @Test
  void itEndsOnceAllIsAnsweredOrBeyondHope() {
    Pace pace = Pace.of(20, NOW);
    assertThat(JobPlan.next(running(10, 10, 10), pace, NOW).isEnd()).isTrue();
    assertThat(JobPlan.next(running(10, 10, 9), pace, NOW + 60_000).isEnd()).isFalse();
    assertThat(JobPlan.next(running(10, 10, 9), pace, NOW + JobPlan.GIVE_UP.toMillis()).isEnd())
        .isTrue();
    assertThat(JobPlan.next(running(10, 9, 9), pace, NOW).isEnd()).isFalse();
  }

  @Test
  void aTrialSendsOne() {
    Job draft = draft(10);
    Job trial = new Job(draft.definition(), draft.start("kim", 3, NOW), 20, JobProgress.NONE);
    assertThat(JobPlan.next(trial, Pace.of(20, NOW), NOW + 5_000).send()).isEqualTo(1);

    Job tried =
        new Job(
            draft.definition(),
            trial.order(),
            20,
            new JobProgress(
                1, Map.of(ItemResult.UNDONE, 1), Map.of(), Map.of(), NOW, 0, false, null, null));
    assertThat(JobPlan.next(tried, Pace.of(20, NOW), NOW + 5_000).send()).isZero();
    assertThat(JobPlan.next(tried, Pace.of(20, NOW), NOW + 5_000).isEnd()).isFalse();
  }
}
