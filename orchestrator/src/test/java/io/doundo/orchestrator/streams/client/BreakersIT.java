package io.doundo.orchestrator.streams.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.breaker.BreakerPhase;
import io.doundo.orchestrator.breaker.BreakerState;
import io.doundo.orchestrator.breaker.stored.BreakerKey;
import io.doundo.orchestrator.breaker.stored.BreakerStateCodec;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import io.doundo.orchestrator.streams.EngineState;
import io.doundo.protocol.BreakerCommand;
import io.doundo.protocol.BreakerVerb;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.MalformedRecordException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A breaker on a real broker: its engine is stopped, and loses its disk; its topic is deleted. */
class BreakersIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private Installation installation;
  private KafkaWorker worker;

  @BeforeEach
  void open() {
    installation = new Installation();
    worker = new KafkaWorker(installation.bootstrap());
  }

  @AfterEach
  void close() {
    worker.close();
    installation.close();
  }

  private void ask(String id, BreakerVerb verb, @Nullable Instant until) {
    BreakerCommand command =
        new BreakerCommand(id, "bank", verb, null, until, "maintenance", "ann");
    installation.send(
        new ProducerRecord<>(
            Topics.CONTROL, BreakerKey.of("bank").getBytes(UTF_8), command.encode()));
  }

  private BreakerState bank() {
    BreakerState state = BreakerState.unknown("bank");
    for (ConsumerRecord<byte[], byte[]> record : installation.read(Topics.BREAKERS)) {
      try {
        state = BreakerStateCodec.decode(record.value());
      } catch (MalformedRecordException e) {
        throw new AssertionError(e);
      }
    }
    return state;
  }

  private static Instant visibleSince(ConsumerRecord<byte[], byte[]> command) {
    byte[] header = command.headers().lastHeader(RecordHeaders.VISIBLE_SINCE).value();
    return Instant.ofEpochMilli(Long.parseLong(new String(header, UTF_8)));
  }

  private String held() {
    String flowId = installation.start("pay");
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(installation.events(flowId)).contains("STEP_HELD"));
    return flowId;
  }

  private void registerAndForceOpen() {
    installation.register(
        ((Defined)
                RegistrationCompiler.compile(
                        "{orchestrationName: pay, vocabulary: 2, steps: [{name: charge, breaker: bank}]}"
                            .getBytes(UTF_8),
                        Map.of())
                    .results()
                    .get(0))
            .orchestration());
    ask("f1", BreakerVerb.OPEN, Instant.now().plus(Duration.ofHours(1)));
    await().atMost(PATIENCE).until(() -> bank().phase() == BreakerPhase.FORCED_OPEN);
  }

  @Test
  void aTopicOfBreakersThatIsDeletedAndMadeAnewStopsNothing() {
    registerAndForceOpen();
    String first = held();
    await().atMost(PATIENCE).until(() -> bank().heldInAll() == 1);
    installation.deleteUnnoticed(Topics.BREAKERS);
    installation.broker().create(new NewTopic(Topics.BREAKERS, 1, (short) 1));

    // What was read of the breaker still holds.
    String second = held();
    await().atMost(PATIENCE).until(() -> bank().heldInAll() == 2);
    ask("r1", BreakerVerb.RESET, null);

    installation.awaitStatus(first, FlowStatus.COMPLETED);
    installation.awaitStatus(second, FlowStatus.COMPLETED);
    assertThat(installation.engine().state()).isEqualTo(EngineState.RUNNING);
  }

  @Test
  void aBreakerAndWhatItHoldsSurviveARestartAndALostDisk() {
    registerAndForceOpen();
    String first = held();
    installation.stopEngine();
    installation.startEngine();
    String second = held();
    installation.stopEngine();
    installation.wipeState();
    installation.startEngine();
    String third = held();
    await().atMost(PATIENCE).until(() -> bank().heldInAll() == 3);

    Instant released = Instant.now();
    ask("r1", BreakerVerb.RESET, null);

    for (String flowId : new String[] {first, second, third}) {
      installation.awaitStatus(flowId, FlowStatus.COMPLETED);
    }
    // No fence takes them for commands that were seen before the restarts.
    assertThat(installation.read(Topics.doTopic("pay", "charge")))
        .extracting(BreakersIT::visibleSince)
        .hasSize(3)
        .allMatch(seen -> seen.isAfter(released.minusSeconds(1)));
    await().atMost(PATIENCE).until(() -> bank().heldInAll() == 0);
  }
}
