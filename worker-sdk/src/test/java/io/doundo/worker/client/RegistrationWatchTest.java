package io.doundo.worker.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.protocol.Topics;
import io.doundo.worker.RegistrationOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class RegistrationWatchTest {

  private static final TopicPartition STATUS = new TopicPartition(Topics.REGISTRATION_STATUS, 0);

  /** The topic of answers, with one that was appended before anybody read. */
  private static final class Answers extends MockConsumer<byte[], byte[]> {

    private final long appendedAt;
    private final byte[] answer;

    Answers(Instant appendedAt, String answer) {
      super("none");
      this.appendedAt = appendedAt.toEpochMilli();
      this.answer = answer.getBytes(UTF_8);
      Node node = new Node(0, "broker", 9092);
      Node[] nodes = {node};
      updatePartitions(
          STATUS.topic(), List.of(new PartitionInfo(STATUS.topic(), 0, node, nodes, nodes)));
      updateBeginningOffsets(Map.of(STATUS, 0L));
      updateEndOffsets(Map.of(STATUS, 1L));
    }

    @Override
    public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
        Map<TopicPartition, Long> times) {
      return times.getOrDefault(STATUS, Long.MAX_VALUE) > appendedAt
          ? Map.of()
          : Map.of(STATUS, new OffsetAndTimestamp(0, appendedAt));
    }

    @Override
    public synchronized void seek(TopicPartition partition, long offset) {
      super.seek(partition, offset);
      if (offset == 0) {
        addRecord(new ConsumerRecord<>(STATUS.topic(), 0, 0, null, answer));
      }
    }
  }

  @Test
  @Timeout(30)
  void aClockThatIsAheadOfTheBrokersMissesNoAnswer() throws Exception {
    Instant broker = Instant.now().minus(Duration.ofMinutes(10));
    Answers answers =
        new Answers(
            broker.plusMillis(40),
            "{\"orchestrationName\":\"tenants\",\"status\":\"SUCCESS\",\"source\":{\"topic\":\"%s\","
                    .formatted(Topics.REGISTRATION)
                + "\"partition\":0,\"offset\":7}}");
    RecordMetadata registration =
        new RecordMetadata(
            new TopicPartition(Topics.REGISTRATION, 0), 7, 0, broker.toEpochMilli(), 0, 100);

    assertThat(RegistrationWatch.await(answers, registration))
        .isEqualTo(new RegistrationOutcome("tenants", true, List.of(), List.of()));
    assertThat(answers.closed()).isTrue();
  }
}
