package io.doundo.orchestrator.streams;

import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.TopicPartition;

/**
 * Holds timers back behind answers: a timer may fire only when every record that was appended
 * before it was due has been processed. Input topics are stamped by the broker as they are
 * appended, so a partition's time never runs back. Not thread-safe.
 */
final class Horizon {

  private static final class Progress {
    final TopicPartition partition;
    long offset = -1;
    long appendedAt = Long.MIN_VALUE;

    Progress(TopicPartition partition) {
      this.partition = partition;
    }
  }

  /** An orchestrator whose clock is further ahead of the broker's than this is not believed. */
  private static final long FARTHEST_AHEAD_MS = Duration.ofHours(1).toMillis();

  private final Unread unread;
  private final List<Progress> inputs;

  /**
   * The newest time at which the broker appended a record of others, ms since the epoch; or
   * negative. Records of the rekey topic carry an orchestrator's time.
   */
  private long newest;

  /**
   * @param newest the newest append time the task knows from before, ms since the epoch; negative
   *     when it knows none
   */
  Horizon(List<TopicPartition> inputs, Unread unread, long newest) {
    this.inputs = inputs.stream().map(Progress::new).toList();
    this.unread = unread;
    this.newest = newest;
  }

  /** A record of an input is being processed. */
  void processed(String topic, long offset, long appendedAt) {
    if (!topic.equals(Topics.REKEY)) {
      newest = Math.max(newest, appendedAt);
    }
    for (Progress input : inputs) {
      if (input.partition.topic().equals(topic)) {
        input.offset = offset;
        input.appendedAt = Math.max(input.appendedAt, appendedAt);
        return;
      }
    }
  }

  /**
   * This clock's time, as far as the broker's bears it out: never earlier than what the broker
   * appended, and never an hour later. What other instances go by carries this time, so that a
   * wrong clock can neither expire what they keep nor hide what it wrote itself.
   */
  long borneOut(long now) {
    return newest < 0 ? now : Math.max(newest, Math.min(now, newest + FARTHEST_AHEAD_MS));
  }

  /** Up to which due time timers may fire now; ms since the epoch. */
  long at(long now) {
    long horizon = now;
    for (Progress input : inputs) {
      long seen = unread.seenUntil(input.partition, input.offset, now);
      horizon = Math.min(horizon, Math.max(seen, input.appendedAt));
    }
    return horizon;
  }
}
