package io.doundo.orchestrator.streams.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.compiler.DefinitionCodec;
import io.doundo.orchestrator.definition.compiler.DefinitionHistory;
import io.doundo.orchestrator.streams.EngineSettings;
import io.doundo.orchestrator.streams.EngineState;
import io.doundo.orchestrator.streams.read.FlowsUnavailableException;
import io.doundo.orchestrator.streams.state.FlowValue;
import io.doundo.orchestrator.testing.TestBroker;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.MalformedRecordException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Utils;
import org.jspecify.annotations.Nullable;

/** A broker with all topics, a running engine, and clients for tests. */
final class Installation implements AutoCloseable {

  static final int PARTITIONS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final TestBroker broker;
  private final Set<String> topics = ConcurrentHashMap.newKeySet();
  private final Path stateDir;
  private final KafkaProducer<byte[], byte[]> producer;
  private StreamsEngine engine;

  Installation() {
    this(new TestBroker());
  }

  /** An installation on this broker, which is closed with it. */
  Installation(TestBroker broker) {
    this.broker = broker;
    InputTopics.CO_PARTITIONED.forEach(topic -> create(topic, PARTITIONS));
    create(Topics.DEFINITIONS, 1);
    create(Topics.SCHEDULES, 1);
    create(Topics.BREAKERS, 1);
    create(Topics.FLOW_EVENTS, PARTITIONS);
    create(Topics.DEAD_LETTER, 1);
    create(Topics.SHARED_EVENT, PARTITIONS);
    try {
      stateDir = Files.createTempDirectory("engine-it");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    producer =
        new KafkaProducer<>(
            Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap()),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    engine = started();
  }

  private StreamsEngine started() {
    EngineSettings defaults = EngineSettings.of(bootstrap(), stateDir);
    EngineSettings settings =
        new EngineSettings(
            defaults.applicationId(),
            bootstrap(),
            Map.of(),
            stateDir,
            PARTITIONS,
            1,
            defaults.commitInterval(),
            Duration.ofSeconds(5),
            Duration.ofSeconds(2),
            defaults.maxRecordBytes(),
            defaults.archiveRetention(),
            defaults.repairWindow(),
            1,
            0,
            null,
            defaults.cacheBytes(),
            defaults.failStep(),
            true);
    StreamsEngine started = new StreamsEngine(settings, topics::contains);
    try {
      started.start();
    } catch (IllegalStateException e) {
      started.close();
      throw e;
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(started.state()).isEqualTo(EngineState.RUNNING));
    return started;
  }

  TestBroker broker() {
    return broker;
  }

  String bootstrap() {
    return broker.bootstrap();
  }

  StreamsEngine engine() {
    return engine;
  }

  void stopEngine() {
    engine.close();
  }

  /** Deletes the offsets, as the broker does after days without an instance. */
  void deleteOffsets() throws Exception {
    broker.admin().deleteConsumerGroups(List.of("doundo")).all().get();
  }

  /** As after a release that does not read the shared topic. */
  void deleteOffsetsOfTheSharedTopic() throws Exception {
    broker
        .admin()
        .deleteConsumerGroupOffsets("doundo", partitionsOf(Topics.SHARED_EVENT))
        .all()
        .get();
  }

  /** Deletes the records, as when they are older than the topic's retention. */
  void expireRecordsOf(String topic) throws Exception {
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    partitionsOf(topic).forEach(partition -> latest.put(partition, OffsetSpec.latest()));
    Map<TopicPartition, RecordsToDelete> all = new HashMap<>();
    broker
        .admin()
        .listOffsets(latest)
        .all()
        .get()
        .forEach(
            (partition, end) -> all.put(partition, RecordsToDelete.beforeOffset(end.offset())));
    broker.admin().deleteRecords(all).all().get();
  }

  private static Set<TopicPartition> partitionsOf(String topic) {
    return IntStream.range(0, PARTITIONS)
        .mapToObj(partition -> new TopicPartition(topic, partition))
        .collect(Collectors.toSet());
  }

  void resetOffsetsToTheEnd() throws Exception {
    resetOffsets(OffsetSpec.latest());
  }

  /** Resets the offsets, as if all commits of them were lost. */
  void resetOffsetsToTheBeginning() throws Exception {
    resetOffsets(OffsetSpec.earliest());
  }

  private void resetOffsets(OffsetSpec to) throws Exception {
    Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
    Stream.concat(InputTopics.READ.stream(), Stream.of(Topics.REKEY))
        .forEach(
            topic -> {
              for (int partition = 0; partition < PARTITIONS; partition++) {
                wanted.put(new TopicPartition(topic, partition), to);
              }
            });
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    broker
        .admin()
        .listOffsets(wanted)
        .all()
        .get()
        .forEach(
            (partition, found) -> offsets.put(partition, new OffsetAndMetadata(found.offset())));
    broker.admin().alterConsumerGroupOffsets("doundo", offsets).all().get();
  }

  void startEngine() {
    engine = started();
  }

  /** As after a lost disk. */
  void wipeState() {
    try {
      Utils.delete(stateDir.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void create(String topic, int partitions) {
    String timestamps = topic.equals(Topics.ARCHIVE) ? "CreateTime" : "LogAppendTime";
    broker.create(
        new NewTopic(topic, partitions, (short) 1)
            .configs(Map.of(TopicConfig.MESSAGE_TIMESTAMP_TYPE_CONFIG, timestamps)));
    topics.add(topic);
  }

  /** Registers the definition, and creates all step topics except those named. */
  void register(Orchestration orchestration, String... withoutTopics) {
    for (Step step : orchestration.allSteps()) {
      if (!step.isOutside()) {
        continue;
      }
      for (String topic :
          List.of(
              Topics.doTopic(orchestration.name(), step.name()),
              Topics.undoTopic(orchestration.name(), step.name()))) {
        if (!List.of(withoutTopics).contains(topic)) {
          create(topic, 2);
        }
      }
    }
    RecordMetadata appended =
        send(
            new ProducerRecord<>(
                Topics.DEFINITIONS,
                orchestration.id().topicKey().getBytes(StandardCharsets.UTF_8),
                DefinitionCodec.encode(orchestration)));
    send(
        new ProducerRecord<>(
            Topics.DEFINITIONS,
            orchestration.name().getBytes(StandardCharsets.UTF_8),
            DefinitionHistory.EMPTY
                .with(orchestration.id().hash(), appended.timestamp())
                .encode()));
    await()
        .atMost(PATIENCE)
        .until(() -> engine.definitions().names().contains(orchestration.name()));
  }

  /** Deletes a topic that the engine still assumes to exist; returns once the broker has none. */
  void deleteUnnoticed(String topic) {
    broker.delete(List.of(topic));
    await()
        .atMost(PATIENCE)
        .until(() -> !broker.admin().listTopics().names().get().contains(topic));
  }

  void noticeDeletion(String topic) {
    topics.remove(topic);
  }

  String start(String orchestration) {
    String flowId = UUID.randomUUID().toString();
    start(orchestration, flowId);
    return flowId;
  }

  void start(String orchestration, String flowId) {
    send(
        Topics.EXECUTION_START,
        flowId,
        "{\"orchestrationName\":\"%s\",\"flowId\":\"%s\",\"payload\":{\"order\":7}}"
            .formatted(orchestration, flowId));
  }

  /** Opens a transaction: the records after it in its partition cannot be read as committed. */
  ForeignTransaction openTransaction(String topic, String key) {
    return new ForeignTransaction(bootstrap(), topic, key);
  }

  /** An open transaction; closing it aborts it. */
  static final class ForeignTransaction implements AutoCloseable {

    private final KafkaProducer<byte[], byte[]> producer;

    ForeignTransaction(String bootstrap, String topic, String key) {
      producer =
          new KafkaProducer<>(
              Map.of(
                  ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                  bootstrap,
                  ProducerConfig.TRANSACTIONAL_ID_CONFIG,
                  "foreign"),
              new ByteArraySerializer(),
              new ByteArraySerializer());
      producer.initTransactions();
      producer.beginTransaction();
      take(
          producer,
          new ProducerRecord<>(topic, key.getBytes(StandardCharsets.UTF_8), new byte[] {'?'}));
    }

    void abort() {
      producer.abortTransaction();
    }

    @Override
    public void close() {
      producer.close();
    }
  }

  /** The types of a flow's committed events so far. */
  List<String> events(String flowId) {
    List<String> types = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : read(Topics.FLOW_EVENTS)) {
      if (flowId.equals(new String(record.key(), StandardCharsets.UTF_8))) {
        try {
          AuditRecord.decode(record.value()).events().forEach(event -> types.add(event.type()));
        } catch (MalformedRecordException e) {
          throw new AssertionError("an audit record cannot be read", e);
        }
      }
    }
    return types;
  }

  /** Whether records are held for a flow in the committed state. */
  boolean isHeld(String flowId) {
    byte[] last = null;
    for (ConsumerRecord<byte[], byte[]> record :
        read(StreamsEngine.flowsChangelog(EngineSettings.of(bootstrap(), stateDir)))) {
      if (flowId.equals(new String(record.key(), StandardCharsets.UTF_8))) {
        last = record.value();
      }
    }
    return last != null && !FlowValue.isFlow(last);
  }

  RecordMetadata send(String topic, @Nullable String key, String value) {
    return send(
        new ProducerRecord<>(
            topic,
            key == null ? null : key.getBytes(StandardCharsets.UTF_8),
            value.getBytes(StandardCharsets.UTF_8)));
  }

  RecordMetadata send(ProducerRecord<byte[], byte[]> record) {
    return take(producer, record);
  }

  private static RecordMetadata take(
      KafkaProducer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record) {
    try {
      return producer.send(record).get();
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError("the broker did not take " + record, e);
    }
  }

  FlowState awaitStatus(String flowId, FlowStatus status) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .ignoreException(FlowsUnavailableException.class)
        .untilAsserted(
            () ->
                assertThat(engine.flows().find(flowId))
                    .map(flow -> flow.state().status())
                    .contains(status));
    return engine.flows().find(flowId).orElseThrow().state();
  }

  /** All committed records of a topic so far. */
  List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap(),
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(partition -> new TopicPartition(topic, partition.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
      while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
      return records;
    }
  }

  /** The reasons of all dead letters so far. */
  List<String> deadLetterReasons() {
    return read(Topics.DEAD_LETTER).stream()
        .map(
            letter ->
                new String(
                    letter
                        .headers()
                        .lastHeader(io.doundo.protocol.RecordHeaders.DEAD_LETTER_REASON)
                        .value(),
                    StandardCharsets.UTF_8))
        .collect(Collectors.toList());
  }

  @Override
  public void close() {
    engine.close();
    producer.close();
    broker.close();
    wipeState();
  }
}
