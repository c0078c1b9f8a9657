package io.doundo.orchestrator.streams.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class SilentPartitionsTest {

  private static final TopicPartition ONE = new TopicPartition("in", 0);
  private static final TopicPartition OTHER = new TopicPartition("in", 1);
  private static final long PATIENCE = SilentPartitions.PATIENCE.toMillis();

  private final SilentPartitions silent = new SilentPartitions();

  @Test
  void theBrokerIsAskedAfterAWhileAndThenFromTimeToTime() {
    assertThat(silent.isToBeAskedAbout(ONE, 1_000)).isFalse();
    assertThat(silent.isToBeAskedAbout(ONE, 1_000 + PATIENCE - 1)).isFalse();
    assertThat(silent.isToBeAskedAbout(OTHER, 1_000 + PATIENCE - 1)).isFalse();
    assertThat(silent.isToBeAskedAbout(ONE, 1_000 + PATIENCE)).isTrue();
    assertThat(silent.isToBeAskedAbout(ONE, 1_000 + 2 * PATIENCE - 1)).isFalse();
    assertThat(silent.isToBeAskedAbout(ONE, 1_000 + 2 * PATIENCE)).isTrue();
  }

  @Test
  void whoWasHeardOfIsGivenTimeAgain() {
    assertThat(silent.isToBeAskedAbout(ONE, 1_000)).isFalse();
    silent.heard(ONE);
    assertThat(silent.isToBeAskedAbout(ONE, 1_000 + PATIENCE)).isFalse();
    silent.forget(Set.of(ONE));
    assertThat(silent.isToBeAskedAbout(ONE, 1_000 + 2 * PATIENCE)).isFalse();
    assertThat(silent.isToBeAskedAbout(ONE, 1_000 + 3 * PATIENCE)).isTrue();
  }
}
