package io.doundo.orchestrator.api.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.doundo.orchestrator.jobs.ItemResult;
import io.doundo.orchestrator.jobs.Job;
import io.doundo.orchestrator.jobs.JobDefinition;
import io.doundo.orchestrator.jobs.JobOrder;
import io.doundo.orchestrator.jobs.JobPreview;
import io.doundo.orchestrator.jobs.JobProgress;
import io.doundo.orchestrator.jobs.JobState;
import io.doundo.orchestrator.jobs.JobVerb;
import io.doundo.orchestrator.query.worker.RanOn;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job as it is shown. Always, {@code matched} is the sum of {@code accepted}, {@code refused},
 * {@code changed} and {@code left}, and {@code accepted} that of the outcome.
 *
 * @param jobId null for a preview that is not stored
 * @param filter how the flows were found; null when they were found otherwise
 * @param halted who has paused or stopped it, and why; null when nobody has
 * @param expiresAt until when it can be started; null once it was
 * @param left how many were not sent yet, or not answered yet
 * @param refusals how many flows refused for each reason
 * @param note what an operator must know; null for nothing
 * @param preview absent in lists
 */
record JobView(
    @Nullable String jobId,
    JobState state,
    JobVerb verb,
    @Nullable String step,
    String reason,
    @Nullable String filter,
    @Nullable RanOn ranOn,
    String createdBy,
    Instant createdAt,
    @Nullable String startedBy,
    @Nullable Instant startedAt,
    @Nullable Halt halted,
    @Nullable Instant endedAt,
    Instant frozenAt,
    @Nullable Instant expiresAt,
    int perSecond,
    int matched,
    int sent,
    int accepted,
    int refused,
    int changed,
    int left,
    Map<String, Integer> refusals,
    Outcome outcome,
    @Nullable String note,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable JobPreview preview) {

  /**
   * That somebody has paused or stopped a job.
   *
   * @param reason null when none was given
   */
  record Halt(String by, Instant at, @Nullable String reason) {

    static @Nullable Halt of(@Nullable JobOrder order) {
      return order == null || order.wish() == JobOrder.Wish.RUN
          ? null
          : new Halt(order.by(), Instant.ofEpochMilli(order.at()), order.reason());
    }
  }

  /**
   * What has become of the flows that accepted.
   *
   * @param recovered they have completed or were undone, or run forward again
   * @param trying they are still at it
   * @param parkedAgain they wait for an operator again
   * @param abandoned they have ended otherwise
   * @param completed those of the recovered that have completed
   * @param undone those of the recovered that were undone
   * @param resent dead letters that were sent again and have not become dead letters again
   * @param deadLetteredAgain dead letters that were sent again, and have
   */
  record Outcome(
      int recovered,
      int trying,
      int parkedAgain,
      int abandoned,
      int completed,
      int undone,
      int resent,
      int deadLetteredAgain) {

    static Outcome of(JobProgress progress) {
      int completed = progress.count(ItemResult.COMPLETED);
      int undone = progress.count(ItemResult.UNDONE);
      return new Outcome(
          progress.count(ItemResult.RECOVERED) + completed + undone,
          progress.count(ItemResult.TRYING),
          progress.count(ItemResult.PARKED_AGAIN),
          progress.count(ItemResult.ABANDONED),
          completed,
          undone,
          progress.count(ItemResult.RESENT),
          progress.count(ItemResult.DEAD_LETTERED_AGAIN));
    }
  }

  static JobView of(Job job) {
    return of(job, job.definition().jobId(), job.definition().preview());
  }

  /** Without the preview, which is long. */
  static JobView inList(Job job) {
    return of(job, job.definition().jobId(), null);
  }

  static JobView unstored(Job job) {
    return of(job, null, job.definition().preview());
  }

  private static JobView of(Job job, @Nullable String jobId, @Nullable JobPreview preview) {
    JobDefinition definition = job.definition();
    JobProgress progress = job.progress();
    JobOrder order = job.order();
    int matched = definition.matched();
    long endedAt =
        progress.endedAt() == 0 && order != null && job.state() == JobState.STOPPED
            ? order.at()
            : progress.endedAt();
    return new JobView(
        jobId,
        job.state(),
        definition.verb(),
        definition.step(),
        definition.reason(),
        definition.filter(),
        definition.ranOn(),
        definition.createdBy(),
        Instant.ofEpochMilli(definition.createdAt()),
        order == null ? null : order.startedBy(),
        order == null ? null : Instant.ofEpochMilli(order.startedAt()),
        Halt.of(order),
        endedAt == 0 ? null : Instant.ofEpochMilli(endedAt),
        Instant.ofEpochMilli(definition.frozenAt()),
        order == null ? Instant.ofEpochMilli(job.expiresAt()) : null,
        job.perSecond(),
        matched,
        progress.sent(),
        progress.accepted(),
        progress.count(ItemResult.REFUSED),
        progress.count(ItemResult.CHANGED),
        matched - progress.answered(),
        progress.refusals(),
        Outcome.of(progress),
        job.note(),
        preview);
  }
}
