package io.doundo.orchestrator.jobs;

import java.time.Duration;

/**
 * Decides what a job sends next. Pure: it knows the job, the rate so far and the time.
 *
 * @param send how many requests are to be sent now
 * @param waitMs how long nothing changes by itself
 * @param isEnd whether the job has ended: all is sent, and answered or beyond hope
 */
public record JobPlan(int send, long waitMs, boolean isEnd) {

  /** How long answers are awaited after the last request; an unknown flow's are held for 30 s. */
  static final Duration GIVE_UP = Duration.ofMinutes(2);

  /** How many seconds' worth of requests may be unanswered: a pause must be felt soon. */
  private static final int MOST_SECONDS_AHEAD = 10;

  private static final int LEAST_AHEAD = 50;
  private static final long IDLE_MS = 500;

  /**
   * The rate of sending: after a standstill nothing is made up for.
   *
   * @param since when it began, ms since the epoch
   * @param taken how many were sent since
   */
  record Pace(int perSecond, long since, int taken) {

    static Pace of(int perSecond, long now) {
      return new Pace(perSecond, now, 0);
    }

    /** How many are due; the first one is due at once. */
    int due(long now) {
      return (int) Math.max(0, Math.min(perSecond, behind(now)));
    }

    Pace take(int count, long now) {
      boolean isLate = behind(now) > perSecond;
      // What is late by more than a second is not caught up with.
      return isLate ? new Pace(perSecond, now, 1) : new Pace(perSecond, since, taken + count);
    }

    long waitMs(long now) {
      long next = since + (1_000L * taken + perSecond - 1) / perSecond;
      return Math.max(0, next - now);
    }

    private long behind(long now) {
      return (now - since) * perSecond / 1_000 + 1 - taken;
    }
  }

  /** What is to be done now. */
  static JobPlan next(Job job, Pace pace, long now) {
    JobProgress progress = job.progress();
    JobOrder order = job.order();
    if (order == null || job.state() != JobState.RUNNING) {
      return new JobPlan(0, IDLE_MS, false);
    }
    int matched = job.definition().matched();
    int unanswered = progress.sent() - progress.answered();
    boolean isHopeless = now - progress.lastSentAt() >= GIVE_UP.toMillis();
    if (progress.sent() >= matched) {
      return new JobPlan(0, IDLE_MS, unanswered <= 0 || isHopeless);
    }
    int ahead = Math.max(LEAST_AHEAD, MOST_SECONDS_AHEAD * job.perSecond());
    int room = isHopeless ? ahead : Math.max(0, ahead - unanswered);
    int remaining = Math.min(order.limit(), matched) - progress.sent();
    int send = Math.min(pace.due(now), Math.min(room, remaining));
    long wait = send > 0 || room == 0 ? IDLE_MS : pace.waitMs(now);
    return new JobPlan(send, Math.min(IDLE_MS, wait), false);
  }
}
