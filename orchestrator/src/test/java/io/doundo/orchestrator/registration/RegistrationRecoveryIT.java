package io.doundo.orchestrator.registration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.definition.compiler.DefinitionHistory;
import io.doundo.orchestrator.testing.TestBroker;
import io.doundo.protocol.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Registrations when the control plane stops, crashes or is replaced. */
class RegistrationRecoveryIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String ONE = "orchestrationName: o\nsteps: [{name: a}]";
  private static final String TWO = "orchestrationName: o\nsteps: [{name: a}, {name: b}]";

  private static TestBroker shared;

  private Broker broker;

  @BeforeAll
  static void startBroker() {
    shared = new TestBroker();
  }

  @AfterAll
  static void stopBroker() {
    shared.close();
  }

  @BeforeEach
  void openBroker() throws Exception {
    broker = Broker.emptied(shared);
    new TopicProvisioner(broker.admin, broker.settings(2)).provision();
  }

  @AfterEach
  void closeBroker() {
    broker.close();
  }

  @Test
  void recordsSentBeforeTheListenerStartedAreHandledInOrder() throws Exception {
    broker.register(ONE);
    long last = broker.register(TWO);

    try (ControlPlane plane = start()) {
      assertThat(awaitStatus(last).version()).isEqualTo(2);
      assertThat(plane.block()).isEmpty();
    }
    assertThat(history().versions()).hasSize(2);
  }

  @Test
  void aRecordDeliveredAgainChangesNothing() throws Exception {
    long offset = broker.register(ONE);
    try (ControlPlane plane = start()) {
      assertThat(awaitStatus(offset).changed()).isTrue();
      assertThat(plane.block()).isEmpty();
    }
    List<ConsumerRecord<String, byte[]>> before = broker.read(Topics.DEFINITIONS);
    // As if the process had died before it stored its offset.
    broker
        .admin
        .alterConsumerGroupOffsets(
            broker.settings(2).group(),
            Map.of(new TopicPartition(Topics.REGISTRATION, 0), new OffsetAndMetadata(0)))
        .all()
        .get();

    try (ControlPlane plane = start()) {
      await().atMost(PATIENCE).pollInSameThread().until(() -> broker.statuses(offset).size() == 2);
      assertThat(broker.statuses(offset).get(1).changed()).isFalse();
      assertThat(plane.block()).isEmpty();
    }
    assertThat(broker.read(Topics.DEFINITIONS)).hasSameSizeAs(before);
  }

  @Test
  void aRecordHalfWrittenByACrashNeverCounts() throws Exception {
    long offset = broker.register(ONE);
    Map<String, Object> crashing = new HashMap<>();
    crashing.put("bootstrap.servers", broker.address());
    crashing.put("transactional.id", broker.settings(2).group());
    try (KafkaProducer<byte[], byte[]> half =
        new KafkaProducer<>(crashing, new ByteArraySerializer(), new ByteArraySerializer())) {
      half.initTransactions();
      half.beginTransaction();
      byte[] history = DefinitionHistory.EMPTY.with("0123456789abcdef", 1).encode();
      half.send(new ProducerRecord<>(Topics.DEFINITIONS, 0, "o".getBytes(UTF_8), history)).get();

      try (ControlPlane plane = start()) {
        assertThat(awaitStatus(offset).version()).isEqualTo(1);
        assertThat(plane.block()).isEmpty();
      }
      assertThat(history().versions()).hasSize(1);
      assertThat(history().versions().get(0).hash()).isNotEqualTo("0123456789abcdef");
    }
  }

  @Test
  void anotherInstanceTakesOverWithTheWholeHistory() throws Exception {
    long first = broker.register(ONE);
    try (ControlPlane standby = new ControlPlane(broker.settings(2), Clock.systemUTC())) {
      try (ControlPlane active = start()) {
        awaitStatus(first);
        standby.start();
        assertThat(active.block()).isEmpty();
      }
      long second = broker.register(TWO);
      assertThat(awaitStatus(second).version()).isEqualTo(2);
      assertThat(standby.topics().exists("orchestrator.o.a.do")).isTrue();
      await()
          .atMost(PATIENCE)
          .pollInSameThread()
          .until(() -> standby.topics().exists("orchestrator.o.b.undo"));
    }
    assertThat(history().versions()).hasSize(2);
  }

  @Test
  void aTopicThatTheBrokerWillNeverCreateRefusesItsRegistrationOnly() {
    RegistrationSettings settings = broker.settings(2, 30, Duration.ofMinutes(5));
    try (ControlPlane plane = new ControlPlane(settings, Clock.systemUTC())) {
      plane.start();
      long offset = broker.register(ONE);
      long next = broker.register("{orchestrationName: p, sharedTopic: on, steps: [{name: a}]}");

      assertThat(awaitStatus(next).success()).isTrue();
      assertThat(awaitStatus(offset).problems())
          .hasSize(2)
          .allSatisfy(
              problem ->
                  assertThat(problem.message())
                      .startsWith("the broker rejects the topic orchestrator.o.a.")
                      .containsIgnoringCase("replication factor"));
      assertThat(plane.block()).isEmpty();
    }
  }

  @Test
  void aRecordThatFailsForAnotherReasonIsRetriedReportedAndAtLastDeadLetteredWhole() {
    RegistrationSettings settings = broker.settings(2);
    MovedClock clock = new MovedClock();
    MeterRegistry meters = new SimpleMeterRegistry();
    try (ControlPlane plane =
        new ControlPlane(settings, failingFor("stuck", broker.admin), clock)) {
      plane.start();
      plane.metrics().bindTo(meters);
      String document = "{orchestrationName: stuck, steps: [{name: a}]}";
      long offset = broker.register(document);
      long next = broker.register(ONE);

      await().atMost(PATIENCE).until(() -> plane.block().isPresent());
      assertThat(plane.block().orElseThrow().toString())
          .matches(
              "since \\S+, record orchestrator.registration-0@%d, \\d+ failures?: too slow today"
                  .formatted(offset));
      clock.moves(Duration.ofSeconds(5));
      assertThat(meters.get("doundo.registrations.held.up").gauge().value()).isPositive();

      clock.moves(settings.holdUp());
      assertThat(awaitStatus(offset).problems())
          .singleElement()
          .satisfies(
              problem ->
                  assertThat(problem.message())
                      .matches(
                          "gave up after \\d+ attempts in 300 s; .* failed with: too slow today"));
      assertThat(awaitStatus(next).success()).isTrue();
      assertThat(broker.read(Topics.DEAD_LETTER))
          .singleElement()
          .satisfies(letter -> assertThat(letter.value()).asString(UTF_8).isEqualTo(document));
      await().atMost(PATIENCE).until(() -> plane.block().isEmpty());
      assertThat(meters.get("doundo.registrations").tag("outcome", "given_up").functionCounter())
          .satisfies(counter -> assertThat(counter.count()).isEqualTo(1));
    }
  }

  @Test
  void everyInstanceSeesARegistrationThatNobodyCarriesOut() throws Exception {
    RegistrationSettings settings = broker.settings(2);
    try (RegistrationBacklog backlog =
        new RegistrationBacklog(broker.admin, settings, Clock.systemUTC(), Duration.ZERO)) {
      backlog.look();
      assertThat(backlog.block()).isEmpty();

      long offset = registerInATransaction(ONE);
      // A commit is acknowledged before its markers are written.
      await()
          .atMost(PATIENCE)
          .until(
              () -> {
                backlog.look();
                return backlog.block().isPresent();
              });
      RegistrationBlock held = backlog.block().orElseThrow();
      assertThat(held.place()).isEqualTo("orchestrator.registration-0@" + offset);
      assertThat(held.toString())
          .startsWith("since " + held.since() + ", record orchestrator.registration-0@" + offset)
          .contains("has not been carried out yet");

      try (ControlPlane plane = start()) {
        awaitStatus(offset);
        assertThat(plane.block()).isEmpty();
      }
      backlog.look();
      assertThat(backlog.block()).as("behind it is only the end of its transaction").isEmpty();
    }
  }

  private long registerInATransaction(String document) throws Exception {
    Map<String, Object> outbox = new HashMap<>();
    outbox.put("bootstrap.servers", broker.address());
    outbox.put("transactional.id", "outbox");
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(outbox, new ByteArraySerializer(), new ByteArraySerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      long offset =
          producer
              .send(new ProducerRecord<>(Topics.REGISTRATION, document.getBytes(UTF_8)))
              .get()
              .offset();
      producer.commitTransaction();
      return offset;
    }
  }

  /** A broker that is too slow to create topics of one name. */
  private static Admin failingFor(String name, Admin admin) {
    return (Admin)
        Proxy.newProxyInstance(
            Admin.class.getClassLoader(),
            new Class<?>[] {Admin.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("createTopics")
                  && arguments[0].toString().contains(name)) {
                throw new TimeoutException("too slow today");
              }
              if (method.getName().equals("close")) {
                return null;
              }
              return method.invoke(admin, arguments);
            });
  }

  /** A clock that the test moves on. */
  private static final class MovedClock extends Clock {

    private final AtomicReference<Duration> moved = new AtomicReference<>(Duration.ZERO);

    void moves(Duration by) {
      moved.updateAndGet(by::plus);
    }

    @Override
    public Instant instant() {
      return Instant.now().plus(moved.get());
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private ControlPlane start() {
    ControlPlane plane = new ControlPlane(broker.settings(2), Clock.systemUTC());
    plane.start();
    return plane;
  }

  private RegistrationStatus awaitStatus(long offset) {
    await().atMost(PATIENCE).pollInSameThread().until(() -> !broker.statuses(offset).isEmpty());
    return broker.statuses(offset).get(0);
  }

  private DefinitionHistory history() throws Exception {
    DefinitionHistory history = DefinitionHistory.EMPTY;
    for (ConsumerRecord<String, byte[]> stored : broker.read(Topics.DEFINITIONS)) {
      if (stored.key().equals("o")) {
        history = DefinitionHistory.decode(stored.value());
      }
    }
    return history;
  }
}
