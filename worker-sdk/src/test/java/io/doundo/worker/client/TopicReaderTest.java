package io.doundo.worker.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TopicReaderTest {

  private static final String TOPIC = "events";
  private static final Instant SOON = Instant.parse("2026-11-30T10:00:00Z");
  private static final Instant LATER = SOON.plusSeconds(10);
  private static final TopicPartition ONE = new TopicPartition(TOPIC, 1);
  private static final TopicPartition TWO = new TopicPartition(TOPIC, 2);

  private final Topic topic = new Topic();
  private final TopicReader reader = new TopicReader(topic);

  /** Three partitions, in each of which the record of second n after {@link #SOON} is number n. */
  private static final class Topic extends MockConsumer<byte[], byte[]> {

    private final Map<TopicPartition, Long> length = new HashMap<>();
    private Runnable whileSeeking = () -> {};

    Topic() {
      super("none");
      Node node = new Node(0, "broker", 9092);
      Node[] nodes = {node};
      updatePartitions(
          TOPIC,
          IntStream.range(0, 3)
              .mapToObj(number -> new PartitionInfo(TOPIC, number, node, nodes, nodes))
              .toList());
      for (int number = 0; number < 3; number++) {
        TopicPartition partition = new TopicPartition(TOPIC, number);
        updateBeginningOffsets(Map.of(partition, 0L));
        updateEndOffsets(Map.of(partition, 0L));
      }
    }

    void append(TopicPartition partition) {
      long offset = length.merge(partition, 1L, Long::sum) - 1;
      addRecord(
          new ConsumerRecord<>(
              partition.topic(), partition.partition(), offset, null, new byte[0]));
      updateEndOffsets(Map.of(partition, offset + 1));
    }

    @Override
    public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
        Map<TopicPartition, Long> times) {
      Map<TopicPartition, OffsetAndTimestamp> found = new HashMap<>();
      times.forEach(
          (partition, at) -> {
            // The reader allows for clocks that are a minute apart.
            long second = (at + 60_000 - SOON.toEpochMilli()) / 1_000;
            long offset = Math.max(0, second);
            if (offset < length.getOrDefault(partition, 0L)) {
              found.put(partition, new OffsetAndTimestamp(offset, at));
            }
          });
      whileSeeking.run();
      return found;
    }
  }

  @AfterEach
  void close() {
    reader.close();
  }

  private List<String> next() throws InterruptedException {
    List<String> records = new ArrayList<>();
    reader.next().forEach(record -> records.add(record.partition() + ":" + record.offset()));
    return records;
  }

  private void append(TopicPartition partition, int records) {
    for (int i = 0; i < records; i++) {
      topic.append(partition);
    }
  }

  @Test
  void onlyWhatIsNeededIsReadAndItsPlaceIsKept() throws InterruptedException {
    reader.read(ONE, SOON, false);
    assertThat(next()).isEmpty();
    assertThat(topic.assignment()).containsExactly(ONE);
    append(ONE, 2);
    assertThat(next()).containsExactly("1:0", "1:1");

    reader.read(TWO, SOON, false);
    assertThat(next()).isEmpty();
    assertThat(topic.assignment()).containsExactlyInAnyOrder(ONE, TWO);
    append(ONE, 1);
    append(TWO, 1);
    assertThat(next()).containsExactlyInAnyOrder("1:2", "2:0");

    reader.retain(Set.of(TWO));
    assertThat(topic.assignment()).containsExactly(TWO);
    append(TWO, 1);
    assertThat(next()).containsExactly("2:1");
  }

  @Test
  void whatWasReadIsReadAgainOnlyFromAnEarlierMomentOrOnRequest() throws InterruptedException {
    reader.read(ONE, LATER, false);
    assertThat(next()).isEmpty();
    append(ONE, 12);
    assertThat(next()).hasSize(12);
    reader.read(ONE, LATER.plusSeconds(1), false);
    assertThat(next()).as("read already").isEmpty();
    reader.read(ONE, LATER.plusSeconds(1), true);
    assertThat(topic.position(ONE)).isEqualTo(12);
    assertThat(next()).isEmpty();
    assertThat(topic.position(ONE)).as("again").isEqualTo(11);
    reader.read(ONE, SOON, false);
    assertThat(next()).isEmpty();
    assertThat(topic.position(ONE)).as("from an earlier moment").isZero();
  }

  @Test
  void whatIsAppendedWhileItsPlaceIsLookedUpIsNotMissed() throws InterruptedException {
    topic.whileSeeking = () -> append(ONE, 1);
    reader.read(ONE, SOON, false);
    assertThat(next()).containsExactly("1:0");
  }

  @Test
  void theRecordsOfAKeyAreWhereAProducerWritesThem() {
    List<TopicPartition> partitions = reader.partitionsOf(TOPIC);
    for (int i = 0; i < 100; i++) {
      byte[] key = ("flow-" + i).getBytes(UTF_8);
      assertThat(TopicReader.partitionOf(key, partitions).partition())
          .isEqualTo(BuiltInPartitioner.partitionForKey(key, 3));
    }
  }
}
