package io.doundo.orchestrator.app.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.http.HttpWorkerProperties;
import io.doundo.http.WebhookSender;
import io.doundo.orchestrator.definition.Receiver;
import io.doundo.orchestrator.definition.Receiver.Occasion;
import io.doundo.orchestrator.notify.Delivery;
import io.doundo.orchestrator.notify.Delivery.State;
import io.doundo.orchestrator.notify.DeliveryCodec;
import io.doundo.orchestrator.notify.DeliveryCodec.ResendRequest;
import io.doundo.orchestrator.notify.RetryRules;
import io.doundo.orchestrator.notify.SendResult;
import io.doundo.orchestrator.notify.delivery.DeliverySender;
import io.doundo.orchestrator.notify.delivery.Notifier;
import io.doundo.orchestrator.notify.delivery.ReceiverDirectory;
import io.doundo.orchestrator.query.ReadConsumers;
import io.doundo.orchestrator.query.notify.Deliveries;
import io.doundo.orchestrator.testing.TestBroker;
import io.doundo.orchestrator.testing.WebhookReceiver;
import io.doundo.orchestrator.testing.WebhookReceiver.Webhook;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.RawJson;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/**
 * Notifications on a real broker and to a real server: nothing is lost while the receiver is down
 * and while nobody sends, and what is sent is signed.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class NotifierIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int PARTITIONS = 2;
  private static final long MOST_BYTES = 1_000_000;

  private TestBroker broker;
  private ReadConsumers consumers;
  private Producer<byte[], byte[]> producer;
  private final List<AutoCloseable> running = new ArrayList<>();
  private WebhookReceiver receiver = new WebhookReceiver();

  @BeforeAll
  void startBroker() {
    broker = new TestBroker();
    consumers = new ReadConsumers(broker.bootstrap(), Map.of());
    producer = producer();
    broker.create(
        new NewTopic(Topics.FLOW_EVENTS, Optional.of(PARTITIONS), Optional.empty()),
        new NewTopic(Topics.NOTIFICATIONS, Optional.of(PARTITIONS), Optional.empty()));
  }

  @AfterAll
  void stopBroker() {
    producer.close();
    broker.close();
  }

  @BeforeEach
  void newReceiver() {
    receiver.close();
    receiver = new WebhookReceiver();
  }

  @AfterEach
  void stopAll() throws Exception {
    stop();
    receiver.close();
  }

  /** In order: every partition is given back, and what was not delivered stays pending. */
  private void stop() throws Exception {
    for (AutoCloseable one : running) {
      one.close();
    }
    running.clear();
  }

  private Producer<byte[], byte[]> producer() {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", broker.bootstrap(), "acks", "all"),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }

  private WebhookSender webhooks() {
    HttpWorkerProperties properties =
        new Binder(
                new MapConfigurationPropertySource(
                    Map.of(
                        "doundo.http.connections.ops.base-url",
                        receiver.url(),
                        "doundo.http.connections.ops.allow-private",
                        "true",
                        "doundo.http.connections.ops.signing-secret",
                        WebhookReceiver.SECRET)))
            .bind("doundo.http", HttpWorkerProperties.class)
            .get();
    return new WebhookSender(
        properties,
        name -> {
          throw new IllegalArgumentException(name);
        },
        new SimpleMeterRegistry());
  }

  /** One instance with these receivers of all orchestrations. */
  private Deliveries instance(Receiver... receivers) {
    WebhookSender webhooks = webhooks();
    running.add(webhooks);
    return instance(new WebhookDeliveries(webhooks, Duration.ofSeconds(5)), receivers);
  }

  private Deliveries instance(DeliverySender sender, Receiver... receivers) {
    Deliveries deliveries = new Deliveries(consumers, 1_000, MOST_BYTES);
    start(deliveries, this::producer, sender, receivers);
    return deliveries;
  }

  private Notifier start(
      Deliveries deliveries,
      Supplier<Producer<byte[], byte[]>> producers,
      DeliverySender sender,
      Receiver... receivers) {
    Notifier notifier =
        new Notifier(
            consumers,
            producers,
            new ReceiverDirectory(List.of(receivers), unreadable -> List.of(), definition -> true),
            deliveries,
            sender,
            new Notifier.NotifierSettings(
                new RetryRules(
                    Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofMinutes(10)),
                5,
                100,
                MOST_BYTES),
            Clock.systemUTC(),
            new Silent());
    deliveries.start();
    notifier.start();
    running.add(notifier);
    running.add(deliveries);
    return notifier;
  }

  private static Receiver ops(Occasion... on) {
    return new Receiver("ops", List.of(on), "ops", "/hooks", null, null);
  }

  private void happens(String flowId, String type) {
    Instant at = Instant.now();
    byte[] record =
        new AuditRecord(
                flowId,
                "incarnation",
                "order",
                null,
                1,
                at.toEpochMilli(),
                "PARKED",
                RawJson.EMPTY_OBJECT,
                List.of(new AuditRecord.Entry(type, "pay", null, 0, 0, -1, null, "no answer", at)))
            .encode();
    try {
      producer.send(new ProducerRecord<>(Topics.FLOW_EVENTS, flowId.getBytes(UTF_8), record)).get();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private Set<String> told() {
    return receiver.received().stream().map(NotifierIT::flowId).collect(Collectors.toSet());
  }

  /** Those about one flow; others may be of the tests before. */
  private List<Webhook> webhooks(String flowId) {
    return receiver.received().stream().filter(w -> flowId(w).equals(flowId)).toList();
  }

  private static String flowId(Webhook webhook) {
    return webhook.body().path("flowId").asString("");
  }

  private static List<Delivery> of(Deliveries deliveries, String flowId) {
    return deliveries.list(delivery -> delivery.about().equals(flowId), 10).stream()
        .map(Deliveries.Kept::delivery)
        .toList();
  }

  @Test
  void aFlowThatParksWhileTheReceiverIsDownIsToldAfterARestartOnceTheReceiverIsBack()
      throws Exception {
    receiver.setDown(true);
    Deliveries before = instance(ops(Occasion.PARKED));
    happens("down-1", "FLOW_PARKED");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(of(before, "down-1"))
                    .singleElement()
                    .satisfies(one -> assertThat(one.attempts()).isGreaterThan(1)));
    stop();
    happens("down-2", "FLOW_PARKED");
    happens("down-3", "FLOW_COMPLETED");
    assertThat(receiver.received()).isEmpty();

    Deliveries after = instance(ops(Occasion.PARKED));
    receiver.setDown(false);

    await().atMost(PATIENCE).until(() -> told().containsAll(Set.of("down-1", "down-2")));
    assertThat(told()).doesNotContain("down-3");
    Webhook webhook = webhooks("down-1").get(0);
    assertThat(webhook.path()).isEqualTo("/hooks");
    assertThat(webhook.id()).isEqualTo(webhook.body().path("id").asString(""));
    assertThat(receiver.refused()).containsOnly("down");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(of(after, "down-1"))
                    .singleElement()
                    .satisfies(
                        one -> {
                          assertThat(one.id()).isEqualTo(of(before, "down-1").get(0).id());
                          assertThat(one.state()).isEqualTo(State.DELIVERED);
                        }));
  }

  @Test
  void aDeliveryIsSentAgainOnRequestUnderTheSameIdAndTheRequestIsDeleted() throws Exception {
    Deliveries deliveries = instance(ops(Occasion.UNDONE));
    happens("again-1", "FLOW_UNDONE");
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                of(deliveries, "again-1").stream().anyMatch(one -> one.state() == State.DELIVERED));
    Deliveries.Kept kept = deliveries.find(of(deliveries, "again-1").get(0).id()).orElseThrow();

    ResendRequest request =
        new ResendRequest(
            "request-1", kept.delivery().id(), kept.delivery().source(), "ada", Instant.now());
    producer
        .send(
            new ProducerRecord<>(
                Topics.NOTIFICATIONS,
                kept.partition(),
                request.key().getBytes(UTF_8),
                DeliveryCodec.encode(request)))
        .get();

    await().atMost(PATIENCE).until(() -> webhooks("again-1").size() == 2);
    assertThat(webhooks("again-1")).extracting(Webhook::id).containsOnly(kept.delivery().id());
    assertThat(webhooks("again-1").get(1).body()).isEqualTo(webhooks("again-1").get(0).body());
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(deliveries.requests()).isEmpty();
              Delivery sent = of(deliveries, "again-1").get(0);
              assertThat(sent.state()).isEqualTo(State.DELIVERED);
              assertThat(sent.resend()).isNotNull();
            });
  }

  @Test
  void twoInstancesShareTheWorkAndOneTakesOverWhatTheOtherHasNotSent() throws Exception {
    DeliverySender never = delivery -> new CompletableFuture<>();
    instance(never, ops(Occasion.ABANDONED));
    List<AutoCloseable> first = List.copyOf(running);
    for (int i = 0; i < 6; i++) {
      happens("shared-" + i, "FLOW_ABANDONED");
    }
    Deliveries watching = new Deliveries(consumers, 1_000, MOST_BYTES);
    watching.start();
    running.add(watching);
    await()
        .atMost(PATIENCE)
        .until(() -> watching.list(d -> d.about().startsWith("shared-"), 10).size() == 6);
    instance(ops(Occasion.ABANDONED));

    for (AutoCloseable one : first) {
      one.close();
    }

    await()
        .atMost(PATIENCE)
        .until(
            () ->
                told()
                    .containsAll(
                        Set.of(
                            "shared-0",
                            "shared-1",
                            "shared-2",
                            "shared-3",
                            "shared-4",
                            "shared-5")));
  }

  @Test
  void deliveriesWhoseBodiesAreNotInMemoryAreReadAgainFromTheTopic() {
    DeliverySender never = delivery -> new CompletableFuture<>();
    instance(never, ops(Occasion.COMPLETED));
    for (int i = 0; i < 3; i++) {
      happens("large-" + i, "FLOW_COMPLETED");
    }
    Deliveries small = new Deliveries(consumers, 1_000, 1);
    small.start();
    running.add(small);
    await()
        .atMost(PATIENCE)
        .until(() -> small.list(d -> d.about().startsWith("large-"), 10).size() == 3);
    List<Deliveries.Kept> kept = small.list(d -> d.about().startsWith("large-"), 10);
    assertThat(kept).noneMatch(Deliveries.Kept::hasBody);

    List<Delivery> read = new ArrayList<>();
    small.readAgain(kept, read::addAll);

    assertThat(read)
        .extracting(Delivery::about)
        .containsExactlyInAnyOrder("large-0", "large-1", "large-2");
    assertThat(read).allSatisfy(one -> assertThat(one.body().toString()).contains(one.about()));
  }

  @Test
  void whileResultsCannotBeStoredNothingIsSentAgainAndTheFailureIsSeen() {
    AtomicBoolean refuses = new AtomicBoolean();
    AtomicInteger sent = new AtomicInteger();
    AtomicInteger connections = new AtomicInteger();
    DeliverySender sender =
        delivery -> {
          if (delivery.about().equals("unstored-1")) {
            sent.incrementAndGet();
            refuses.set(true);
          }
          return CompletableFuture.completedFuture(new SendResult(200, null, null, 1));
        };
    Deliveries deliveries = new Deliveries(consumers, 1_000, MOST_BYTES);
    Notifier notifier =
        start(
            deliveries,
            () -> {
              connections.incrementAndGet();
              return refusing(refuses);
            },
            sender,
            ops(Occasion.UNPARKED));
    happens("unstored-1", "FLOW_UNPARKED");

    await().atMost(PATIENCE).until(() -> connections.get() >= 3);
    assertThat(notifier.standing().failure()).contains("refused on purpose");
    assertThat(of(deliveries, "unstored-1")).singleElement().matches(Delivery::isPending);
    refuses.set(false);

    await()
        .atMost(PATIENCE)
        .until(
            () ->
                of(deliveries, "unstored-1").stream()
                    .anyMatch(one -> one.state() == State.DELIVERED));
    assertThat(sent).hasValue(1);
  }

  private Producer<byte[], byte[]> refusing(AtomicBoolean refuses) {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", broker.bootstrap(), "acks", "all"),
        new ByteArraySerializer(),
        new ByteArraySerializer()) {
      @Override
      public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
        return refuses.get()
            ? CompletableFuture.failedFuture(new KafkaException("refused on purpose"))
            : super.send(record);
      }
    };
  }

  @Test
  void aRecordThatCannotBeReadHoldsUpNothing() throws Exception {
    instance(ops(Occasion.REJECTED));
    producer
        .send(new ProducerRecord<>(Topics.FLOW_EVENTS, 0, "x".getBytes(UTF_8), "{".getBytes(UTF_8)))
        .get();
    producer
        .send(new ProducerRecord<>(Topics.FLOW_EVENTS, 1, "x".getBytes(UTF_8), "{".getBytes(UTF_8)))
        .get();
    happens("poison-1", "FLOW_REJECTED");

    await().atMost(PATIENCE).until(() -> told().contains("poison-1"));
  }

  /** Counts nothing. */
  private static final class Silent implements Notifier.Listener {
    @Override
    public void onMade() {}

    @Override
    public void onAttempt(SendResult.Kind kind, Duration took) {}

    @Override
    public void onPassedOver() {}

    @Override
    public void onGivenUp() {}

    @Override
    public void onFigures(long pending, long oldestMs, long unread) {}

    @Override
    public void onBehind(long behindMs) {}

    @Override
    public void onFailing(boolean isFailing) {}
  }
}
