package io.doundo.orchestrator.notify;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.Receiver.Occasion;
import io.doundo.orchestrator.notify.Delivery.State;
import io.doundo.protocol.json.RawJson;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which deliveries are sent when, with a clock that the test moves. */
class DeliveryQueueTest {

  private static final Instant START = Instant.parse("2027-05-04T03:00:00Z");
  private static final SendResult ACCEPTED = new SendResult(200, null, null, 3);
  private static final SendResult DOWN = new SendResult(0, "connection refused", null, 3);
  private static final SendResult BROKEN = new SendResult(500, "answered 500", null, 3);
  private static final SendResult THROTTLED =
      new SendResult(429, "answered 429", Duration.ofSeconds(20), 3);
  private static final SendResult NO_TURN = new SendResult(0, "no turn", null, 10_000, false);
  private static final SendResult BAD_BODY = new SendResult(422, "answered 422", null, 3);

  private final RetryRules rules = RetryRules.DEFAULTS;
  private final ReceiverPace pace = new ReceiverPace("ops/hooks", 3, rules);
  private final DeliveryQueue queue = new DeliveryQueue(pace, 5, rules);
  private Instant now = START;

  private Delivery delivery(String id) {
    return new Delivery(
        id,
        "order/ops",
        "ops",
        "/hooks",
        Occasion.PARKED,
        "f-" + id,
        "order",
        1,
        now,
        0,
        RawJson.EMPTY_OBJECT,
        State.PENDING,
        0,
        now,
        now.plus(rules.giveUpAfter()),
        List.of(),
        null,
        null,
        null);
  }

  private void add(String... ids) {
    for (String id : ids) {
      queue.add(delivery(id));
    }
  }

  private List<String> due() {
    return queue.due(now).stream().map(Delivery::id).toList();
  }

  private Delivery ended(String id, SendResult result) {
    int resends = Objects.requireNonNull(queue.find(id)).resends();
    return Objects.requireNonNull(queue.ended(id, resends, result, now));
  }

  private void pass(Duration time) {
    now = now.plus(time);
  }

  @Test
  void aHealthyReceiverGetsSeveralAtOnceAndNoDeliveryTwice() {
    add("a", "b", "c", "d");

    assertThat(due()).containsExactly("a", "b", "c");
    assertThat(due()).isEmpty();
    assertThat(ended("b", ACCEPTED).state()).isEqualTo(State.DELIVERED);
    assertThat(due()).containsExactly("d");
    assertThat(queue.size()).isEqualTo(3);
  }

  @Test
  void aReceiverThatIsDownIsTriedWithOneDeliveryAtATimeInGrowingIntervals() {
    add("a", "b", "c");
    due();
    ended("a", DOWN);
    assertThat(due()).isEmpty();
    ended("b", DOWN);
    ended("c", DOWN);
    assertThat(queue.failure()).isEqualTo("connection refused");

    int attempts = 0;
    for (int second = 0; second < 60; second++) {
      pass(Duration.ofSeconds(1));
      List<String> tried = due();
      assertThat(tried).hasSizeLessThanOrEqualTo(1);
      for (String id : tried) {
        attempts++;
        assertThat(ended(id, DOWN).state()).isEqualTo(State.PENDING);
      }
    }
    assertThat(attempts).isBetween(3, 6);
  }

  @Test
  void onceItIsBackAllAreSentAtOnce() {
    add("a", "b", "c");
    due();
    ended("a", DOWN);
    ended("b", DOWN);
    ended("c", DOWN);
    String probe = probe();

    ended(probe, ACCEPTED);

    assertThat(queue.failure()).isNull();
    assertThat(due()).hasSize(2).doesNotContain(probe);
  }

  /** Lets time pass until one is tried. */
  private String probe() {
    for (int second = 0; second < 600; second++) {
      pass(Duration.ofSeconds(1));
      List<String> tried = due();
      if (!tried.isEmpty()) {
        return tried.get(0);
      }
    }
    throw new AssertionError("nothing is tried in ten minutes");
  }

  @Test
  void theProbeIsTheOneThatWasTriedLeastSoThatOneBadBodyHoldsUpNothing() {
    add("bad");
    due();
    ended("bad", BROKEN);
    add("good");

    assertThat(probe()).isEqualTo("good");
    ended("good", ACCEPTED);
    assertThat(due()).containsExactly("bad");
  }

  @Test
  void aDeliveryThatFailsWhileOthersAreAcceptedIsTriedEarlyTwiceAndThenInItsOwnTime() {
    add("bad");
    int tried = 0;
    for (int second = 0; second < 120; second++) {
      for (String id : due()) {
        if (id.equals("bad")) {
          tried++;
          ended(id, BROKEN);
        } else {
          ended(id, ACCEPTED);
        }
      }
      add("good-" + second);
      pass(Duration.ofSeconds(1));
    }
    assertThat(tried).isBetween(5, 10);
  }

  @Test
  void aBodyThatIsRefusedSaysNothingAboutTheOthers() {
    add("a", "b");
    due();
    assertThat(ended("a", BAD_BODY).state()).isEqualTo(State.PENDING);
    assertThat(queue.failure()).isNull();
    add("c");
    assertThat(due()).containsExactly("c");
  }

  @Test
  void aReceiverThatThrottlesDoesNotFailAndGetsLessFromThenOn() {
    add("a", "b", "c", "d");
    due();
    ended("a", ACCEPTED);
    assertThat(ended("b", THROTTLED).state()).isEqualTo(State.PENDING);
    assertThat(ended("c", THROTTLED).attempts()).isEqualTo(1);
    assertThat(queue.failure()).isNull();

    pass(Duration.ofSeconds(19));
    assertThat(due()).isEmpty();
    pass(Duration.ofSeconds(1));
    List<String> tried = due();
    assertThat(tried).hasSize(1);
    ended(tried.get(0), ACCEPTED);
    assertThat(due()).hasSize(2);
  }

  @Test
  void thePausesOfADeliveryThatIsThrottledDoNotGrow() {
    add("a");
    for (int i = 0; i < 20; i++) {
      assertThat(due()).containsExactly("a");
      Delivery after = ended("a", THROTTLED);
      assertThat(after.next()).isEqualTo(now.plus(Duration.ofSeconds(20)));
      pass(Duration.ofSeconds(20));
    }
  }

  @Test
  void withoutARetryAfterTheIntervalsOfThrottlingGrowUpToHalfAMinute() {
    SendResult plain = new SendResult(429, "answered 429", null, 3);
    add("a");
    due();
    ended("a", plain);
    int attempts = 0;
    for (int second = 0; second < 300; second++) {
      pass(Duration.ofSeconds(1));
      for (String id : due()) {
        attempts++;
        ended(id, plain);
      }
    }
    assertThat(attempts).isBetween(10, 20);
  }

  @Test
  void whatHadNoTurnWasNotTriedAndSaysNothingAboutTheReceiver() {
    add("a", "b");
    due();

    assertThat(queue.ended("a", 0, NO_TURN, now)).isNull();
    assertThat(queue.failure()).isNull();
    assertThat(Objects.requireNonNull(queue.find("a")).attempts()).isZero();
    assertThat(due()).isEmpty();
    pass(rules.first());
    assertThat(due()).containsExactly("a");
  }

  @Test
  void anAttemptThatBeganBeforeARequestIsNotTheOneThatWasAskedFor() {
    add("a");
    due();
    queue.add(Objects.requireNonNull(queue.find("a")).resent("request-1", "ada", now, rules));

    assertThat(queue.ended("a", 0, ACCEPTED, now)).isNull();
    assertThat(due()).containsExactly("a");
    assertThat(ended("a", ACCEPTED).resends()).isEqualTo(1);
  }

  @Test
  void anotherQueueOfTheSameAddressGoesOnWithItsPauses() {
    add("a", "b", "c");
    due();
    ended("a", DOWN);

    DeliveryQueue next = new DeliveryQueue(pace, 5, rules);
    next.add(delivery("a"));
    next.add(delivery("b"));
    assertThat(next.failure()).isEqualTo("connection refused");
    assertThat(next.due(now)).isEmpty();
    pass(Duration.ofSeconds(1));
    assertThat(next.due(now)).hasSize(1);
  }

  @Test
  void theReceiversOwnPauseCountsUpToAnHour() {
    add("a");
    due();
    Delivery after = ended("a", new SendResult(503, "answered 503", Duration.ofMinutes(30), 3));
    assertThat(after.next()).isEqualTo(now.plus(Duration.ofMinutes(30)));

    queue.add(after.resent("r", null, now, rules));
    pass(Duration.ofMinutes(1));
    due();
    Delivery longer = ended("a", new SendResult(503, "answered 503", Duration.ofDays(3), 3));
    assertThat(longer.next()).isEqualTo(now.plus(Duration.ofHours(1)));
  }

  @Test
  void aDeliveryIsGivenUpWhenItsTimeIsOver() {
    add("a", "b");
    due();
    ended("a", DOWN);
    pass(rules.giveUpAfter());

    // The other one is still on its way.
    assertThat(queue.expired(now))
        .singleElement()
        .satisfies(
            over -> {
              assertThat(over.id()).isEqualTo("a");
              assertThat(over.state()).isEqualTo(State.GIVEN_UP);
              assertThat(over.recent().get(1).error()).contains("connection refused");
            });
    assertThat(ended("b", DOWN).state()).isEqualTo(State.GIVEN_UP);
    assertThat(queue.size()).isZero();
  }

  @Test
  void afterADayWithoutAnOrchestratorEachDeliveryIsTriedBeforeItIsGivenUp() {
    add("a", "b");
    pass(rules.giveUpAfter());

    assertThat(queue.expired(now)).isEmpty();
    assertThat(due()).containsExactly("a", "b");
    assertThat(ended("a", ACCEPTED).state()).isEqualTo(State.DELIVERED);
    assertThat(ended("b", BAD_BODY).state()).isEqualTo(State.GIVEN_UP);
  }

  @Test
  void aDeliveryThatWasNotTriedIsGivenUpWhileItsReceiverFails() {
    add("a");
    due();
    ended("a", DOWN);
    add("b");
    pass(rules.giveUpAfter());

    assertThat(queue.expired(now)).extracting(Delivery::id).containsExactly("a", "b");
  }

  @Test
  void ofTooManyTheLastAreGivenUpAtOnceAndCanBeSentAgain() {
    IntStream.range(0, 5).forEach(i -> add("d-" + i));

    Delivery refused = queue.admit(delivery("one-more"), 0, now);

    assertThat(refused.state()).isEqualTo(State.GIVEN_UP);
    assertThat(refused.recent().get(0).error()).contains("5 deliveries to ops/hooks wait already");
    Delivery again = refused.resent("request-1", "ada", now, rules);
    assertThat(again.isPending()).isTrue();
    assertThat(again.resend()).isEqualTo(new Delivery.LastResend("request-1", "ada", now, 1));
  }

  @Test
  void aRequestCountsOnce() {
    Delivery delivered = delivery("a").resent("request-1", "ada", now, rules);

    assertThat(delivered.resent("request-1", "ada", now, rules)).isSameAs(delivered);
    assertThat(delivered.resent("request-2", null, now, rules).resend())
        .isEqualTo(new Delivery.LastResend("request-2", null, now, 2));
  }

  @Test
  void theResultOfADeliveryThatAnotherInstanceSendsNowChangesNothing() {
    add("a");
    due();
    queue.removeIf(delivery -> true);

    assertThat(queue.ended("a", 0, ACCEPTED, now)).isNull();
  }

  @Test
  void pausesDoubleUpToTheLongestAndAreShortenedByAFifthAtMost() {
    RetryRules even =
        new RetryRules(Duration.ofSeconds(1), Duration.ofMinutes(5), Duration.ofHours(1));
    for (int failures = 1; failures <= 100; failures++) {
      long full = Math.min(300_000, failures > 20 ? 300_000 : 1_000L << (failures - 1));
      assertThat(even.pause(failures, "seed").toMillis()).isBetween(full * 8 / 10, full);
    }
    assertThat(even.pause(3, "seed")).isEqualTo(even.pause(3, "seed"));
  }

  @Test
  void theStoredFormKeepsEverything() throws Exception {
    Delivery delivery =
        ended(firstDue("a"), new SendResult(503, "answered 503", null, 12))
            .resent("request-1", "ada", now, rules);

    assertThat(DeliveryCodec.decode(DeliveryCodec.encode(delivery))).isEqualTo(delivery);
    DeliveryCodec.ResendRequest request =
        new DeliveryCodec.ResendRequest("request-1", "a", 3, null, now);
    assertThat(DeliveryCodec.decodeRequest(DeliveryCodec.encode(request))).isEqualTo(request);
    DeliveryCodec.ResendRequest refused = request.refusedBecause("it is not kept any more");
    assertThat(DeliveryCodec.decodeRequest(DeliveryCodec.encode(refused))).isEqualTo(refused);
    assertThat(DeliveryCodec.isRequest(request.key())).isTrue();
    assertThat(DeliveryCodec.isRequest(delivery.id())).isFalse();
  }

  private String firstDue(String id) {
    add(id);
    return due().get(0);
  }
}
