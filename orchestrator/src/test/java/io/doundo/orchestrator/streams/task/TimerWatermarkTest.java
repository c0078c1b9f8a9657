package io.doundo.orchestrator.streams.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Answers are processed before timers: failure table, row 15. */
class TimerWatermarkTest {

  private static final TopicPartition ANSWERS = new TopicPartition("answers", 0);
  private static final TopicPartition STARTS = new TopicPartition("starts", 0);
  private static final long NOW = 10_000;

  /** The answers of each partition's consumer. */
  private final Map<TopicPartition, Long> seenUntil = new HashMap<>();

  private long passed;

  private final TimerWatermark horizon =
      new TimerWatermark(
          List.of(ANSWERS, STARTS),
          (partition, processed, now) -> seenUntil.getOrDefault(partition, now),
          () -> Duration.ofMillis(passed).toNanos(),
          -1);

  @Test
  void nothingUnreadLetsEverythingDueFire() {
    assertThat(horizon.at(NOW)).isEqualTo(NOW);
  }

  @Test
  void unreadRecordsHoldBackWhatWasDueAfterTheLastOneProcessed() {
    horizon.processed("answers", 5, 7_000);
    seenUntil.put(ANSWERS, Long.MIN_VALUE);
    assertThat(horizon.at(NOW)).isEqualTo(7_000);
    horizon.processed("answers", 6, 8_000);
    assertThat(horizon.at(NOW)).isEqualTo(8_000);
  }

  @Test
  void anUnreadPartitionOfWhichNothingWasProcessedHoldsBackEverything() {
    seenUntil.put(STARTS, Long.MIN_VALUE);
    assertThat(horizon.at(NOW)).isEqualTo(Long.MIN_VALUE);
  }

  @Test
  void whatWasReadBeforeTheTaskWasRevivedHoldsNothingBack() {
    Map<TopicPartition, Long> polled = new HashMap<>(Map.of(ANSWERS, 7L, STARTS, 3L));
    ConsumerProgress consumer =
        new ConsumerProgress() {
          @Override
          public void begins(Collection<TopicPartition> partitions) {
            polled.keySet().removeAll(partitions);
          }

          @Override
          public long seenUntil(TopicPartition partition, long processed, long now) {
            return polled.getOrDefault(partition, -1L) > processed ? Long.MIN_VALUE : now;
          }
        };

    TimerWatermark revived =
        new TimerWatermark(List.of(ANSWERS, STARTS), consumer, () -> 0, NOW - 1);

    assertThat(revived.at(NOW)).isEqualTo(NOW);
  }

  @Test
  void theSlowestPartitionDecides() {
    horizon.processed("answers", 1, 9_000);
    horizon.processed("starts", 1, 4_000);
    seenUntil.put(ANSWERS, Long.MIN_VALUE);
    seenUntil.put(STARTS, Long.MIN_VALUE);
    assertThat(horizon.at(NOW)).isEqualTo(4_000);
  }

  @Test
  void timeNeverRunsBackWithinAPartition() {
    horizon.processed("answers", 1, 9_000);
    horizon.processed("answers", 2, 8_000);
    seenUntil.put(ANSWERS, Long.MIN_VALUE);
    assertThat(horizon.at(NOW)).isEqualTo(9_000);
  }

  @Test
  void aClockIsBelievedWithinAnHourOfWhatTheBrokerAppended() {
    assertThat(horizon.borneOut(NOW)).as("nothing is known").isEqualTo(NOW);
    horizon.processed("answers", 1, NOW);
    assertThat(horizon.borneOut(NOW + 5_000)).isEqualTo(NOW + 5_000);
    assertThat(horizon.borneOut(NOW - 5_000)).isEqualTo(NOW);
    assertThat(horizon.borneOut(NOW + 8 * 86_400_000L)).isEqualTo(NOW + 3_600_000);
  }

  @Test
  void whatComesFromOtherPartitionsBearsTheClockOutToo() {
    horizon.processed("answers", 1, NOW);
    horizon.appended(NOW + 8 * 86_400_000L);
    assertThat(horizon.borneOut(NOW + 8 * 86_400_000L + 1)).isEqualTo(NOW + 8 * 86_400_000L + 1);
    horizon.appended(NOW + 1);
    assertThat(horizon.borneOut(NOW)).as("time never runs back").isEqualTo(NOW + 8 * 86_400_000L);
  }

  @Test
  void theTimeOfAPartitionThatGetsNothingGoesOn() {
    horizon.processed("answers", 1, NOW);
    passed = 86_400_000L;
    assertThat(horizon.borneOut(NOW + passed)).isEqualTo(NOW + passed);
    assertThat(horizon.borneOut(NOW + 8 * 86_400_000L)).isEqualTo(NOW + passed + 3_600_000);
    horizon.processed("answers", 2, NOW + passed);
    assertThat(horizon.borneOut(NOW + 8 * 86_400_000L))
        .as("what has passed counts from the newest record on")
        .isEqualTo(NOW + passed + 3_600_000);
  }

  @Test
  void anOldLookAtTheBrokerSpeaksForItsOwnTimeOnly() {
    seenUntil.put(ANSWERS, 6_000L);
    assertThat(horizon.at(NOW)).isEqualTo(6_000);
  }

  @Test
  void whatWasReadOnceStaysRead() {
    assertThat(horizon.readUntil()).as("nobody has looked").isNegative();
    horizon.at(6_000);
    seenUntil.put(ANSWERS, Long.MIN_VALUE);
    horizon.at(NOW);
    assertThat(horizon.readUntil()).isEqualTo(6_000);
  }

  @Test
  void aTaskThatHasJustBegunHasReadAsMuchAsWhereItRanBefore() {
    TimerWatermark moved =
        new TimerWatermark(
            List.of(ANSWERS), (partition, processed, now) -> Long.MIN_VALUE, () -> 0, NOW);
    moved.at(NOW + 1_000);
    assertThat(moved.readUntil()).isEqualTo(NOW);
  }
}
