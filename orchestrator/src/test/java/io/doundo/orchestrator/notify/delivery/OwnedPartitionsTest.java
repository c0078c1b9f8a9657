package io.doundo.orchestrator.notify.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.query.ReadConsumers;
import io.doundo.orchestrator.query.notify.Deliveries;
import io.doundo.protocol.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where the notifier reads on after records were lost, and after a commit has failed. */
class OwnedPartitionsTest {

  private static final Instant NOW = Instant.parse("2027-05-04T03:00:00Z");
  private static final TopicPartition LOG = new TopicPartition(Topics.FLOW_EVENTS, 0);
  private static final TopicPartition STORED = new TopicPartition(Topics.NOTIFICATIONS, 0);
  private static final long AN_HOUR_AGO = 700;

  private final Reader consumer = new Reader();
  private final Deliveries deliveries =
      new Deliveries(new ReadConsumers("localhost:1", Map.of()), 10, 1_000);
  private final OwnedPartitions owned =
      new OwnedPartitions(consumer, deliveries, Clock.fixed(NOW, ZoneOffset.UTC));

  /** Of another consumer, which time passes for. */
  private static final class PassingClock extends Clock {
    private Instant now = NOW;

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return now;
    }
  }

  /** The audit log has the records 100 to 999. */
  private static final class Reader extends MockConsumer<byte[], byte[]> {
    private boolean refusesCommits;

    Reader() {
      super("none");
    }

    @Override
    public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
        Map<TopicPartition, Long> times) {
      Map<TopicPartition, OffsetAndTimestamp> found = new HashMap<>();
      times.forEach(
          (partition, time) -> {
            assertThat(time).isEqualTo(NOW.minus(Duration.ofHours(1)).toEpochMilli());
            found.put(partition, new OffsetAndTimestamp(AN_HOUR_AGO, time));
          });
      return found;
    }

    @Override
    public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
      if (refusesCommits) {
        throw new CommitFailedException("on purpose");
      }
      super.commitSync(offsets);
    }
  }

  @BeforeEach
  void join() {
    for (TopicPartition partition : List.of(LOG, STORED)) {
      consumer.updatePartitions(
          partition.topic(), List.of(new PartitionInfo(partition.topic(), 0, null, null, null)));
    }
    consumer.updateBeginningOffsets(Map.of(LOG, 100L, STORED, 0L));
    consumer.updateEndOffsets(Map.of(LOG, 1_000L, STORED, 0L));
    consumer.subscribe(List.of(Topics.FLOW_EVENTS), owned);
    consumer.rebalance(List.of(LOG));
    assertThat(owned.isSettled()).isFalse();
    assertThat(owned.restored()).containsExactly(0);
    assertThat(owned.isSettled()).isTrue();
    consumer.seek(LOG, 900);
  }

  @AfterEach
  void close() {
    consumer.close();
  }

  private long committed() {
    return Objects.requireNonNull(consumer.committed(Set.of(LOG)).get(LOG)).offset();
  }

  private long positionAfter(OffsetOutOfRangeException lost) {
    consumer.setPollException(lost);
    assertThat(owned.poll().isEmpty()).isTrue();
    assertThat(owned.commit(true)).isTrue();
    long position = consumer.position(LOG);
    assertThat(committed()).isEqualTo(position);
    return position;
  }

  @Test
  void afterRecordsHaveExpiredItGoesOnAtTheBeginning() {
    assertThat(positionAfter(new OffsetOutOfRangeException(Map.of(LOG, 50L)))).isEqualTo(100);
  }

  @Test
  void ofALogThatIsShorterThanItWasNoMoreThanTheLastHourIsToldAgain() {
    assertThat(positionAfter(new OffsetOutOfRangeException(Map.of(LOG, 5_000L))))
        .isEqualTo(AN_HOUR_AGO);
  }

  @Test
  void whereTheLogIsKnownToHaveBeenCutItGoesOnThere() {
    assertThat(
            positionAfter(
                new LogTruncationException(
                    Map.of(LOG, 990L), Map.of(LOG, new OffsetAndMetadata(950)))))
        .isEqualTo(950);
    assertThat(positionAfter(new LogTruncationException(Map.of(LOG, 5_000L), Map.of())))
        .isEqualTo(AN_HOUR_AGO);
  }

  @Test
  void afterACommitThatFailedNothingIsOwnedBeforeEverythingIsReadOnceMore() {
    consumer.addRecord(new ConsumerRecord<>(LOG.topic(), 0, 900, new byte[0], new byte[0]));
    assertThat(owned.poll().count()).isEqualTo(1);
    consumer.refusesCommits = true;

    assertThat(owned.commit(true)).isFalse();
    assertThat(owned.sources()).isEmpty();
    assertThat(consumer.paused()).containsExactly(LOG);

    consumer.refusesCommits = false;
    assertThat(owned.restored()).containsExactly(0);
    assertThat(owned.commit(true)).isTrue();
    assertThat(committed()).isEqualTo(901);
  }

  @Test
  void ofWhatNobodyIsToldTheOffsetIsCommittedOnceASecond() {
    PassingClock clock = new PassingClock();
    OwnedPartitions busy = new OwnedPartitions(consumer, deliveries, clock);
    assertThat(busy.commit(false)).isTrue();
    consumer.addRecord(new ConsumerRecord<>(LOG.topic(), 0, 900, new byte[0], new byte[0]));
    busy.poll();

    assertThat(busy.commit(false)).isTrue();
    assertThat(consumer.committed(Set.of(LOG)).get(LOG)).isNull();
    clock.now = NOW.plus(Duration.ofSeconds(1));
    assertThat(busy.commit(false)).isTrue();
    assertThat(committed()).isEqualTo(901);
  }

  @Test
  void whatWasReadIsCommittedBeforeItsPartitionsGo() {
    PassingClock clock = new PassingClock();
    OwnedPartitions busy = new OwnedPartitions(consumer, deliveries, clock);
    assertThat(busy.commit(false)).isTrue();
    consumer.addRecord(new ConsumerRecord<>(LOG.topic(), 0, 900, new byte[0], new byte[0]));
    busy.poll();
    assertThat(busy.commit(false)).isTrue();
    assertThat(consumer.committed(Set.of(LOG)).get(LOG)).as("not yet").isNull();

    busy.onPartitionsRevoked(List.of(LOG));
    assertThat(committed()).isEqualTo(901);
  }

  /** As when the deliveries could not be stored, after which the consumer is closed. */
  @Test
  void whatNobodyWasToldOfIsNotCommittedWhenItsPartitionsGo() {
    PassingClock clock = new PassingClock();
    OwnedPartitions failing = new OwnedPartitions(consumer, deliveries, clock);
    assertThat(failing.commit(false)).isTrue();
    consumer.addRecord(new ConsumerRecord<>(LOG.topic(), 0, 900, new byte[0], new byte[0]));
    assertThat(failing.poll().count()).isEqualTo(1);

    failing.onPartitionsRevoked(List.of(LOG));
    assertThat(consumer.committed(Set.of(LOG)).get(LOG)).isNull();
  }

  @Test
  void recordsOfWhichNobodyWasToldAreReadAgain() {
    consumer.addRecord(new ConsumerRecord<>(LOG.topic(), 0, 900, new byte[0], new byte[0]));

    owned.again(owned.poll());
    assertThat(owned.commit(true)).isTrue();

    assertThat(consumer.position(LOG)).isEqualTo(900);
    assertThat(committed()).isEqualTo(900);
  }

  @Test
  void whatIsBehindIsAsOldAsTheRecordThatWasReadLast() {
    assertThat(owned.behindMs()).as("nothing was read since it was assigned").isZero();
    consumer.addRecord(written(900, NOW.minus(Duration.ofMinutes(20))));
    owned.poll();

    assertThat(owned.behindMs()).isEqualTo(Duration.ofMinutes(20).toMillis());
    consumer.updateEndOffsets(Map.of(LOG, 901L));
    assertThat(owned.behindMs()).as("everything was read").isZero();
  }

  @Test
  void anInstanceThatDoesNotJoinTheGroupForAMinuteIsStuckAndBehind() {
    PassingClock clock = new PassingClock();
    OwnedPartitions waiting = new OwnedPartitions(consumer, deliveries, clock);
    clock.now = NOW.plus(Duration.ofMinutes(1));
    assertThat(waiting.isStuck()).isFalse();
    clock.now = NOW.plus(Duration.ofMinutes(2));

    assertThat(waiting.isStuck()).isTrue();
    assertThat(waiting.behindMs()).isEqualTo(Duration.ofMinutes(2).toMillis());
    waiting.onPartitionsAssigned(List.of());
    assertThat(waiting.isStuck()).isFalse();
    assertThat(waiting.behindMs()).isZero();
  }

  @Test
  void whileNothingIsReadItIsBehind() {
    consumer.addRecord(written(900, NOW.minus(Duration.ofMinutes(20))));
    owned.poll();
    consumer.updateEndOffsets(Map.of(LOG, 901L));
    owned.hold();

    assertThat(owned.behindMs()).isEqualTo(Duration.ofMinutes(20).toMillis());
  }

  private static ConsumerRecord<byte[], byte[]> written(long offset, Instant at) {
    return new ConsumerRecord<>(
        LOG.topic(),
        LOG.partition(),
        offset,
        at.toEpochMilli(),
        TimestampType.CREATE_TIME,
        0,
        0,
        new byte[0],
        new byte[0],
        new RecordHeaders(),
        Optional.empty());
  }
}
