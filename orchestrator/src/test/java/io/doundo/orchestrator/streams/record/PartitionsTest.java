package io.doundo.orchestrator.streams.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.junit.jupiter.api.Test;

class PartitionsTest {

  @Test
  void aFlowLivesWhereTheJavaClientSendsItsKey() {
    Partitions partitions = new Partitions(12);
    for (int i = 0; i < 100; i++) {
      String flowId = "flow-" + i;
      assertThat(partitions.of(flowId))
          .isEqualTo(
              BuiltInPartitioner.partitionForKey(flowId.getBytes(StandardCharsets.UTF_8), 12));
    }
  }

  @Test
  void aDerivedFlowIdLivesOnItsRecordsPartitionAndIsAlwaysTheSame() {
    for (int count : new int[] {1, 12, 100}) {
      Partitions partitions = new Partitions(count);
      for (int partition = 0; partition < count; partition++) {
        String flowId = partitions.deriveFlowId(start(partition, 77));
        assertThat(partitions.of(flowId)).isEqualTo(partition);
        assertThat(partitions.deriveFlowId(start(partition, 77))).isEqualTo(flowId);
        assertThat(partitions.deriveFlowId(start(partition, 78))).isNotEqualTo(flowId);
      }
    }
  }

  private static InputRecord start(int partition, long offset) {
    return new InputRecord(
        InputSource.START,
        partition,
        offset,
        1_790_000_000_000L,
        null,
        List.of(),
        new byte[0],
        false);
  }
}
