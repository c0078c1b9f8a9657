package io.doundo.orchestrator.streams;

import java.util.List;
import org.apache.kafka.common.TopicPartition;

/**
 * Holds timers back behind answers: a timer may fire only when every record that was appended
 * before it was due has been processed. Input topics are stamped by the broker as they are
 * appended, so a partition's time never runs back. Not for several threads.
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

  private final Unread unread;
  private final List<Progress> inputs;

  Horizon(List<TopicPartition> inputs, Unread unread) {
    this.inputs = inputs.stream().map(Progress::new).toList();
    this.unread = unread;
  }

  /** A record of an input is being processed. */
  void processed(String topic, long offset, long appendedAt) {
    for (Progress input : inputs) {
      if (input.partition.topic().equals(topic)) {
        input.offset = offset;
        input.appendedAt = Math.max(input.appendedAt, appendedAt);
        return;
      }
    }
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
