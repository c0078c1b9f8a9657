package io.doundo.orchestrator.streams.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** A transaction that stays open in an input is told by its partition. */
class BlockedInputsTest {

  private static final TopicPartition ANSWERS = new TopicPartition(Topics.RESPONSE, 3);

  private final BlockedInputs blocked = new BlockedInputs();

  private void seen(long stable, long end, int seconds) {
    blocked.seen(
        Map.of(ANSWERS, stable), Map.of(ANSWERS, end), Duration.ofSeconds(seconds).toNanos());
  }

  @Test
  void aTransactionThatStaysOpenBlocksItsPartition() {
    seen(7, 9, 0);
    assertThat(blocked.told()).isEmpty();
    seen(7, 12, 10);
    assertThat(blocked.told())
        .containsExactly(
            "orchestrator.response.result-3: 5 records are blocked by a transaction that has been"
                + " open for 10 s; abort it with kafka-transactions.sh");
    assertThat(blocked.records(Topics.RESPONSE)).isEqualTo(5);
    assertThat(blocked.records(Topics.CONTROL)).isZero();
    seen(12, 12, 20);
    assertThat(blocked.told()).isEmpty();
  }

  @Test
  void transactionsThatEndBlockNothing() {
    for (int i = 0; i < 10; i++) {
      seen(10L * i, 10L * i + 5, 10 * i);
      assertThat(blocked.told()).isEmpty();
    }
  }
}
