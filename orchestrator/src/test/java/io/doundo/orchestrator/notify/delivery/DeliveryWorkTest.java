package io.doundo.orchestrator.notify.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.orchestrator.breaker.BreakerEntry;
import io.doundo.orchestrator.definition.Receiver;
import io.doundo.orchestrator.definition.Receiver.Occasion;
import io.doundo.orchestrator.notify.Delivery;
import io.doundo.orchestrator.notify.Delivery.State;
import io.doundo.orchestrator.notify.DeliveryCodec;
import io.doundo.orchestrator.notify.DeliveryCodec.ResendRequest;
import io.doundo.orchestrator.notify.RetryRules;
import io.doundo.orchestrator.notify.SendResult;
import io.doundo.orchestrator.notify.delivery.Notifier.NotifierSettings;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.query.notify.Deliveries.Kept;
import io.doundo.orchestrator.query.notify.StoredDeliveries;
import io.doundo.orchestrator.schedule.ScheduleEntry;
import io.doundo.orchestrator.schedule.ScheduleName;
import io.doundo.orchestrator.streams.record.AuditLog;
import io.doundo.orchestrator.streams.record.OutputRecord;
import io.doundo.protocol.AuditRecord;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the owner of partitions stores and sends, with a topic that the test keeps. */
class DeliveryWorkTest {

  private static final SendResult ACCEPTED = new SendResult(200, null, null, 3);
  private static final SendResult BROKEN = new SendResult(500, "answered 500", null, 3);
  private static final int MOST = 3;
  private static final long MOST_BYTES = 4_000;
  private static final long MOST_IN_MEMORY = 2 * MOST_BYTES;

  private final StoredDeliveries stored = new StoredDeliveries(100, MOST_IN_MEMORY);
  private final Topic topic = new Topic();
  private final DeliveryWork.Memory memory = DeliveryWork.Memory.empty();

  /** What stands in the topic, by offset. */
  private final List<ConsumerRecord<byte[], byte[]>> log = new ArrayList<>();

  private final Map<String, CompletableFuture<SendResult>> sent = new LinkedHashMap<>();
  private final List<String> attempts = new ArrayList<>();
  private Instant now = Instant.parse("2027-05-04T03:00:00Z");
  private @Nullable RuntimeException senderFails;

  private final Clock clock =
      new Clock() {
        @Override
        public ZoneId getZone() {
          return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
          return this;
        }

        @Override
        public Instant instant() {
          return now;
        }
      };

  /** What is sent is read back at once. */
  private final class Topic extends MockProducer<byte[], byte[]> {
    private boolean refuses;
    private boolean refusesDeliveries;

    /** What is sent is not read back. */
    private boolean isSlow;

    Topic() {
      super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public synchronized Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
      boolean isDelivery = !DeliveryCodec.isRequest(new String(record.key(), UTF_8));
      if (refuses || (refusesDeliveries && isDelivery)) {
        return CompletableFuture.failedFuture(new KafkaException("refused"));
      }
      if (!isSlow) {
        append(record.key(), record.value());
      }
      return CompletableFuture.completedFuture(
          new RecordMetadata(new TopicPartition(record.topic(), 0), log.size(), 0, 0, 0, 0));
    }

    @Override
    public List<PartitionInfo> partitionsFor(String name) {
      return List.of(new PartitionInfo(name, 0, null, null, null));
    }
  }

  /** Another consumer's work, which knows what is stored. */
  private DeliveryWork work() {
    DeliveryWork work =
        new DeliveryWork(
            topic,
            stored,
            this::readAgain,
            delivery -> {
              attempts.add(delivery.about());
              if (senderFails != null) {
                throw senderFails;
              }
              return sent.computeIfAbsent(delivery.about(), id -> new CompletableFuture<>());
            },
            new NotifierSettings(RetryRules.DEFAULTS, 5, MOST, MOST_BYTES),
            clock,
            new Silent(),
            memory);
    work.restore(Set.of(0));
    return work;
  }

  private static KnownReceivers receivers(@Nullable String body) {
    return receivers(body, unreadable -> List.of());
  }

  private static KnownReceivers receivers(
      @Nullable String body, ReceiverDirectory.Registered definitions) {
    Receiver ops = new Receiver("ops", List.of(Occasion.PARKED), "ops", "/hooks", null, body);
    KnownReceivers receivers =
        new KnownReceivers(new ReceiverDirectory(List.of(ops), definitions, definition -> true));
    receivers.lookAgain();
    return receivers;
  }

  private ConsumerRecords<byte[], byte[]> parked(int partition, String... flowIds) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (String flowId : flowIds) {
      AuditRecord.Entry entry =
          new AuditRecord.Entry("FLOW_PARKED", "pay", null, 0, 0, -1, null, "no answer", now);
      records.add(
          new ConsumerRecord<>(
              Topics.FLOW_EVENTS,
              partition,
              records.size(),
              flowId.getBytes(UTF_8),
              new AuditRecord(
                      flowId,
                      "incarnation",
                      "order",
                      "order@1",
                      1,
                      now.toEpochMilli(),
                      "PARKED",
                      RawJson.EMPTY_OBJECT,
                      List.of(entry))
                  .encode()));
    }
    return new ConsumerRecords<>(
        Map.of(new TopicPartition(Topics.FLOW_EVENTS, partition), records), Map.of());
  }

  private Delivery of(String flowId) {
    return stored.list(delivery -> delivery.about().equals(flowId), 1).get(0).delivery();
  }

  private void answer(String flowId, SendResult result) {
    Objects.requireNonNull(sent.get(flowId)).complete(result);
  }

  private void append(byte[] key, byte @Nullable [] value) {
    ConsumerRecord<byte[], byte[]> record =
        new ConsumerRecord<>(Topics.NOTIFICATIONS, 0, log.size(), key, value);
    log.add(record);
    stored.read(record);
  }

  private void store(Delivery delivery) {
    append(delivery.id().getBytes(UTF_8), DeliveryCodec.encode(delivery));
  }

  private void request(String id, String delivery) {
    ResendRequest request = new ResendRequest(id, delivery, 0, "ada", now);
    append(request.key().getBytes(UTF_8), DeliveryCodec.encode(request));
  }

  /** One at a time. */
  private void readAgain(Collection<Kept> wanted, Consumer<List<Delivery>> each) {
    for (Kept kept : wanted) {
      each.accept(List.of(decoded(log.get((int) kept.offset()))));
    }
  }

  private static Delivery decoded(ConsumerRecord<byte[], byte[]> record) {
    try {
      return DeliveryCodec.decode(record.value());
    } catch (MalformedRecordException e) {
      throw new AssertionError(e);
    }
  }

  /** What is left of a key once the topic is compacted. */
  private Delivery last(String id) {
    return log.stream()
        .filter(record -> new String(record.key(), UTF_8).equals(id))
        .reduce((before, after) -> after)
        .map(DeliveryWorkTest::decoded)
        .orElseThrow();
  }

  private Delivery delivery(String flowId, int bytes, State state) {
    return new Delivery(
        "ntf_" + flowId,
        "*/ops",
        "ops",
        "/hooks",
        Occasion.PARKED,
        flowId,
        "order",
        1,
        now,
        0,
        Json.string("x".repeat(bytes - 2)),
        state,
        0,
        now,
        now.plus(RetryRules.DEFAULTS.giveUpAfter()),
        List.of(),
        null,
        null,
        null);
  }

  /** Receivers may come with any version, so the first flow of each is looked at. */
  @Test
  void withoutReceiversARecordIsDecodedOnlyIfItsVersionIsNew() {
    List<String> asked = new ArrayList<>();
    KnownReceivers nobody =
        new KnownReceivers(
            new ReceiverDirectory(
                List.of(),
                unreadable -> List.of(),
                definition -> {
                  asked.add(definition);
                  return true;
                }));
    nobody.lookAgain();
    assertThat(nobody.isNobody("order@1")).as("nobody has looked at this version").isFalse();

    assertThat(work().tell(parked(0, "f-1", "f-2"), nobody)).isFalse();
    assertThat(asked).containsExactly("order@1");
    assertThat(nobody.isNobody("order@1")).isTrue();
    assertThat(nobody.isNobody(null)).isTrue();
    assertThat(nobody.isNobody("order@2")).isFalse();
  }

  @Test
  void aResultThatCouldNotBeStoredIsStoredByTheNextConsumerBeforeAnythingIsSent() {
    DeliveryWork before = work();
    before.tell(parked(0, "f-1", "f-2"), receivers(null));
    before.sendDue();
    answer("f-1", ACCEPTED);
    answer("f-2", BROKEN);
    topic.refuses = true;
    assertThatThrownBy(before::takeResults).hasMessageContaining("refused");
    DeliveryWork meanwhile = work();
    assertThatThrownBy(meanwhile::takeResults).hasMessageContaining("refused");
    topic.refuses = false;

    DeliveryWork after = work();
    after.takeResults();
    after.sendDue();

    assertThat(attempts).containsExactly("f-1", "f-2");
    assertThat(of("f-1").state()).isEqualTo(State.DELIVERED);
    assertThat(of("f-2").attempts()).isEqualTo(1);
    assertThat(after.pending()).isEqualTo(1);
  }

  @Test
  void aResultThatArrivesWhileThereIsNoConsumerCounts() {
    DeliveryWork before = work();
    before.tell(parked(0, "f-1"), receivers(null));
    before.sendDue();
    answer("f-1", ACCEPTED);

    DeliveryWork after = work();
    after.takeResults();
    after.sendDue();

    assertThat(attempts).containsExactly("f-1");
    assertThat(of("f-1").state()).isEqualTo(State.DELIVERED);
  }

  @Test
  void aResultThatIsOlderThanWhatAnotherInstanceHasStoredIsForgotten() {
    DeliveryWork before = work();
    before.tell(parked(0, "f-1"), receivers(null));
    before.sendDue();
    answer("f-1", BROKEN);
    topic.refuses = true;
    assertThatThrownBy(before::takeResults).hasMessageContaining("refused");
    topic.refuses = false;
    Delivery pending = of("f-1");
    store(pending.givenUp("by the other instance", now));

    DeliveryWork after = work();
    after.takeResults();

    assertThat(of("f-1").state()).isEqualTo(State.GIVEN_UP);
    assertThat(memory.results().unstored(delivery -> true)).isEmpty();
  }

  @Test
  void whatIsOfAPartitionThatWasLostIsNeitherMadeNorStored() {
    DeliveryWork work = work();
    work.tell(parked(0, "f-1"), receivers(null));
    work.sendDue();
    work.keepOnly(Set.of());
    answer("f-1", BROKEN);

    work.takeResults();
    work.tell(parked(0, "f-2"), receivers(null));

    assertThat(of("f-1").attempts()).isZero();
    assertThat(stored.all()).hasSize(1);
  }

  @Test
  void aSenderThatThrowsIsAFailedAttempt() {
    DeliveryWork work = work();
    work.tell(parked(0, "f-1"), receivers(null));
    senderFails = new IllegalStateException("on purpose");

    work.sendDue();
    work.takeResults();

    assertThat(of("f-1").attempts()).isEqualTo(1);
    assertThat(of("f-1").recent().get(0).error()).contains("on purpose");
  }

  @Test
  void nothingIsMadeWhileTheReceiversOfANewVersionCannotBeRead() {
    boolean[] available = {true};
    KnownReceivers receivers =
        receivers(
            null,
            unreadable -> {
              if (!available[0]) {
                throw new ReadsUnavailableException("moving");
              }
              return List.of();
            });
    available[0] = false;
    DeliveryWork work = work();

    assertThatThrownBy(() -> work.tell(parked(0, "f-1"), receivers))
        .isInstanceOf(ReadsUnavailableException.class);
    assertThat(stored.all()).isEmpty();
    assertThat(receivers.areKnown()).isFalse();

    available[0] = true;
    work.tell(parked(0, "f-1"), receivers);
    assertThat(receivers.areKnown()).isTrue();
    assertThat(of("f-1").isPending()).isTrue();
  }

  @Test
  void whatTheAuditLogSaysOfSchedulesAndBreakersIsTold() {
    AuditLog audit = new AuditLog(1_000_000);
    OutputRecord blocked =
        audit.record(
            new ScheduleName("report", "nightly"),
            new ScheduleEntry(
                ScheduleEntry.Type.RUN_BLOCKED, now, now, 1, null, "the run r-1 is parked", null));
    OutputRecord opened =
        audit.record(
            "bank", new BreakerEntry(BreakerEntry.Type.BREAKER_OPENED, now, now, "5 faults", null));
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (OutputRecord one : List.of(blocked, opened)) {
      records.add(
          new ConsumerRecord<>(Topics.FLOW_EVENTS, 0, records.size(), one.key(), one.value()));
    }
    Receiver ops =
        new Receiver(
            "ops",
            List.of(Occasion.SCHEDULE_BLOCKED, Occasion.BREAKER_OPENED),
            "ops",
            "",
            null,
            null);
    KnownReceivers receivers =
        new KnownReceivers(
            new ReceiverDirectory(List.of(ops), unreadable -> List.of(), definition -> true));
    receivers.lookAgain();
    DeliveryWork work = work();

    work.tell(
        new ConsumerRecords<>(Map.of(new TopicPartition(Topics.FLOW_EVENTS, 0), records), Map.of()),
        receivers);

    assertThat(stored.all())
        .extracting(kept -> kept.delivery().about())
        .containsExactlyInAnyOrder("schedule report/nightly", "breaker bank");
    Delivery schedule = stored.list(one -> one.schedule() != null, 1).get(0).delivery();
    assertThat(schedule.orchestration()).isEqualTo("report");
    assertThat(decoded(log.get(0)).about()).isIn("schedule report/nightly", "breaker bank");
    assertThat(work.pending()).isEqualTo(2);
  }

  @Test
  void aVersionThatThisReleaseCannotReadIsNamedAndTheOthersAreTold() {
    KnownReceivers receivers =
        receivers(
            null,
            unreadable -> {
              unreadable.accept("order", "it has schema 9");
              return List.of();
            });
    DeliveryWork work = work();

    work.tell(parked(0, "f-1"), receivers);

    assertThat(of("f-1").isPending()).isTrue();
    assertThat(receivers.unusable()).containsEntry("order", "it has schema 9");
  }

  @Test
  void bodiesThatTakeMoreThanMayWaitAreGivenUpWithThatReason() {
    DeliveryWork work = work();

    work.tell(parked(0, "f-1", "f-2"), receivers('"' + "x".repeat(2_500) + '"'));

    assertThat(of("f-1").isPending()).isTrue();
    assertThat(of("f-2").state()).isEqualTo(State.GIVEN_UP);
    assertThat(of("f-2").recent().get(0).error()).contains("bytes wait already, and 4,000 may");
    assertThat(work.pending()).isEqualTo(1);
  }

  @Test
  void aRestartTakesOverNoMoreBytesThanMayWaitTheOldestFirst() {
    store(delivery("f-2", 2_500, State.PENDING));
    now = now.minus(Duration.ofMinutes(1));
    store(delivery("f-1", 2_500, State.PENDING));
    now = now.plus(Duration.ofMinutes(1));

    DeliveryWork work = work();

    assertThat(work.pending()).isEqualTo(1);
    assertThat(of("f-1").isPending()).isTrue();
    assertThat(of("f-2").state()).isEqualTo(State.GIVEN_UP);
  }

  @Test
  void sendingAgainTakesNoMoreBytesThanMayWait() {
    List<Delivery> over =
        List.of(delivery("f-1", 2_500, State.GIVEN_UP), delivery("f-2", 2_500, State.GIVEN_UP));
    for (Delivery delivery : over) {
      store(delivery);
      request("request-" + delivery.about(), delivery.id());
    }
    DeliveryWork work = work();

    work.carryOutRequests(Set.of(0));

    assertThat(stored.requests()).isEmpty();
    assertThat(work.pending()).isEqualTo(1);
    assertThat(stored.list(one -> one.state() == State.GIVEN_UP, 9))
        .singleElement()
        .satisfies(one -> assertThat(one.delivery().resends()).isEqualTo(1));
  }

  @Test
  void sendingAgainLetsNoMoreWaitForAnAddressThanMay() {
    for (int i = 0; i <= MOST; i++) {
      store(delivery("f-" + i, 100, State.GIVEN_UP));
      request("request-" + i, "ntf_f-" + i);
    }
    DeliveryWork work = work();

    work.carryOutRequests(Set.of(0));

    assertThat(stored.requests()).isEmpty();
    assertThat(work.pending()).isEqualTo(MOST);
    assertThat(stored.list(one -> one.state() == State.GIVEN_UP, 9))
        .singleElement()
        .satisfies(one -> assertThat(one.delivery().resends()).isEqualTo(1))
        .satisfies(
            one ->
                assertThat(one.delivery().recent().get(0).error())
                    .isEqualTo("3 deliveries to ops/hooks wait already"));
  }

  @Test
  void recordsThatAreReadTogetherLetNoMoreWaitForAnAddressThanMay() {
    DeliveryWork work = work();

    work.tell(parked(0, "f-1", "f-2", "f-3", "f-4", "f-5"), receivers(null));

    assertThat(work.pending()).isEqualTo(MOST);
    assertThat(stored.list(one -> one.state() == State.GIVEN_UP, 9)).hasSize(2);
  }

  @Test
  void aRequestForADeliveryThatIsNotKeptAnyMoreIsRefusedWithTheReason() {
    request("request-1", "ntf_unknown");
    DeliveryWork work = work();

    work.carryOutRequests(Set.of(0));
    work.carryOutRequests(Set.of(0));

    assertThat(stored.requests()).isEmpty();
    assertThat(stored.refused())
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.delivery()).isEqualTo("ntf_unknown");
              assertThat(one.refused()).contains("not kept any more");
            });
    assertThat(log).hasSize(2);
  }

  @Test
  void aRequestIsDeletedOnlyOnceItsDeliveryIsStored() {
    store(delivery("f-1", 100, State.DELIVERED));
    request("request-1", "ntf_f-1");
    topic.refusesDeliveries = true;
    DeliveryWork before = work();
    assertThatThrownBy(() -> before.carryOutRequests(Set.of(0))).hasMessageContaining("refused");
    assertThat(stored.requests()).hasSize(1);
    topic.refusesDeliveries = false;

    DeliveryWork after = work();
    after.carryOutRequests(Set.of(0));
    after.sendDue();

    assertThat(stored.requests()).isEmpty();
    assertThat(attempts).containsExactly("f-1");
  }

  @Test
  void twoRequestsForOneDeliveryAreBothCarriedOut() {
    store(delivery("f-1", 100, State.DELIVERED));
    request("request-1", "ntf_f-1");
    request("request-2", "ntf_f-1");
    DeliveryWork work = work();

    work.carryOutRequests(Set.of(0));

    assertThat(stored.requests()).isEmpty();
    assertThat(last("ntf_f-1").resends()).isEqualTo(2);
    assertThat(work.pending()).isEqualTo(1);
  }

  @Test
  void theResultOfAnAttemptBeforeARequestIsNotThatOfTheRequest() {
    DeliveryWork work = work();
    work.tell(parked(0, "f-1"), receivers(null));
    work.sendDue();
    request("request-1", of("f-1").id());
    work.carryOutRequests(Set.of(0));
    answer("f-1", ACCEPTED);

    work.takeResults();
    assertThat(of("f-1").isPending()).isTrue();
    work.sendDue();
    work.takeResults();

    assertThat(attempts).containsExactly("f-1", "f-1");
    assertThat(of("f-1").state()).isEqualTo(State.DELIVERED);
  }

  @Test
  void whatAnOwnerBeforeHasStoredTooLateIsTakenOver() {
    DeliveryWork work = work();
    store(delivery("f-1", 100, State.PENDING));

    work.takeOverLate();
    work.takeOverLate();
    work.sendDue();
    assertThat(attempts).containsExactly("f-1");
    assertThat(work.pending()).isEqualTo(1);

    store(of("f-1").resent("request-1", "ada", now, RetryRules.DEFAULTS));
    answer("f-1", BROKEN);
    work.takeOverLate();
    work.takeResults();
    now = now.plus(Duration.ofSeconds(2));
    work.sendDue();
    assertThat(attempts).containsExactly("f-1", "f-1");
  }

  @Test
  void whatHasEndedHereIsNotTakenOverBeforeItsEndIsReadBack() {
    DeliveryWork work = work();
    work.tell(parked(0, "f-1"), receivers(null));
    work.sendDue();
    topic.isSlow = true;
    answer("f-1", ACCEPTED);
    work.takeResults();
    assertThat(of("f-1").isPending()).isTrue();

    work.takeOverLate();
    work.sendDue();

    assertThat(attempts).containsExactly("f-1");
    store(of("f-1").resent("request-1", "ada", now, RetryRules.DEFAULTS));
    work.takeOverLate();
    work.sendDue();
    assertThat(attempts).containsExactly("f-1", "f-1");
  }

  @Test
  void whatALateRecordHasReplacedIsStoredOnceMore() {
    store(delivery("f-1", 100, State.DELIVERED));
    store(delivery("f-1", 100, State.PENDING));
    assertThat(last("ntf_f-1").state()).isEqualTo(State.PENDING);
    DeliveryWork work = work();

    work.storeReplaced();
    work.storeReplaced();

    assertThat(last("ntf_f-1").state()).isEqualTo(State.DELIVERED);
    assertThat(log).hasSize(3);
    work.sendDue();
    assertThat(attempts).isEmpty();
  }

  @Test
  void whatIsOfAnotherOwnerIsNotStoredOnceMore() {
    store(delivery("f-1", 100, State.DELIVERED));
    store(delivery("f-1", 100, State.PENDING));
    DeliveryWork work = work();
    work.keepOnly(Set.of());

    work.storeReplaced();

    assertThat(log).hasSize(2);
  }

  @Test
  void aBacklogIsNotInMemoryAndWhatIsBeyondTheLimitIsGivenUpWithItsBody() {
    for (int i = 0; i < 9; i++) {
      store(delivery("f-" + i, 2_500, State.PENDING));
    }
    assertThat(stored.pendingBytes()).isLessThanOrEqualTo(MOST_IN_MEMORY);

    DeliveryWork work = work();

    assertThat(work.pending()).isEqualTo(1);
    assertThat(stored.list(one -> one.state() == State.GIVEN_UP, 9)).hasSize(8);
    for (int i = 0; i < 9; i++) {
      assertThat(last("ntf_f-" + i).body().size()).isEqualTo(2_500);
    }
  }

  @Test
  void anotherConsumerGoesOnWithThePausesOfAnAddress() {
    DeliveryWork before = work();
    before.tell(parked(0, "f-1", "f-2"), receivers(null));
    before.sendDue();
    answer("f-1", BROKEN);
    answer("f-2", BROKEN);
    before.takeResults();

    DeliveryWork after = work();
    after.tell(parked(0, "f-3"), receivers(null));
    after.sendDue();
    assertThat(attempts).containsExactly("f-1", "f-2");
    assertThat(after.failing()).containsValue("answered 500");

    now = now.plus(Duration.ofSeconds(2));
    after.sendDue();
    assertThat(attempts).containsExactly("f-1", "f-2", "f-3");
  }

  @Test
  void aThrottleIsNoFailureOfTheReceiver() {
    DeliveryWork work = work();
    work.tell(parked(0, "f-1"), receivers(null));
    work.sendDue();
    answer("f-1", new SendResult(429, "answered 429", null, 3));
    work.takeResults();

    assertThat(work.failing()).isEmpty();
    assertThat(of("f-1").attempts()).isEqualTo(1);
  }

  @Test
  void nothingMoreIsReadForAMinuteWhileTooManyWaitForAReceiverThatAccepts() {
    DeliveryWork work = work();
    work.tell(parked(0, "f-1", "f-2"), receivers(null));
    assertThat(work.mustWait()).isFalse();
    work.tell(parked(0, "f-3"), receivers(null));
    assertThat(work.mustWait()).isTrue();

    now = now.plus(Duration.ofSeconds(59));
    assertThat(work.mustWait()).isTrue();
    now = now.plus(Duration.ofSeconds(1));
    assertThat(work.mustWait()).isFalse();
    work.tell(parked(0, "f-4"), receivers(null));
    assertThat(of("f-4").state()).isEqualTo(State.GIVEN_UP);

    work.sendDue();
    answer("f-1", ACCEPTED);
    work.takeResults();
    assertThat(work.mustWait()).isFalse();
    work.tell(parked(0, "f-5"), receivers(null));
    assertThat(of("f-5").isPending()).isTrue();
    assertThat(work.mustWait()).isTrue();
  }

  @Test
  void nobodyWaitsForAReceiverThatFails() {
    DeliveryWork work = work();
    work.tell(parked(0, "f-1", "f-2", "f-3"), receivers(null));
    work.sendDue();
    answer("f-1", BROKEN);
    work.takeResults();

    assertThat(work.mustWait()).isFalse();
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
