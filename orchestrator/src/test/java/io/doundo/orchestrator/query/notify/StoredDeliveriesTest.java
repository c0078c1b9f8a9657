package io.doundo.orchestrator.query.notify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.Receiver.Occasion;
import io.doundo.orchestrator.notify.Delivery;
import io.doundo.orchestrator.notify.Delivery.State;
import io.doundo.orchestrator.notify.DeliveryCodec;
import io.doundo.orchestrator.notify.DeliveryCodec.ResendRequest;
import io.doundo.orchestrator.notify.RetryRules;
import io.doundo.orchestrator.query.notify.Deliveries.Kept;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

/** What is kept of the deliveries that the topic has. */
class StoredDeliveriesTest {

  private static final Instant NOW = Instant.parse("2027-05-04T03:00:00Z");

  private static final long MOST_BYTES = 30;

  private final StoredDeliveries stored = new StoredDeliveries(3, MOST_BYTES);
  private long offset;

  private static Delivery delivery(String id, State state) {
    return new Delivery(
        id,
        "order/ops",
        "ops",
        "/hooks",
        Occasion.PARKED,
        "f-" + id,
        "order",
        1,
        NOW,
        0,
        Json.string("body of " + id),
        state,
        1,
        NOW,
        NOW.plus(RetryRules.DEFAULTS.giveUpAfter()),
        List.of(),
        null,
        null,
        null);
  }

  private void read(Delivery delivery) {
    stored.read(
        new ConsumerRecord<>(
            Topics.NOTIFICATIONS,
            0,
            offset++,
            delivery.id().getBytes(UTF_8),
            DeliveryCodec.encode(delivery)));
  }

  private State state(String id) {
    return stored.find(id).orElseThrow().delivery().state();
  }

  @Test
  void deliveredOnesDoNotPushOutThoseThatWereGivenUp() {
    read(delivery("lost", State.GIVEN_UP));
    for (int i = 0; i < 10; i++) {
      read(delivery("fine-" + i, State.DELIVERED));
    }

    assertThat(state("lost")).isEqualTo(State.GIVEN_UP);
    assertThat(stored.all()).hasSize(4);
    for (int i = 0; i < 3; i++) {
      read(delivery("more-" + i, State.GIVEN_UP));
    }
    assertThat(stored.find("lost")).isEmpty();
    assertThat(stored.all()).hasSize(6);
  }

  @Test
  void aLateRecordOfAnOwnerBeforeDoesNotOpenWhatHasEnded() {
    read(delivery("a", State.PENDING));
    read(delivery("a", State.DELIVERED));
    read(delivery("a", State.PENDING));
    assertThat(state("a")).isEqualTo(State.DELIVERED);

    read(delivery("a", State.GIVEN_UP));
    assertThat(state("a")).isEqualTo(State.DELIVERED);

    read(resent("a"));
    assertThat(state("a")).isEqualTo(State.PENDING);
    read(delivery("a", State.DELIVERED));
    assertThat(state("a")).as("of before the request").isEqualTo(State.PENDING);
  }

  private static Delivery resent(String id) {
    return delivery(id, State.DELIVERED).resent("request-1", "ada", NOW, RetryRules.DEFAULTS);
  }

  @Test
  void aRecordThatALateOneHasReplacedIsNamedUntilItIsStoredOnceMore() {
    read(delivery("a", State.DELIVERED));
    assertThat(stored.replaced()).isEmpty();
    read(delivery("a", State.PENDING));
    read(delivery("b", State.PENDING));

    assertThat(stored.replaced())
        .singleElement()
        .satisfies(
            one -> {
              assertThat(one.at()).isEqualTo(1);
              assertThat(one.kept().delivery().state()).isEqualTo(State.DELIVERED);
            });
    read(delivery("a", State.DELIVERED));
    assertThat(stored.replaced()).isEmpty();
  }

  private void request(ResendRequest request) {
    stored.read(
        new ConsumerRecord<>(
            Topics.NOTIFICATIONS,
            0,
            offset++,
            request.key().getBytes(UTF_8),
            DeliveryCodec.encode(request)));
  }

  @Test
  void theLatestRequestsThatWereRefusedAreKept() {
    for (int i = 0; i < 101; i++) {
      ResendRequest open = new ResendRequest("request-" + i, "a", 0, "ada", NOW);
      request(open);
      assertThat(stored.requests()).hasSize(1);
      request(open.refusedBecause("it is not kept any more"));
      assertThat(stored.requests()).isEmpty();
    }

    assertThat(stored.refused()).hasSize(100);
    assertThat(stored.refused().get(0).id()).isEqualTo("request-100");
    assertThat(stored.refused().get(99).id()).isEqualTo("request-1");
  }

  @Test
  void aRecordOfALaterReleaseIsPassedOverAndCounted() {
    for (String later :
        List.of("{\"schema\":2}", "{\"schema\":1,\"state\":\"ASLEEP\"}", "[]", "{")) {
      stored.read(
          new ConsumerRecord<>(
              Topics.NOTIFICATIONS, 0, offset++, "a".getBytes(UTF_8), later.getBytes(UTF_8)));
      stored.read(
          new ConsumerRecord<>(
              Topics.NOTIFICATIONS,
              0,
              offset++,
              "resend/a".getBytes(UTF_8),
              later.getBytes(UTF_8)));
    }
    read(delivery("b", State.PENDING));

    assertThat(stored.unreadable()).isEqualTo(8);
    assertThat(state("b")).isEqualTo(State.PENDING);
  }

  @Test
  void ofPendingOnesBeyondTheLimitTheBodiesStayInTheTopic() {
    int size = delivery("a", State.PENDING).body().size();
    read(delivery("a", State.PENDING));
    read(delivery("b", State.PENDING));
    read(delivery("c", State.PENDING));

    Kept beyond = stored.find("c").orElseThrow();
    assertThat(beyond.hasBody()).isFalse();
    assertThat(beyond.offset()).isEqualTo(2);
    assertThat(beyond.delivery().body()).isEqualTo(RawJson.NULL);
    assertThat(stored.pendingBytes()).isEqualTo(2L * size);
    read(delivery("c", State.GIVEN_UP));
    assertThat(stored.find("c").orElseThrow().hasBody()).isTrue();
    read(delivery("a", State.DELIVERED));
    read(delivery("b", State.DELIVERED));
    assertThat(stored.pendingBytes()).isZero();
  }

  @Test
  void theBytesOfThePendingOnesAreCounted() {
    int bytes = delivery("a", State.PENDING).body().size();
    read(delivery("a", State.PENDING));
    read(delivery("a", State.PENDING));
    read(delivery("b", State.PENDING));
    assertThat(stored.pendingBytes()).isEqualTo(2L * bytes);

    read(delivery("a", State.GIVEN_UP));
    stored.read(new ConsumerRecord<>(Topics.NOTIFICATIONS, 0, offset, "b".getBytes(UTF_8), null));
    assertThat(stored.pendingBytes()).isZero();
  }

  @Test
  void aBodyIsKeptOnce() {
    read(delivery("a", State.PENDING));
    Object body = stored.find("a").orElseThrow().delivery().body();
    read(delivery("a", State.DELIVERED));

    assertThat(stored.find("a").orElseThrow().delivery().body()).isSameAs(body);
  }
}
