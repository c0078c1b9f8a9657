package io.doundo.orchestrator.registration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.definition.OrchestrationStatus;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.RegistrantRole;
import io.doundo.orchestrator.definition.compiler.document.Problem;
import io.doundo.orchestrator.testing.TestBroker;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import tools.jackson.databind.JsonNode;

/** A real broker in this process, as a client sees it. */
final class Broker implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final TestBroker broker;
  private final boolean isOwned;
  private final KafkaProducer<byte[], byte[]> producer;
  private final Map<String, KafkaConsumer<String, byte[]>> consumers = new ConcurrentHashMap<>();
  private final Map<String, List<ConsumerRecord<String, byte[]>>> records =
      new ConcurrentHashMap<>();
  final Admin admin;

  Broker() {
    this(new TestBroker(), true);
  }

  private Broker(TestBroker broker, boolean isOwned) {
    this.broker = broker;
    this.isOwned = isOwned;
    Map<String, Object> client = Map.of("bootstrap.servers", address());
    admin = broker.admin();
    producer = new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** The clients of one test on a broker that several use one after the other, without topics. */
  static Broker emptied(TestBroker shared) throws Exception {
    // Changes become visible in their order: with this topic, all that were created before are.
    String last = "last-" + UUID.randomUUID();
    shared.create(new NewTopic(last, 1, (short) 1));
    await().atMost(PATIENCE).until(() -> names(shared).contains(last));
    shared.delete(names(shared));
    await().atMost(PATIENCE).until(() -> names(shared).isEmpty());
    return new Broker(shared, false);
  }

  private static Set<String> names(TestBroker shared) throws Exception {
    return shared.admin().listTopics().names().get();
  }

  String address() {
    return broker.bootstrap();
  }

  /** The documented defaults, except for small topics and short waits. */
  RegistrationSettings settings(int partitions) {
    return settings(partitions, -1, Duration.ofMinutes(5));
  }

  /** The same with another replication factor and another retry time. */
  RegistrationSettings settings(int partitions, int replicationFactor, Duration holdUp) {
    RegistrationSettings defaults = RegistrationSettings.of(address());
    return new RegistrationSettings(
        defaults.applicationId(),
        address(),
        Map.of(),
        partitions,
        2,
        replicationFactor,
        defaults.maxRecordBytes(),
        defaults.commandRetention(),
        defaults.inputRetention(),
        defaults.auditRetention(),
        defaults.archiveRetention(),
        defaults.deadLetterRetention(),
        Duration.ofSeconds(20),
        holdUp,
        defaults.budget());
  }

  /** Sends a record and returns its offset. */
  long send(String topic, byte[] value, Map<String, String> headers) {
    ProducerRecord<byte[], byte[]> message = new ProducerRecord<>(topic, value);
    headers.forEach((name, text) -> message.headers().add(name, text.getBytes(UTF_8)));
    try {
      return producer.send(message).get().offset();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  long register(String document) {
    return send(Topics.REGISTRATION, document.getBytes(UTF_8), Map.of());
  }

  /** All committed records of a topic. */
  List<ConsumerRecord<String, byte[]>> read(String topic) {
    KafkaConsumer<String, byte[]> consumer =
        consumers.computeIfAbsent(topic, unused -> consumer(topic));
    List<ConsumerRecord<String, byte[]>> seen =
        records.computeIfAbsent(topic, unused -> new ArrayList<>());
    Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
    while (ends.entrySet().stream()
        .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
      consumer.poll(POLL).forEach(seen::add);
    }
    return List.copyOf(seen);
  }

  /** Waits until no transaction is open: one becomes visible in one partition after the other. */
  void awaitVisible(String topic) {
    await()
        .atMost(PATIENCE)
        .pollInSameThread()
        .until(
            () ->
                ends(topic, IsolationLevel.READ_COMMITTED)
                    .equals(ends(topic, IsolationLevel.READ_UNCOMMITTED)));
  }

  private Map<TopicPartition, Long> ends(String topic, IsolationLevel level)
      throws InterruptedException, ExecutionException {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    for (TopicDescription described :
        admin.describeTopics(List.of(topic)).allTopicNames().get().values()) {
      for (TopicPartitionInfo partition : described.partitions()) {
        wanted.put(new TopicPartition(topic, partition.partition()), OffsetSpec.latest());
      }
    }
    Map<TopicPartition, Long> ends = new HashMap<>();
    admin
        .listOffsets(wanted, new ListOffsetsOptions(level))
        .all()
        .get()
        .forEach((partition, end) -> ends.put(partition, end.offset()));
    return ends;
  }

  private KafkaConsumer<String, byte[]> consumer(String topic) {
    Map<String, Object> properties = new HashMap<>();
    properties.put("bootstrap.servers", address());
    properties.put("isolation.level", "read_committed");
    properties.put("enable.auto.commit", false);
    properties.put("fetch.max.wait.ms", 20);
    KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(p -> new TopicPartition(topic, p.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    return consumer;
  }

  /** The statuses of the registration at this offset. */
  List<RegistrationStatus> statuses(long offset) {
    return read(Topics.REGISTRATION_STATUS).stream()
        .map(Broker::decode)
        .filter(status -> status.source().offset() == offset)
        .toList();
  }

  private static RegistrationStatus decode(ConsumerRecord<String, byte[]> published) {
    JsonNode json = Json.MAPPER.readTree(published.value());
    assertThat(json.required("type").stringValue()).isEqualTo("REGISTRATION_STATUS");
    List<String> warnings = new ArrayList<>();
    json.required("warnings").forEach(warning -> warnings.add(warning.stringValue()));
    List<Problem> problems = new ArrayList<>();
    json.required("problems")
        .forEach(
            problem ->
                problems.add(
                    new Problem(
                        problem.required("document").intValue(),
                        problem.required("path").stringValue(),
                        problem.path("line").intValue(0),
                        problem.path("column").intValue(0),
                        problem.required("message").stringValue())));
    JsonNode source = json.required("source");
    RegistrationStatus status =
        new RegistrationStatus(
            json.path("orchestrationName").stringValue(null),
            RegistrantRole.valueOf(json.required("as").stringValue().toUpperCase(Locale.ROOT)),
            json.required("status").stringValue().equals("SUCCESS"),
            json.path("definition").stringValue(null),
            json.path("version").intValue(0),
            json.has("orchestrationStatus")
                ? OrchestrationStatus.valueOf(json.path("orchestrationStatus").stringValue())
                : null,
            json.required("changed").booleanValue(),
            warnings,
            problems,
            json.path("serviceName").stringValue(null),
            json.path("requestedBy").stringValue(null),
            Instant.parse(json.required("timestamp").stringValue()),
            new RegistrationStatus.SourcePosition(
                source.required("topic").stringValue(),
                source.required("partition").intValue(),
                source.required("offset").longValue()));
    assertThat(published.key()).isEqualTo(status.orchestrationName());
    return status;
  }

  @Override
  public void close() {
    consumers.values().forEach(KafkaConsumer::close);
    producer.close();
    if (isOwned) {
      broker.close();
    }
  }
}
