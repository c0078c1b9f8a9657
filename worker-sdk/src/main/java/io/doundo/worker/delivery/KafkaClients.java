package io.doundo.worker.delivery;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.MetadataRecoveryStrategy;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.GroupProtocol;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Kafka clients with the settings that delivery relies on; others are taken from the user. */
public final class KafkaClients {

  private static final long BLOCK_MS = 5_000;
  private static final int BATCH_BYTES = 64 * 1024;

  /**
   * A consumer has one fetch at a time under way to a broker. While the busy partitions are paused,
   * it asks for the idle ones only, and one that is resumed waits until that fetch returns.
   */
  private static final int FETCH_WAIT_MS = 50;

  private KafkaClients() {}

  /**
   * A producer that loses nothing. Sending waits up to 5 seconds while the producer does not know
   * the topic or has no memory left.
   */
  public static Producer<byte[], byte[]> producer(Map<String, Object> user) {
    return producer(user, BLOCK_MS);
  }

  /**
   * The same, and sending never waits: what cannot be accepted at once is refused, with a {@link
   * org.apache.kafka.common.errors.TimeoutException} that its callback is given on the calling
   * thread.
   */
  static Producer<byte[], byte[]> answers(Map<String, Object> user) {
    return producer(user, 0);
  }

  private static Producer<byte[], byte[]> producer(Map<String, Object> user, long blockMs) {
    Map<String, Object> properties = new HashMap<>();
    properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    properties.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    // While one request is on its way the next answers gather, and leave together: a broker and an
    // orchestrator pay by the request. Nobody waits when none is on its way.
    properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1);
    properties.put(ProducerConfig.BATCH_SIZE_CONFIG, BATCH_BYTES);
    properties.putAll(user);
    properties.put(ProducerConfig.ACKS_CONFIG, "all");
    properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, blockMs);
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  static Consumer<byte[], byte[]> consumer(Map<String, Object> user, String group) {
    return new KafkaConsumer<>(
        consumerProperties(user, group), new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  static Map<String, Object> consumerProperties(Map<String, Object> user, String group) {
    Map<String, Object> properties = new HashMap<>();
    properties.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, FETCH_WAIT_MS);
    if (isClassic(user)) {
      properties.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000);
      properties.put(
          ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
          CooperativeStickyAssignor.class.getName());
    }
    properties.putAll(user);
    properties.put(ConsumerConfig.GROUP_ID_CONFIG, group);
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    // A new group begins with the first command: it may have been sent before the worker started.
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    // Waiting for commits would add a commit interval to each step; the fence drops duplicates.
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_uncommitted");
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    return properties;
  }

  /** With {@code group.protocol=consumer} the broker assigns, and Kafka refuses these settings. */
  private static boolean isClassic(Map<String, Object> user) {
    Object protocol = user.get(ConsumerConfig.GROUP_PROTOCOL_CONFIG);
    return protocol == null
        || GroupProtocol.CLASSIC.name().equalsIgnoreCase(String.valueOf(protocol).trim());
  }

  /**
   * A consumer outside any group that sees only what is committed.
   *
   * @param user the user's properties
   */
  public static Consumer<byte[], byte[]> reader(Map<String, Object> user) {
    Map<String, Object> properties = new HashMap<>(user);
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    return new KafkaConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  static Admin admin(Map<String, Object> user) {
    return Admin.create(adminProperties(user));
  }

  /**
   * While no broker answers, Kafka's admin client begins anew at the bootstrap servers for each of
   * its unanswered requests, at every turn of its loop: it logs thousands of lines a second. So it
   * keeps to the brokers that it knows, unless the user wants it otherwise.
   */
  static Map<String, Object> adminProperties(Map<String, Object> user) {
    Map<String, Object> properties = new HashMap<>();
    properties.put(
        AdminClientConfig.METADATA_RECOVERY_STRATEGY_CONFIG, MetadataRecoveryStrategy.NONE.name);
    properties.putAll(user);
    return properties;
  }
}
