package io.doundo.orchestrator.jobs;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How far the owner has come with a job.
 *
 * @param sent how many requests were sent, in the order of sending: the cursor
 * @param results how many flows have each result; absent for none
 * @param refusals how many flows refused for each reason
 * @param offsets up to where its log was read, by partition: the audit log, or for dead letters
 *     their topic
 * @param lastSentAt ms since the epoch, or 0
 * @param endedAt when nothing more was to be sent and everything was answered, ms since the epoch;
 *     or 0
 * @param isClosed whether the flows are no longer followed
 * @param note what keeps it from going on; null for nothing
 * @param start how it was started, as the owner took it up first; null while it has not
 */
public record JobProgress(
    int sent,
    Map<ItemResult, Integer> results,
    Map<String, Integer> refusals,
    Map<Integer, Long> offsets,
    long lastSentAt,
    long endedAt,
    boolean isClosed,
    @Nullable String note,
    @Nullable Start start) {

  /**
   * How a job was started. Of two starts at the same time, one counts.
   *
   * @param by stands in the audit log of each flow
   * @param at ms since the epoch
   * @param first the item that is asked first
   */
  public record Start(String by, long at, int first) {}

  /** Nothing was done. */
  public static final JobProgress NONE =
      new JobProgress(0, Map.of(), Map.of(), Map.of(), 0, 0, false, null, null);

  public JobProgress {
    results = Map.copyOf(results);
    refusals = Map.copyOf(refusals);
    offsets = Map.copyOf(offsets);
  }

  public int count(ItemResult result) {
    return results.getOrDefault(result, 0);
  }

  /** How many flows have accepted the request. */
  public int accepted() {
    int accepted = 0;
    for (Map.Entry<ItemResult, Integer> count : results.entrySet()) {
      accepted += count.getKey().isAccepted() ? count.getValue() : 0;
    }
    return accepted;
  }

  /** How many flows have accepted the request and ended. */
  public int ended() {
    int ended = 0;
    for (Map.Entry<ItemResult, Integer> count : results.entrySet()) {
      ended += count.getKey().isEnd() ? count.getValue() : 0;
    }
    return ended;
  }

  /** How many flows have answered the request. */
  public int answered() {
    return accepted() + count(ItemResult.REFUSED) + count(ItemResult.CHANGED);
  }
}
