package io.doundo.orchestrator.jobs;

import io.doundo.orchestrator.jobs.JobOrder.Wish;
import io.doundo.protocol.text.DurationText;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A job with what was asked of it and how far it is; immutable. The methods that ask for something
 * make the order that is to be written, or refuse with the reason.
 *
 * @param order null while it was not started
 * @param perSecond how many requests are sent in a second
 */
public record Job(
    JobDefinition definition, @Nullable JobOrder order, int perSecond, JobProgress progress) {

  /** How long a preview counts. */
  public static final Duration PREVIEW_LIFE = Duration.ofMinutes(10);

  public static final int MOST_PER_SECOND = 1_000;

  public JobState state() {
    JobOrder asked = order;
    if (asked == null) {
      return JobState.DRAFT;
    }
    if (asked.wish() == Wish.STOP) {
      return JobState.STOPPED;
    }
    if (progress.endedAt() > 0) {
      return JobState.DONE;
    }
    return asked.wish() == Wish.PAUSE || isTried() ? JobState.PAUSED : JobState.RUNNING;
  }

  /** Whether one flow was asked first, and the others wait for the operator. */
  private boolean isTried() {
    JobOrder asked = order;
    return asked != null
        && asked.limit() < definition.matched()
        && progress.sent() >= asked.limit();
  }

  /** What an operator must know; null for nothing. */
  public @Nullable String note() {
    if (progress.note() != null) {
      return progress.note();
    }
    if (state() == JobState.PAUSED && isTried()) {
      return "One flow was tried first. Look at what became of it, then resume or stop the job.";
    }
    if (state() == JobState.RUNNING && progress.start() == null) {
      return "The instance that runs the jobs has not taken it up yet.";
    }
    int unanswered = progress.sent() - progress.answered();
    return state() == JobState.DONE && unanswered > 0
        ? "%d requests were sent but never answered: those flows are gone, or their audit log was not written."
            .formatted(unanswered)
        : null;
  }

  /** When the preview is outdated, ms since the epoch. */
  public long expiresAt() {
    return definition.frozenAt() + PREVIEW_LIFE.toMillis();
  }

  /**
   * Starts it.
   *
   * @param first the item to try first; negative to ask all
   */
  JobOrder start(String by, int first, long now) {
    if (state() != JobState.DRAFT) {
      throw refused("is %s and cannot be started again".formatted(state()));
    }
    if (now > expiresAt()) {
      throw refused(
          "has a preview that is older than %s, and the flows have gone on since. Make it anew: nothing was sent"
              .formatted(DurationText.of(PREVIEW_LIFE)));
    }
    boolean isTrial = first >= 0;
    int limit = isTrial ? 1 : definition.matched();
    return new JobOrder(Wish.RUN, by, now, by, now, null, limit, Math.max(0, first));
  }

  JobOrder pause(String by, long now, @Nullable String reason) {
    if (state() == JobState.PAUSED) {
      throw refused("is already paused");
    }
    JobOrder asked = started("paused");
    return asked.with(Wish.PAUSE, by, now, reason, asked.limit());
  }

  /** Goes on; after a trial, with all flows. */
  JobOrder resume(String by, long now, @Nullable String reason) {
    if (state() == JobState.RUNNING) {
      throw refused("is running already");
    }
    JobOrder asked = started("resumed");
    boolean isTrialToCome = progress.sent() < asked.limit();
    return asked.with(
        Wish.RUN, by, now, reason, isTrialToCome ? asked.limit() : definition.matched());
  }

  JobOrder stop(String by, long now, @Nullable String reason) {
    JobOrder asked = started("stopped");
    return asked.with(Wish.STOP, by, now, reason, asked.limit());
  }

  /** Checks another rate. */
  int rate(int wanted) {
    if (state().isEnd()) {
      throw refused("has ended, and sends nothing more");
    }
    return requireRate(wanted);
  }

  static int requireRate(int perSecond) {
    if (perSecond < 1 || perSecond > MOST_PER_SECOND) {
      throw new JobRefusedException(
          "perSecond must be 1 to %d, but is %d.".formatted(MOST_PER_SECOND, perSecond));
    }
    return perSecond;
  }

  private JobOrder started(String participle) {
    JobOrder asked = order;
    if (asked == null) {
      throw refused("was not started yet");
    }
    if (state().isEnd()) {
      throw refused("is %s and cannot be %s".formatted(state(), participle));
    }
    return asked;
  }

  private JobRefusedException refused(String why) {
    return new JobRefusedException("The job %s %s.".formatted(definition.jobId(), why));
  }
}
