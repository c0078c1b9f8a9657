package io.doundo.bench.flow;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** The Kafka clients of relay, plain workers and driver, all with the same settings. */
public final class BenchClients {

  static final Duration POLL = Duration.ofMillis(100);

  private BenchClients() {}

  /** {@code acks=all}, idempotent, and without lingering, like the orchestrator's own. */
  static Producer<byte[], byte[]> producer(String bootstrapServers) {
    return new KafkaProducer<>(
        Map.of(
            ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
            bootstrapServers,
            ProducerConfig.ACKS_CONFIG,
            "all",
            ProducerConfig.LINGER_MS_CONFIG,
            0,
            ProducerConfig.BATCH_SIZE_CONFIG,
            65_536),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  /** Reads in large batches from where the topics end now, and commits nothing. */
  static Consumer<byte[], byte[]> consumer(
      String bootstrapServers, boolean committed, Collection<String> topics) {
    Map<String, Object> properties = new HashMap<>();
    properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5_000);
    properties.put(
        ConsumerConfig.ISOLATION_LEVEL_CONFIG, committed ? "read_committed" : "read_uncommitted");
    Consumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        topics.stream()
            .flatMap(topic -> consumer.partitionsFor(topic).stream())
            .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.endOffsets(partitions).forEach(consumer::seek);
    return consumer;
  }

  public static Admin admin(String bootstrapServers) {
    return Admin.create(Map.of("bootstrap.servers", bootstrapServers));
  }

  /** Remembers the first send that failed. */
  static final class Sends {

    private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    private final Callback callback =
        (metadata, e) -> {
          if (e != null) {
            failure.compareAndSet(null, e);
          }
        };

    Callback callback() {
      return callback;
    }

    void requireNoFailure() {
      Exception e = failure.get();
      if (e != null) {
        throw new IllegalStateException("a record could not be sent", e);
      }
    }
  }
}
