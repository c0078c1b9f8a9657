package io.doundo.orchestrator.jobs;

import org.jspecify.annotations.Nullable;

/**
 * What operators want of a job that was started.
 *
 * @param startedBy stands in the audit log of each flow
 * @param startedAt ms since the epoch
 * @param by who asked last
 * @param at when, ms since the epoch
 * @param reason why, or null; that of the start is the job's own
 * @param limit how many flows may be asked for now: one while it is only tried
 * @param first the item that is asked first; the others follow in their order
 */
public record JobOrder(
    Wish wish,
    String startedBy,
    long startedAt,
    String by,
    long at,
    @Nullable String reason,
    int limit,
    int first) {

  /** The state that is wanted. */
  public enum Wish {
    RUN,
    PAUSE,
    STOP
  }

  JobOrder with(Wish wish, String by, long at, @Nullable String reason, int limit) {
    return new JobOrder(wish, startedBy, startedAt, by, at, reason, limit, first);
  }

  /** The same wish of a job that was started so. */
  JobOrder of(JobProgress.Start start) {
    return new JobOrder(wish, start.by(), start.at(), by, at, reason, limit, start.first());
  }

  /** The item that is asked as the n-th, counting from 0. */
  int itemAt(int position) {
    if (position == 0) {
      return first;
    }
    return position <= first ? position - 1 : position;
  }

  /** The place of an item in the order of sending. */
  int positionOf(int item) {
    if (item == first) {
      return 0;
    }
    return item < first ? item + 1 : item;
  }

  /** Whether an item is among the first that were sent. */
  boolean isSent(int item, int sent) {
    return positionOf(item) < sent;
  }
}
