package io.doundo.orchestrator.query.tail;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Reads one record whose place is known. Stateless. */
final class RecordAt {

  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration LIMIT = Duration.ofSeconds(3);

  private RecordAt() {}

  /**
   * The value of a record; null when there is none of this key at this place any more.
   *
   * @throws TimeoutException when the broker does not answer in time
   */
  static byte @Nullable [] read(
      Consumer<byte[], byte[]> consumer, TopicPartition partition, long offset, String key) {
    byte[] wanted = key.getBytes(UTF_8);
    consumer.assign(List.of(partition));
    Long start = consumer.beginningOffsets(List.of(partition)).get(partition);
    if (start != null && start > offset) {
      return null;
    }
    consumer.seek(partition, offset);
    long begin = System.nanoTime();
    while (System.nanoTime() - begin < LIMIT.toNanos()) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL).records(partition)) {
        boolean isWanted = record.offset() == offset && Arrays.equals(wanted, record.key());
        return isWanted ? record.value() : null;
      }
      if (consumer.position(partition) > offset) {
        return null;
      }
    }
    throw new TimeoutException(
        "no record from " + partition + " at " + offset + " within " + LIMIT.toSeconds() + " s");
  }
}
