package io.doundo.orchestrator.streams.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.streams.client.OpenTransaction.Standing;
import io.doundo.protocol.Topics;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.TransactionDescription;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Only a transaction that no client can continue, commit or abort counts as hanging. */
class OpenTransactionTest {

  private static final TopicPartition PARTITION = new TopicPartition(Topics.REKEY, 1);
  private static final String ENGINE = "doundo-d45af9b9-6d35-4ed0-92d5-ca04be1803c1-1";
  private static final long PRODUCER = 5;
  private static final int EPOCH = 34;

  private static Standing standing(@Nullable TransactionDescription said) {
    ProducerState open =
        new ProducerState(PRODUCER, EPOCH, 8, 0, OptionalInt.empty(), OptionalLong.of(7));
    return OpenTransaction.of(PARTITION, open, ENGINE, said).standing();
  }

  private static TransactionDescription said(
      TransactionState state, long producer, int epoch, TopicPartition... partitions) {
    return new TransactionDescription(
        0, state, producer, epoch, 10_000, OptionalLong.empty(), Set.of(partitions));
  }

  @Test
  void aTransactionThatItsCoordinatorHasForgottenHangs() {
    assertThat(standing(said(TransactionState.COMPLETE_ABORT, PRODUCER, EPOCH + 2)))
        .isEqualTo(Standing.HANGING);
    // A later transaction of the same id is no reason to wait for this one.
    assertThat(
            standing(
                said(
                    TransactionState.ONGOING,
                    PRODUCER,
                    EPOCH + 1,
                    new TopicPartition(Topics.REKEY, 2))))
        .isEqualTo(Standing.HANGING);
  }

  @Test
  void aTransactionThatItsCoordinatorKnowsEnds() {
    for (TransactionState state :
        Set.of(
            TransactionState.ONGOING,
            TransactionState.PREPARE_COMMIT,
            TransactionState.PREPARE_ABORT)) {
      assertThat(standing(said(state, PRODUCER, EPOCH + 1, PARTITION))).isEqualTo(Standing.ONGOING);
    }
  }

  @Test
  void aProducerThatWasNotReplacedMayGoOn() {
    assertThat(standing(said(TransactionState.COMPLETE_COMMIT, PRODUCER, EPOCH)))
        .isEqualTo(Standing.UNKNOWN);
    assertThat(standing(said(TransactionState.EMPTY, PRODUCER + 1, EPOCH + 1)))
        .isEqualTo(Standing.UNKNOWN);
    assertThat(standing(null)).isEqualTo(Standing.UNKNOWN);
  }

  @ParameterizedTest
  @CsvSource({
    "doundo-d45af9b9-6d35-4ed0-92d5-ca04be1803c1-1, true",
    "doundo-d45af9b9-6d35-4ed0-92d5-ca04be1803c1-12, true",
    "doundo-registration, true",
    "doundo, false",
    "doundo-test-d45af9b9-6d35-4ed0-92d5-ca04be1803c1-1, false",
    "doundo-payments-1, false",
    "ledger, false",
    ", false",
  })
  void anIdBelongsToOneInstallation(@Nullable String id, boolean ours) {
    assertThat(
            new OpenTransaction(PARTITION, 7, PRODUCER, EPOCH, -1, id, Standing.HANGING)
                .isOf("doundo"))
        .isEqualTo(ours);
  }
}
