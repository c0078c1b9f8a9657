package io.doundo.orchestrator.streams.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.streams.task.meter.EngineMeters;
import io.doundo.orchestrator.testing.TestBroker;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.Stores;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A send fails while the group is being rebalanced. By itself, Kafka Streams drops the record of
 * another task that happens to send next, and aborts the transaction that all tasks of the thread
 * share, but revives only the task whose send failed. Neither may happen here.
 *
 * <p>The tasks count: each record is answered by the number of records of its partition so far. A
 * record that was dropped, or whose state was kept and whose answer was aborted, leaves a gap.
 */
class AbortedTransactionIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int PARTITIONS = 4;
  private static final String GROUP = "aborted";

  private final TestBroker broker = new TestBroker();
  private final List<KafkaStreams> instances = new ArrayList<>();
  private final Set<String> processed = ConcurrentHashMap.newKeySet();
  private final Set<Integer> ofOurs = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean sendsFail = new AtomicBoolean();
  private final CountDownLatch neighbourGoesOn = new CountDownLatch(1);
  private final List<ConsumerRecord<String, String>> answers = new ArrayList<>();
  private KafkaProducer<String, String> producer;
  private KafkaConsumer<String, String> consumer;

  @BeforeEach
  void open() {
    broker.create(
        new NewTopic("in", PARTITIONS, (short) 1), new NewTopic("out", PARTITIONS, (short) 1));
    producer =
        new KafkaProducer<>(
            Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrap()),
            new StringSerializer(),
            new StringSerializer());
    consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                broker.bootstrap(),
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed"),
            new StringDeserializer(),
            new StringDeserializer());
    List<TopicPartition> partitions =
        IntStream.range(0, PARTITIONS).mapToObj(each -> new TopicPartition("out", each)).toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
  }

  @AfterEach
  void close() {
    neighbourGoesOn.countDown();
    instances.forEach(instance -> instance.close(Duration.ofSeconds(20)));
    consumer.close();
    producer.close();
    broker.close();
  }

  @Test
  void aFailedSendMakesNoOtherTaskDropItsRecord(@TempDir Path data) {
    noTaskLosesWhatAnothersSendUndid(
        data,
        Map.of(
            StreamsConfig.PRODUCTION_EXCEPTION_HANDLER_CLASS_CONFIG, FailedSends.class.getName()));
  }

  @Test
  void noTaskKeepsWhatWasAbortedWithAnothersTransaction(@TempDir Path data) {
    noTaskLosesWhatAnothersSendUndid(data, Map.of());
  }

  private void noTaskLosesWhatAnothersSendUndid(Path data, Map<String, Object> settings) {
    FailingSends clients = new FailingSends();
    run(data.resolve("ours"), clients, true, settings);
    run(
        data.resolve("neighbour"),
        new ConsumerWatch(new EngineMeters(), () -> {}),
        false,
        settings);
    await()
        .atMost(PATIENCE)
        .until(() -> instances.stream().allMatch(each -> tasksOf(each) == PARTITIONS / 2));
    sendToAll("first");
    await().atMost(PATIENCE).until(() -> processed.size() == PARTITIONS);
    await().atMost(PATIENCE).until(() -> committed().size() == PARTITIONS);
    assertThat(ofOurs).hasSize(2);
    int victim = ofOurs.stream().sorted().toList().get(0);
    int healthy = ofOurs.stream().sorted().toList().get(1);

    // The other member is frozen, so that the rebalance that ours requests cannot end.
    for (int partition = 0; partition < PARTITIONS; partition++) {
      if (!ofOurs.contains(partition)) {
        send(partition, "stand-still");
      }
    }
    await().atMost(PATIENCE).until(() -> processed.stream().anyMatch("stand-still"::equals));
    send(victim, "rebalance");
    await().atMost(PATIENCE).until(() -> group() == GroupState.PREPARING_REBALANCE);

    send(healthy, "second");
    await().atMost(PATIENCE).until(() -> processed.contains("second"));
    sendsFail.set(true);
    send(victim, "fails");
    await().atMost(PATIENCE).until(() -> !sendsFail.get());
    neighbourGoesOn.countDown();
    send(healthy, "third");

    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(answersTo(healthy)).contains("third 3"));
    assertThat(answersTo(healthy))
        .containsExactly("first-" + healthy + " 1", "second 2", "third 3");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(answersTo(victim))
                    .containsExactly("first-" + victim + " 1", "rebalance 2", "fails 3"));
  }

  private static int tasksOf(KafkaStreams instance) {
    return instance.metadataForLocalThreads().stream()
        .mapToInt(thread -> thread.activeTasks().size())
        .sum();
  }

  private GroupState group() {
    try {
      return Objects.requireNonNull(
              broker.admin().describeConsumerGroups(List.of(GROUP)).describedGroups().get(GROUP))
          .get()
          .groupState();
    } catch (Exception e) {
      throw new AssertionError("the group could not be asked for", e);
    }
  }

  private void sendToAll(String value) {
    for (int partition = 0; partition < PARTITIONS; partition++) {
      send(partition, value + '-' + partition);
    }
  }

  private void send(int partition, String value) {
    try {
      producer.send(new ProducerRecord<>("in", partition, "key", value)).get();
    } catch (Exception e) {
      throw new AssertionError("the broker did not take " + value, e);
    }
  }

  private List<String> answersTo(int partition) {
    return committed().stream()
        .filter(record -> record.key().equals("" + partition))
        .map(ConsumerRecord::value)
        .toList();
  }

  /** The records committed so far. */
  private List<ConsumerRecord<String, String>> committed() {
    consumer.poll(Duration.ofMillis(100)).forEach(answers::add);
    return answers;
  }

  private void run(
      Path stateDir, ConsumerWatch clients, boolean ours, Map<String, Object> settings) {
    Properties properties = new Properties();
    properties.put(StreamsConfig.APPLICATION_ID_CONFIG, GROUP);
    properties.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrap());
    properties.put(StreamsConfig.STATE_DIR_CONFIG, stateDir.toString());
    properties.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    properties.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
    properties.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
    properties.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 1);
    // A member hears of a rebalance with its next heartbeat.
    properties.put(StreamsConfig.consumerPrefix(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG), 200);
    properties.put(
        StreamsConfig.DEFAULT_KEY_SERDE_CLASS_CONFIG, Serdes.StringSerde.class.getName());
    properties.put(
        StreamsConfig.DEFAULT_VALUE_SERDE_CLASS_CONFIG, Serdes.StringSerde.class.getName());
    properties.putAll(settings);
    Topology topology = new Topology();
    topology.addSource("source", "in");
    ProcessorSupplier<String, String, String, String> counting =
        () -> ours ? new Ours(clients) : new Neighbour();
    topology.addProcessor("count", counting, "source");
    topology.addStateStore(
        Stores.keyValueStoreBuilder(
            Stores.persistentKeyValueStore("counts"), Serdes.String(), Serdes.Integer()),
        "count");
    topology.addSink("sink", "out", "count");
    KafkaStreams streams = new KafkaStreams(topology, properties, clients);
    streams.setUncaughtExceptionHandler(new UncaughtFailures(new EngineMeters()));
    instances.add(streams);
    streams.start();
    await().atMost(PATIENCE).until(() -> streams.state() == KafkaStreams.State.RUNNING);
  }

  private class Counting extends ContextualProcessor<String, String, String, String> {

    @Override
    public void process(Record<String, String> record) {
      KeyValueStore<String, Integer> counts = context().getStateStore("counts");
      Integer before = counts.get("count");
      int now = before == null ? 1 : before + 1;
      counts.put("count", now);
      context()
          .forward(
              record
                  .withKey("" + context().taskId().partition())
                  .withValue(record.value() + ' ' + now));
      processed.add(record.value());
    }
  }

  private final class Ours extends Counting {

    private final ConsumerWatch clients;

    private Ours(ConsumerWatch clients) {
      this.clients = clients;
    }

    @Override
    public void process(Record<String, String> record) {
      ofOurs.add(context().taskId().partition());
      if (record.value().equals("rebalance") && clients instanceof FailingSends observed) {
        observed.rebalance();
      }
      super.process(record);
    }
  }

  private final class Neighbour extends Counting {

    @Override
    public void process(Record<String, String> record) {
      super.process(record);
      if (record.value().equals("stand-still")) {
        try {
          neighbourGoesOn.await();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  /** The engine's clients, with a broker that the test can silence. */
  private final class FailingSends extends ConsumerWatch {

    private volatile @Nullable Consumer<byte[], byte[]> consumer;

    FailingSends() {
      super(new EngineMeters(), () -> {});
    }

    @Override
    public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
      Consumer<byte[], byte[]> made = super.getConsumer(config);
      consumer = made;
      return made;
    }

    void rebalance() {
      Objects.requireNonNull(consumer).enforceRebalance();
    }

    @Override
    @SuppressWarnings("unchecked")
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
      Producer<byte[], byte[]> real = super.getProducer(config);
      return (Producer<byte[], byte[]>)
          Proxy.newProxyInstance(
              Producer.class.getClassLoader(),
              new Class<?>[] {Producer.class},
              (proxy, method, arguments) -> {
                if (method.getName().equals("send")
                    && new String(((ProducerRecord<byte[], byte[]>) arguments[0]).value(), UTF_8)
                        .startsWith("fails")
                    && sendsFail.compareAndSet(true, false)) {
                  ((Callback) arguments[1])
                      .onCompletion(null, new TimeoutException("no broker for so long"));
                  return null;
                }
                try {
                  return method.invoke(real, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }
  }
}
