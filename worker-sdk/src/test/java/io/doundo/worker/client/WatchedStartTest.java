package io.doundo.worker.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import io.doundo.protocol.json.StartDigest;
import io.doundo.worker.FlowEnd;
import io.doundo.worker.FlowEnd.Status;
import io.doundo.worker.StartRefusedException;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Whether an end read under a flowId belongs to the watched start. */
class WatchedStartTest {

  private static final RawJson MINE = Json.object(Map.of("tenant", Json.string("acme")));
  private static final RawJson OTHERS = Json.object(Map.of("tenant", Json.string("other")));
  private static final FlowEnd COMPLETED = new FlowEnd("f", Status.COMPLETED, null);
  private static final FlowEnd REJECTED = new FlowEnd("f", Status.REJECTED, "not registered");

  private static WatchedStart start(boolean chosen) {
    return new WatchedStart("f", chosen, "tenants", MINE, Instant.EPOCH);
  }

  private static String digest(RawJson payload) {
    return StartDigest.of("tenants", payload);
  }

  private static RecordMetadata appendedAt(Instant time) {
    return new RecordMetadata(
        new TopicPartition(Topics.EXECUTION_START, 0), 7, 0, time.toEpochMilli(), 1, 1);
  }

  @Test
  void theBrokersClockTellsSinceWhenThereAreEventsOfTheFlow() {
    Instant here = Instant.parse("2026-11-30T12:00:00Z");
    WatchedStart start = new WatchedStart("f", false, "tenants", MINE, here);
    assertThat(start.startedAt()).isEqualTo(here);
    assertThat(start.startedEarlierThanSent()).isFalse();

    start.standsAt(appendedAt(here.minusSeconds(30)));
    assertThat(start.startedAt()).isEqualTo(here.minusSeconds(30));
    assertThat(start.startedEarlierThanSent()).as("within the tolerance").isFalse();
    start.standsAt(appendedAt(here.minusSeconds(31)));
    assertThat(start.startedEarlierThanSent()).isTrue();
  }

  @Test
  void theEndOfAFlowThatBeganWithTheSameContentIsMine() {
    WatchedStart start = start(true);
    start.began("life-1", digest(MINE));

    assertThat(start.ended("life-1", COMPLETED)).isTrue();
    assertThat(start.end()).isCompletedWithValue(COMPLETED);
  }

  @Test
  void theEndOfAFlowThatBeganWithOtherContentIsNot() {
    WatchedStart start = start(true);
    start.began("life-1", digest(OTHERS));

    assertThat(start.ended("life-1", COMPLETED)).isFalse();
    assertThat(start.settleHeld()).isFalse();
    assertThat(start.end()).isNotDone();
  }

  @Test
  void anEndWhoseBeginningWasNotSeenIsNotBelievedAtOnce() {
    WatchedStart start = start(true);

    assertThat(start.ended("life-1", COMPLETED)).isFalse();
    assertThat(start.settleHeld()).isFalse();
    start.refuse("taken");
    assertThat(start.end()).isCompletedExceptionally();
  }

  @Test
  void anEarlierRejectedLifeOfTheSameContentIsForgottenWhenTheNextBegins() {
    WatchedStart start = start(true);
    start.began("life-1", digest(MINE));
    assertThat(start.ended("life-1", REJECTED)).isFalse();
    start.began("life-2", digest(MINE));

    assertThat(start.ended("life-2", COMPLETED)).isTrue();
    assertThat(start.end()).isCompletedWithValue(COMPLETED);
  }

  @Test
  void aFlowIdThatNobodyElseCanHaveNeedsNoDoubt() {
    assertThat(start(false).ended("life-1", COMPLETED)).isTrue();

    WatchedStart rejected = start(false);
    assertThat(rejected.ended("life-1", REJECTED)).isTrue();
    assertThat(rejected.end())
        .isCompletedExceptionally()
        .failsWithin(java.time.Duration.ZERO)
        .withThrowableThat()
        .havingCause()
        .isInstanceOf(StartRefusedException.class)
        .withMessageContaining("not registered");
  }
}
