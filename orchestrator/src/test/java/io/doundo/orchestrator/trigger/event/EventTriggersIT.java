package io.doundo.orchestrator.trigger.event;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.definition.EventMapping;
import io.doundo.orchestrator.definition.EventTrigger;
import io.doundo.orchestrator.definition.EventTrigger.From;
import io.doundo.orchestrator.query.ReadConsumers;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.testing.TestBroker;
import io.doundo.orchestrator.trigger.TriggerProgram;
import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The topics of triggers on a real broker: where reading begins, and that it never ends. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EventTriggersIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final AtomicInteger TOPICS = new AtomicInteger();

  private TestBroker broker;
  private ReadConsumers consumers;
  private KafkaProducer<byte[], byte[]> producer;

  private final AtomicReference<List<EventSubscription>> known = new AtomicReference<>(List.of());
  private final AtomicInteger looks = new AtomicInteger();
  private final List<EventTriggers> running = new ArrayList<>();
  private String topic = "";

  @BeforeAll
  void startBroker() {
    broker = new TestBroker();
    consumers = new ReadConsumers(broker.bootstrap(), Map.of());
    producer = (KafkaProducer<byte[], byte[]>) producer();
    broker.create(
        new NewTopic(Topics.EXECUTION_START, Optional.of(1), Optional.empty()),
        new NewTopic(Topics.CONTROL, Optional.of(1), Optional.empty()),
        new NewTopic(Topics.DEAD_LETTER, Optional.of(1), Optional.empty()));
  }

  @AfterAll
  void stopBroker() {
    producer.close();
    broker.close();
  }

  @BeforeEach
  void newTopic() {
    topic = "leads-" + TOPICS.incrementAndGet();
    known.set(List.of());
  }

  @AfterEach
  void stopReading() {
    running.forEach(EventTriggers::close);
    running.clear();
  }

  @Test
  void aTriggerBeginsWithItsRegistrationAndGoesOnWhereItStoppedAndOneFromTheEarliestReadsAll() {
    create(topic);
    send("{\"n\":1}");
    long registered = lastTimestamp() + 1;
    awaitClockAfter(registered);
    send("{\"n\":2}");
    register(trigger("late", From.LATEST, registered));
    EventTriggers first = read();

    awaitStarts("late", "0-1");
    first.close();
    send("{\"n\":3}");
    read();
    awaitStarts("late", "0-1", "0-2");

    register(trigger("all", From.EARLIEST, registered), trigger("late", From.LATEST, registered));
    awaitStarts("all", "0-0", "0-1", "0-2");
    send("{\"n\":4}");
    awaitStarts("all", "0-0", "0-1", "0-2", "0-3");
    awaitStarts("late", "0-1", "0-2", "0-3");
  }

  @Test
  void aTopicThatDoesNotExistYetIsReadOnceItDoes() {
    register(trigger("t", From.LATEST, 0));
    EventTriggers reading = read();
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(reading.standing().missing()).containsExactly(topic));

    create(topic);
    send("{\"n\":1}");

    awaitStarts("t", "0-0");
    assertThat(reading.standing().missing()).isEmpty();
  }

  @Test
  void aPoisonRecordIsADeadLetterAndDoesNotHoldUpTheNext() {
    create(topic);
    register(trigger("t", From.LATEST, 0));
    send("no JSON");
    send("{\"n\":1}");
    read();

    awaitStarts("t", "0-1");
    assertThat(values(Topics.DEAD_LETTER)).contains("no JSON");
  }

  @Test
  void twoInstancesShareTheTopicAndOneTakesOver() {
    broker.create(new NewTopic(topic, Optional.of(2), Optional.empty()));
    register(trigger("t", From.LATEST, 0));
    EventTriggers first = read();
    read();
    send(0, "{}");
    send(1, "{}");
    awaitStarts("t", "0-0", "1-0");

    first.close();
    send(0, "{}");
    send(1, "{}");

    awaitStarts("t", "0-0", "0-1", "1-0", "1-1");
  }

  @Test
  void recordsThatArriveWhileAnOrchestrationIsPausedStartNothingAndAreNotCaughtUp() {
    create(topic);
    register(trigger("t", From.LATEST, 0));
    read();
    send("{}");
    awaitStarts("t", "0-0");

    // The other trigger shows that the record has been passed over.
    register(
        new EventSubscription("o", "t", false, event(From.LATEST), program("t"), () -> 0),
        trigger("u", From.EARLIEST, 0));
    awaitStarts("u", "0-0");
    send("{}");
    awaitStarts("u", "0-0", "0-1");

    register(trigger("t", From.LATEST, 0), trigger("u", From.EARLIEST, 0));
    awaitLook();
    send("{}");
    awaitStarts("t", "0-0", "0-2");
  }

  @Test
  void aTopicThatIsDeletedAndCreatedAgainIsReadFromItsBeginning() {
    create(topic);
    register(trigger("t", From.LATEST, 0));
    read();
    send("{\"n\":1}");
    send("{\"n\":2}");
    awaitStarts("t", "0-0", "0-1");

    broker.delete(List.of(topic));
    await().atMost(PATIENCE).until(() -> !exists(topic));
    create(topic);
    send("{\"n\":3}");

    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(values(Topics.EXECUTION_START)).anyMatch(this::isThird));
  }

  private boolean isThird(String start) {
    return start.contains("\"n\":3") && start.contains(topic + "-0-0");
  }

  @Test
  void anUnforeseenFailureDoesNotEndTheReading() {
    create(topic);
    AtomicInteger failures = new AtomicInteger(2);
    EventTriggers reading =
        new EventTriggers(
            consumers,
            this::producer,
            () -> {
              if (failures.getAndDecrement() > 0) {
                throw new IllegalStateException("unforeseen");
              }
              return new EventDirectory.Found(List.of(trigger("t", From.LATEST, 0)), Map.of());
            },
            new Silent(),
            900_000);
    reading.start();
    running.add(reading);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(reading.standing().failure()).isEqualTo("unforeseen"));
    send("{}");

    awaitStarts("t", "0-0");
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(reading.standing().failure()).isNull());
  }

  @Test
  void whileTheDefinitionsCannotBeReadTheTriggersStayAsTheyWere() {
    create(topic);
    AtomicInteger reads = new AtomicInteger();
    EventTriggers reading =
        new EventTriggers(
            consumers,
            this::producer,
            () -> {
              if (reads.incrementAndGet() > 1) {
                throw new ReadsUnavailableException(
                    "rebalancing", new IllegalStateException("rebalancing"));
              }
              return new EventDirectory.Found(List.of(trigger("t", From.LATEST, 0)), Map.of());
            },
            new Silent(),
            900_000);
    reading.start();
    running.add(reading);
    await().atMost(PATIENCE).until(() -> reads.get() > 1);
    send("{}");

    awaitStarts("t", "0-0");
  }

  private void register(EventSubscription... triggers) {
    known.set(List.of(triggers));
  }

  /** Waits until the definitions have been read again, from beginning to end. */
  private void awaitLook() {
    int before = looks.get();
    await().atMost(PATIENCE).until(() -> looks.get() >= before + 2);
  }

  private EventSubscription trigger(String name, From from, long since) {
    return new EventSubscription("o", name, true, event(from), program(name), () -> since);
  }

  private EventTrigger event(From from) {
    return new EventTrigger(topic, from, new EventMapping(null, null, null, null));
  }

  private static TriggerProgram program(String name) {
    return new TriggerProgram("o", "event/o/" + name, new EventMapping(null, null, null, null));
  }

  private EventTriggers read() {
    EventTriggers reading =
        new EventTriggers(
            consumers,
            this::producer,
            () -> {
              looks.incrementAndGet();
              return new EventDirectory.Found(Objects.requireNonNull(known.get()), Map.of());
            },
            new Silent(),
            900_000);
    reading.start();
    running.add(reading);
    return reading;
  }

  private void create(String name) {
    broker.create(new NewTopic(name, Optional.of(1), Optional.empty()));
  }

  private boolean exists(String name) {
    try {
      return broker.admin().listTopics().names().get().contains(name);
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private Producer<byte[], byte[]> producer() {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", broker.bootstrap()),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  private void send(String value) {
    send(0, value);
  }

  private void send(int partition, String value) {
    try {
      producer.send(new ProducerRecord<>(topic, partition, null, value.getBytes(UTF_8))).get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private long lastTimestamp() {
    return records(topic).stream().mapToLong(ConsumerRecord::timestamp).max().orElse(0);
  }

  private static void awaitClockAfter(long millis) {
    await().until(() -> System.currentTimeMillis() > millis);
  }

  /** Waits until exactly these records have started flows for a trigger. */
  private void awaitStarts(String trigger, String... places) {
    String prefix = "o." + trigger + '.' + topic + '-';
    List<String> expected =
        java.util.Arrays.stream(places).map(place -> prefix + place).sorted().toList();
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        records(Topics.EXECUTION_START).stream()
                            .map(record -> new String(record.key(), UTF_8))
                            .filter(id -> id.startsWith(prefix))
                            .sorted()
                            .distinct())
                    .containsExactlyElementsOf(expected));
  }

  private List<String> values(String from) {
    return records(from).stream().map(record -> new String(record.value(), UTF_8)).toList();
  }

  private List<ConsumerRecord<byte[], byte[]>> records(String from) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (Consumer<byte[], byte[]> consumer = consumers.open("reader", Map.of())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(from).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream()
          .anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
      }
    }
    return records;
  }

  private static final class Silent implements EventTriggers.Listener {
    @Override
    public void onEvent(String result) {
      // These tests look at what is written.
    }

    @Override
    public void onLag(long records) {
      // These tests look at what is written.
    }
  }
}
