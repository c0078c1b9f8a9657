package io.doundo.orchestrator.streams.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.streams.client.OpenTransaction.Standing;
import io.doundo.protocol.Topics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** A transaction that blocks an input of the engine is reported with its partition. */
class BlockedPartitionsTest {

  private static final TopicPartition ANSWERS = new TopicPartition(Topics.RESPONSE, 3);
  private static final TopicPartition OFFSETS = new TopicPartition("__consumer_offsets", 1);
  private static final String ENGINE = "doundo-d45af9b9-6d35-4ed0-92d5-ca04be1803c1-1";

  private final BlockedPartitions blocked = new BlockedPartitions("doundo", "kafka:9092");

  private void seen(TopicPartition partition, long stable, long end, int seconds) {
    blocked.seen(
        Map.of(partition, stable), Map.of(partition, end), Duration.ofSeconds(seconds).toNanos());
  }

  private void isBlocked(TopicPartition partition) {
    seen(partition, 7, 9, 0);
    seen(partition, 7, 12, 10);
  }

  private static OpenTransaction of(TopicPartition partition, String id, Standing standing) {
    return new OpenTransaction(partition, 7, 5, 34, -1, id, standing);
  }

  @Test
  void aTransactionThatStaysOpenBlocksItsPartition() {
    seen(ANSWERS, 7, 9, 0);
    assertThat(blocked.told()).isEmpty();
    assertThat(blocked.partitions()).isEmpty();
    seen(ANSWERS, 7, 12, 10);
    assertThat(blocked.told())
        .containsExactly(
            "orchestrator.response.result-3: 5 records are blocked by a transaction that has been"
                + " open for 10 s; abort it with kafka-transactions.sh --bootstrap-server"
                + " kafka:9092 abort --topic orchestrator.response.result --partition 3"
                + " --start-offset 7");
    assertThat(blocked.partitions()).containsExactly(ANSWERS);
    assertThat(blocked.records(Topics.RESPONSE)).isEqualTo(5);
    assertThat(blocked.records(Topics.CONTROL)).isZero();
    seen(ANSWERS, 12, 12, 20);
    assertThat(blocked.told()).isEmpty();
    assertThat(blocked.partitions()).isEmpty();
  }

  @Test
  void transactionsThatEndBlockNothing() {
    for (int i = 0; i < 10; i++) {
      seen(ANSWERS, 10L * i, 10L * i + 5, 10 * i);
      assertThat(blocked.told()).isEmpty();
    }
  }

  @Test
  void noAdviceToAbortATransactionThatItsCoordinatorWillEnd() {
    isBlocked(ANSWERS);
    blocked.heldBy(Map.of(ANSWERS, List.of(of(ANSWERS, "theirs", Standing.ONGOING))));
    assertThat(blocked.told())
        .containsExactly(
            "orchestrator.response.result-3: 5 records are blocked by a transaction that has been"
                + " open for 10 s, of producer 5 with the transactional id theirs, which its"
                + " coordinator still knows and ends when it times out");
  }

  @Test
  void blockedOffsetsOfTheEngineAreReportedWithTheCommand() {
    isBlocked(OFFSETS);
    blocked.heldBy(Map.of(OFFSETS, List.of(of(OFFSETS, ENGINE, Standing.HANGING))));
    assertThat(blocked.told())
        .containsExactly(
            "__consumer_offsets-1: the engine's committed offsets are blocked by a transaction that"
                + " has been open for 10 s, of producer 5 with the transactional id "
                + ENGINE
                + ", which its coordinator has forgotten; abort it with kafka-transactions.sh"
                + " --bootstrap-server kafka:9092 abort --topic __consumer_offsets --partition 1"
                + " --start-offset 7");
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    blocked.bindTo(meters);
    assertThat(meters.get("doundo.transactions.blocking").gauge().value()).isEqualTo(1);
  }

  /** The records of this partition may be the only ones of a commit that are missing. */
  @Test
  void whatTheOrchestratorHasWrittenIsNotToBeAbortedWithoutALook() {
    TopicPartition changelog = new TopicPartition("doundo-flows-changelog", 4);
    isBlocked(changelog);
    blocked.heldBy(Map.of(changelog, List.of(of(changelog, ENGINE, Standing.HANGING))));
    assertThat(blocked.told())
        .singleElement()
        .asString()
        .contains("doundo-flows-changelog-4: 5 records are blocked")
        .contains("its records are lost when it is aborted", "A transaction hangs");
  }

  @Test
  void otherGroupsOffsetsInTheSamePartitionAreNoneOfOurBusiness() {
    isBlocked(OFFSETS);
    blocked.heldBy(Map.of(OFFSETS, List.of(of(OFFSETS, "theirs", Standing.ONGOING))));
    assertThat(blocked.told()).isEmpty();
  }

  @Test
  void withoutPermissionToLookTheCommandToRunIsNamed() {
    isBlocked(OFFSETS);
    blocked.heldBy(Map.of());
    assertThat(blocked.told())
        .containsExactly(
            "__consumer_offsets-1: the engine's committed offsets may be blocked by a transaction"
                + " that has been open for 10 s; find out with kafka-transactions.sh"
                + " --bootstrap-server kafka:9092 find-hanging --topic __consumer_offsets"
                + " --partition 1");
  }
}
