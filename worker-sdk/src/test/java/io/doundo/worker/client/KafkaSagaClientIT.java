package io.doundo.worker.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.HeaderLookup;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.StartEvent;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import io.doundo.worker.FlowEnd;
import io.doundo.worker.FlowEnd.Status;
import io.doundo.worker.RegistrationOutcome;
import io.doundo.worker.StartRefusedException;
import io.doundo.worker.StartedFlow;
import io.doundo.worker.binding.JsonBinder;
import io.doundo.worker.broker.TestBroker;
import io.doundo.worker.delivery.KafkaClients;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** The client against a real broker; the test plays the orchestrator. */
class KafkaSagaClientIT {

  record Tenant(String name) {}

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Map<String, Object> KAFKA =
      Map.of("bootstrap.servers", TestBroker.address());

  private final KafkaSagaClient client =
      new KafkaSagaClient(
          KAFKA, "shop", new JsonBinder(JsonMapper.builder().build()), new DefaultResourceLoader());
  private final Producer<byte[], byte[]> orchestrator = KafkaClients.producer(KAFKA);
  private final Consumer<byte[], byte[]> starts = reader(Topics.EXECUTION_START);

  private static Consumer<byte[], byte[]> reader(String topic) {
    Consumer<byte[], byte[]> consumer = KafkaClients.reader(KAFKA);
    List<TopicPartition> partitions = List.of(new TopicPartition(topic, 0));
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    partitions.forEach(consumer::position);
    return consumer;
  }

  @AfterEach
  void close() {
    client.close();
    orchestrator.close();
    starts.close();
  }

  /** The start events since the last call, once there are some. */
  private List<StartEvent> awaitStartEvents() {
    return await().until(this::startEvents, events -> !events.isEmpty());
  }

  private List<StartEvent> startEvents() {
    List<StartEvent> events = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : starts.poll(Duration.ofMillis(500))) {
      try {
        events.add(StartEvent.decode(record.value(), record.key(), name -> null));
      } catch (MalformedRecordException e) {
        throw new AssertionError(e.reason(), e);
      }
    }
    return events;
  }

  private void report(String flowId, String status, @Nullable String reason) {
    AuditRecord record =
        new AuditRecord(
            flowId,
            "0123456789abcdef0123456789abcdef",
            "tenants",
            "tenants@1",
            1,
            System.currentTimeMillis(),
            status,
            RawJson.EMPTY_OBJECT,
            List.of(
                new AuditRecord.Entry(
                    "FLOW_" + status, null, null, 0, 0, -1, null, reason, Instant.now())));
    try {
      orchestrator
          .send(new ProducerRecord<>(Topics.FLOW_EVENTS, flowId.getBytes(UTF_8), record.encode()))
          .get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aFlowIsStartedAndItsEndAwaited() throws InterruptedException, TimeoutException {
    StartedFlow flow = client.start("tenants", new Tenant("acme"));

    await().untilAsserted(() -> assertThat(flow.accepted()).isCompleted());
    assertThat(awaitStartEvents())
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.flowId()).isEqualTo(flow.flowId());
              assertThat(event.orchestrationName()).isEqualTo("tenants");
              assertThat(event.initiator()).isEqualTo("shop");
              assertThat(event.payload()).hasToString("{\"name\":\"acme\"}");
            });
    // The flow ends before anyone waits for it.
    report(flow.flowId(), "IN_PROGRESS", null);
    report(flow.flowId(), "UNDONE", "no such region");

    assertThat(flow.await(PATIENCE))
        .isEqualTo(new FlowEnd(flow.flowId(), Status.UNDONE, "no such region"));
  }

  @Test
  void aSignalIsSentToItsFlow() throws Exception {
    try (Consumer<byte[], byte[]> controls = reader(Topics.CONTROL)) {
      assertThat(client.signal("flow-7", "approved", "s-1", new Tenant("acme")))
          .succeedsWithin(PATIENCE);

      List<ConsumerRecord<byte[], byte[]>> sent = new ArrayList<>();
      await()
          .untilAsserted(
              () -> {
                controls.poll(Duration.ofMillis(50)).forEach(sent::add);
                assertThat(sent).isNotEmpty();
              });
      assertThat(sent).hasSize(1);
      assertThat(sent.get(0).key()).isEqualTo("flow-7".getBytes(UTF_8));
      assertThat(ControlCommand.decode(sent.get(0).value(), null, HeaderLookup.NONE))
          .isEqualTo(
              ControlCommand.signal(
                  "s-1",
                  "flow-7",
                  "approved",
                  RawJson.trusted("{\"name\":\"acme\"}".getBytes(UTF_8)),
                  "shop"));
    }
    assertThatThrownBy(() -> client.signal("flow-7", "a.b", "s-1", Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the signal's name \"a.b\"");
    assertThatThrownBy(() -> client.signal("", "approved", "s-1", Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the flowId \"\"");
    for (String signalId : List.of("", "  ", "a\nb", "x".repeat(256))) {
      assertThatThrownBy(() -> client.signal("flow-7", "approved", signalId, Map.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("the signalId \"")
          .hasMessageContaining("must have 1 to 255 characters")
          .hasMessageNotContaining("\n");
    }
    for (String name : List.of("", " ", "..", "a/b", "a\u0000b")) {
      assertThatThrownBy(() -> client.signal("flow-7", name, "s-1", Map.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("the signal's name \"");
    }
  }

  @Test
  void insideATransactionASignalIsSentAfterTheCommitAndNeverAfterARollback() throws Exception {
    TransactionTemplate transaction = new TransactionTemplate(new InMemoryTransactions());
    try (Consumer<byte[], byte[]> controls = reader(Topics.CONTROL)) {
      CompletableFuture<Void> rolledBack =
          transaction.execute(
              status -> {
                status.setRollbackOnly();
                return client.signal("flow-8", "approved", "never", Map.of());
              });
      CompletableFuture<Void> committed =
          transaction.execute(
              status -> {
                CompletableFuture<Void> sent = client.signal("flow-8", "approved", "s-2", Map.of());
                assertThat(controls.poll(Duration.ofMillis(500))).isEmpty();
                assertThat(sent).isNotDone();
                return sent;
              });

      assertThat(rolledBack).isCancelled();
      assertThat(committed).succeedsWithin(PATIENCE);
      List<String> ids = new ArrayList<>();
      await()
          .untilAsserted(
              () -> {
                for (ConsumerRecord<byte[], byte[]> record : controls.poll(Duration.ofMillis(50))) {
                  ids.add(
                      ControlCommand.decode(record.value(), null, HeaderLookup.NONE).controlId());
                }
                assertThat(ids).containsExactly("s-2");
              });
    }
  }

  @Test
  void endsReachThoseWhoAskEarlyAndLate() throws InterruptedException, TimeoutException {
    StartedFlow first = client.start("tenants", new Tenant("one"));
    CompletableFuture<FlowEnd> end = first.end();
    StartedFlow second = client.start("tenants", new Tenant("two"));
    report(second.flowId(), "PARKED", "UNDO_FAILED");
    report(first.flowId(), "COMPLETED", null);

    await().untilAsserted(() -> assertThat(end).isCompleted());
    assertThat(end.join().isCompleted()).isTrue();
    assertThat(second.await(PATIENCE).status()).isEqualTo(Status.PARKED);
    assertThatThrownBy(
            () -> client.start("tenants", new Tenant("three")).await(Duration.ofMillis(50)))
        .isInstanceOf(TimeoutException.class);
  }

  @Test
  void insideATransactionAFlowStartsAfterTheCommitAndNeverAfterARollback() {
    TransactionTemplate transaction = new TransactionTemplate(new InMemoryTransactions());

    StartedFlow committed =
        transaction.execute(
            status -> {
              StartedFlow flow = client.start("tenants", "in-transaction", new Tenant("acme"));
              assertThat(startEvents()).isEmpty();
              assertThat(flow.accepted()).isNotDone();
              return flow;
            });
    StartedFlow rolledBack =
        transaction.execute(
            status -> {
              status.setRollbackOnly();
              return client.start("tenants", new Tenant("never"));
            });

    assertThat(committed).isNotNull();
    await().untilAsserted(() -> assertThat(committed.accepted()).isCompleted());
    assertThat(rolledBack).isNotNull();
    assertThat(rolledBack.accepted()).isCancelled();
    assertThat(awaitStartEvents()).extracting(StartEvent::flowId).containsExactly("in-transaction");
  }

  @Test
  void aRegistrationReportsWhatTheOrchestratorMadeOfIt() throws Exception {
    try (Consumer<byte[], byte[]> registrations = reader(Topics.REGISTRATION)) {
      CompletableFuture<RegistrationOutcome> outcome =
          client.register(new ByteArrayResource("orchestrationName: tenants".getBytes(UTF_8)));
      ConsumerRecord<byte[], byte[]> record =
          await()
              .until(() -> registrations.poll(Duration.ofMillis(200)), found -> !found.isEmpty())
              .iterator()
              .next();
      assertThat(new String(record.headers().lastHeader("serviceName").value(), UTF_8))
          .isEqualTo("shop");
      String status =
          """
          {"type": "REGISTRATION_STATUS", "orchestrationName": "tenants", "as": "initiator",
           "status": "FAILED", "warnings": [], "timestamp": "2026-11-21T00:00:00Z",
           "problems": [{"document": 0, "path": "steps", "message": "is missing"}],
           "source": {"topic": "%s", "partition": 0, "offset": %d}}
          """;
      for (long offset : List.of(record.offset() + 100, record.offset())) {
        orchestrator
            .send(
                new ProducerRecord<>(
                    Topics.REGISTRATION_STATUS,
                    status.formatted(Topics.REGISTRATION, offset).getBytes(UTF_8)))
            .get();
      }

      assertThat(outcome.get(60, TimeUnit.SECONDS))
          .isEqualTo(
              new RegistrationOutcome("tenants", false, List.of("steps: is missing"), List.of()));
    }
  }

  @Test
  void anOrchestrationOrDocumentThatCannotBeIsRefusedAtOnce() {
    assertThatThrownBy(() -> client.start("a.b", new Tenant("acme")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must not contain a dot");
    assertThatThrownBy(() -> client.register("classpath:nowhere.yaml"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nowhere.yaml");
  }

  @Test
  void aFlowIdThatNoOrchestratorAcceptsIsRefusedAtOnce() {
    for (String flowId : List.of("", " ", "a\nb", "x".repeat(300))) {
      assertThatThrownBy(() -> client.start("tenants", flowId, new Tenant("acme")))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("1 to 255 characters");
    }
    assertThat(startEvents()).isEmpty();
  }

  @Test
  void aPayloadThatNoReaderAcceptsIsRefusedAtOnce() {
    assertThatThrownBy(
            () -> client.start("tenants", Map.of("n", java.math.BigInteger.TEN.pow(616))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the JSON exceeds a limit");
  }

  /** Spring only calls the completion callback of a synchronization registered at this point. */
  @Test
  void aFlowThatIsStartedAfterACommitIsSent() {
    TransactionTemplate transaction = new TransactionTemplate(new InMemoryTransactions());
    List<StartedFlow> started = new ArrayList<>();
    transaction.executeWithoutResult(
        status ->
            TransactionSynchronizationManager.registerSynchronization(
                new TransactionSynchronization() {
                  @Override
                  public void afterCommit() {
                    started.add(client.start("tenants", "after-commit", new Tenant("acme")));
                  }
                }));

    await().untilAsserted(() -> assertThat(started.get(0).accepted()).isCompleted());
    assertThat(awaitStartEvents()).extracting(StartEvent::flowId).containsExactly("after-commit");
  }

  private void refuse(long offset, String reason) throws Exception {
    ProducerRecord<byte[], byte[]> letter =
        new ProducerRecord<>(Topics.DEAD_LETTER, new byte[0], new byte[0]);
    letter.headers().add(RecordHeaders.DEAD_LETTER_TOPIC, Topics.EXECUTION_START.getBytes(UTF_8));
    letter.headers().add(RecordHeaders.DEAD_LETTER_PARTITION, "0".getBytes(UTF_8));
    letter.headers().add(RecordHeaders.DEAD_LETTER_OFFSET, String.valueOf(offset).getBytes(UTF_8));
    letter.headers().add(RecordHeaders.DEAD_LETTER_REASON, reason.getBytes(UTF_8));
    orchestrator.send(letter).get();
  }

  @Test
  void aStartThatWasRefusedFailsWithTheReason() throws Exception {
    StartedFlow flow = client.start("tenants", "taken", new Tenant("acme"));
    CompletableFuture<FlowEnd> end = flow.end();
    await().untilAsserted(() -> assertThat(flow.accepted()).isCompleted());
    long offset =
        await()
            .until(() -> starts.poll(Duration.ofMillis(200)), found -> !found.isEmpty())
            .iterator()
            .next()
            .offset();
    // Another start got the flowId, and its flow has ended.
    report("taken", "COMPLETED", null);
    refuse(offset, "flowId taken is already in use by a flow with other content");

    await().until(end::isDone);
    assertThatThrownBy(() -> flow.await(Duration.ofSeconds(1)))
        .isInstanceOf(StartRefusedException.class)
        .hasMessageContaining("already in use by a flow with other content");
  }

  /** Only runs the registered synchronizations; there is nothing to commit or roll back. */
  private static final class InMemoryTransactions extends AbstractPlatformTransactionManager {

    private static final long serialVersionUID = 1L;

    @Override
    protected Object doGetTransaction() {
      return new Object();
    }

    @Override
    protected void doBegin(
        Object transaction, org.springframework.transaction.TransactionDefinition definition) {}

    @Override
    protected void doCommit(DefaultTransactionStatus status) {}

    @Override
    protected void doRollback(DefaultTransactionStatus status) {}
  }
}
