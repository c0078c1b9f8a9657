package io.doundo.orchestrator.streams.task;

import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;

/**
 * Holds timers back behind answers: a timer may fire only when every record that was appended
 * before it was due has been processed. Input topics are stamped by the broker as they are
 * appended, so a partition's time never runs back. Not thread-safe.
 */
final class TimerWatermark {

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

  private final ConsumerProgress progress;
  private final List<Progress> inputs;
  private final LongSupplier nanoTime;

  /**
   * The newest time at which the broker appended a record of others, ms since the epoch; or
   * negative. Records of the rekey topic carry an orchestrator's time.
   */
  private long newest;

  /** When {@link #newest} was learned, by {@link #nanoTime}. */
  private long newestLearnedAt;

  /** Everything that was appended before has been processed, ms since the epoch; or negative. */
  private long readUntil;

  /**
   * @param nanoTime a clock that only says how much time has passed
   * @param newest the newest append time the task knows from before, ms since the epoch; negative
   *     when it knows none
   */
  TimerWatermark(
      List<TopicPartition> inputs, ConsumerProgress progress, LongSupplier nanoTime, long newest) {
    this.inputs = inputs.stream().map(Progress::new).toList();
    this.progress = progress;
    this.nanoTime = nanoTime;
    this.newest = newest;
    this.readUntil = newest;
    this.newestLearnedAt = nanoTime.getAsLong();
    progress.begins(inputs);
  }

  /** A record of an input is being processed. */
  void processed(String topic, long offset, long appendedAt) {
    if (!topic.equals(Topics.REKEY)) {
      appended(appendedAt);
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
   * The broker has appended a record of others, to this task's inputs or to another's.
   *
   * @param appendedAt ms since the epoch
   */
  void appended(long appendedAt) {
    if (appendedAt > newest) {
      newest = appendedAt;
      newestLearnedAt = nanoTime.getAsLong();
    }
  }

  /**
   * This clock's time, as far as the broker's bears it out: never earlier than what the broker
   * appended, and never an hour more later than has passed since that was learned. Records that
   * other instances rely on carry this time, so that a wrong clock can neither expire their records
   * nor hide its own.
   */
  long borneOut(long now) {
    if (newest < 0) {
      return now;
    }
    long passed = TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - newestLearnedAt);
    return Math.max(newest, Math.min(now, newest + passed + FARTHEST_AHEAD_MS));
  }

  /** Up to which due time timers may fire now; ms since the epoch. */
  long at(long now) {
    long watermark = now;
    for (Progress input : inputs) {
      long seen = progress.seenUntil(input.partition, input.offset, now);
      watermark = Math.min(watermark, Math.max(seen, input.appendedAt));
    }
    readUntil = Math.max(readUntil, watermark);
    return watermark;
  }

  /**
   * Up to when everything was read, as far as this task has ever seen it; ms since the epoch, or
   * negative. In a task that has just begun it is how far its time had come where it ran before.
   */
  long readUntil() {
    return readUntil;
  }
}
