package io.doundo.orchestrator.streams;

import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.streams.KafkaClientSupplier;

/**
 * Makes the clients of Kafka Streams and knows, on a stream thread, the consumer that it reads
 * with. Safe for any thread.
 */
class ConsumerWatch implements KafkaClientSupplier, Unread {

  private final ThreadLocal<Unread> current = ThreadLocal.withInitial(() -> Unread.NOTHING);

  /** The calling thread reads with this consumer. */
  void readingWith(Unread consumer) {
    current.set(consumer);
  }

  @Override
  public long seenUntil(TopicPartition partition, long processed, long now) {
    return current.get().seenUntil(partition, processed, now);
  }

  @Override
  public Admin getAdmin(Map<String, Object> config) {
    return Admin.create(config);
  }

  @Override
  public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
    return new OneAbortProducer(config);
  }

  @Override
  public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
    return new ObservedConsumer(config, this);
  }

  @Override
  public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
    return plainConsumer(config);
  }

  @Override
  public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
    return plainConsumer(config);
  }

  private static Consumer<byte[], byte[]> plainConsumer(Map<String, Object> config) {
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }
}
