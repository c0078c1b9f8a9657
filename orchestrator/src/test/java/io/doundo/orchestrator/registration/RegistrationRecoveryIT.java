package io.doundo.orchestrator.registration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.definition.compiler.DefinitionHistory;
import io.doundo.protocol.Topics;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Registrations when the control plane stops, crashes or is replaced. */
class RegistrationRecoveryIT {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String ONE = "orchestrationName: o\nsteps: [{name: a}]";
  private static final String TWO = "orchestrationName: o\nsteps: [{name: a}, {name: b}]";

  private Broker broker;

  @BeforeEach
  void startBroker() {
    broker = new Broker();
    new TopicProvisioner(broker.admin, broker.settings(2)).provision();
  }

  @AfterEach
  void stopBroker() {
    broker.close();
  }

  @Test
  void whatCameWhileNobodyListenedIsTakenInOrder() throws Exception {
    broker.register(ONE);
    long last = broker.register(TWO);

    try (ControlPlane plane = start()) {
      assertThat(awaitStatus(last).version()).isEqualTo(2);
      assertThat(plane.trouble()).isEmpty();
    }
    assertThat(history().versions()).hasSize(2);
  }

  @Test
  void aRecordDeliveredAgainChangesNothing() throws Exception {
    long offset = broker.register(ONE);
    try (ControlPlane plane = start()) {
      assertThat(awaitStatus(offset).changed()).isTrue();
      assertThat(plane.trouble()).isEmpty();
    }
    List<ConsumerRecord<String, byte[]>> before = broker.read(Topics.DEFINITIONS);
    // As if the process had died before its offset was stored.
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
      assertThat(plane.trouble()).isEmpty();
    }
    assertThat(broker.read(Topics.DEFINITIONS)).hasSameSizeAs(before);
  }

  @Test
  void whatACrashLeftHalfWrittenNeverCounts() throws Exception {
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
        assertThat(plane.trouble()).isEmpty();
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
        assertThat(active.trouble()).isEmpty();
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
