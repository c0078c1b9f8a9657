package io.doundo.bench.flow;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.streams.EngineSettings;
import io.doundo.orchestrator.streams.client.StreamsEngine;
import io.doundo.orchestrator.streams.read.FlowRecords;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** Reads the committed state of flows that must still be live. Stateless. */
public final class LiveCheck {

  private LiveCheck() {}

  /** Throws when a flow of one of these runs is not on its way. */
  public static void requireAlive(String bootstrapServers, List<FlowRun> runs)
      throws RefusedRunException {
    Map<Integer, BitSet> alive = new HashMap<>();
    runs.forEach(run -> alive.put(run.number(), new BitSet(run.flows())));
    String changelog =
        StreamsEngine.flowsChangelog(EngineSettings.of(bootstrapServers, Path.of("")));
    try (Consumer<byte[], byte[]> consumer =
        BenchClients.consumer(bootstrapServers, true, List.of(changelog))) {
      Set<TopicPartition> behind = new HashSet<>(consumer.assignment());
      Map<TopicPartition, Long> ends = consumer.endOffsets(behind);
      consumer.seekToBeginning(behind);
      while (!behind.isEmpty()) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(BenchClients.POLL)) {
          BitSet flows = alive.get(FlowMessage.run(record.key()));
          if (flows != null) {
            flows.set(FlowMessage.number(record.key()), isRunning(record.value()));
          }
        }
        behind.removeIf(partition -> consumer.position(partition) >= end(ends, partition));
      }
    }
    for (FlowRun run : runs) {
      int missing = run.flows() - alive.getOrDefault(run.number(), new BitSet()).cardinality();
      if (missing > 0) {
        throw new RefusedRunException(
            "flows that wait", List.of("%d of %d are lost".formatted(missing, run.flows())));
      }
    }
  }

  private static long end(Map<TopicPartition, Long> ends, TopicPartition partition) {
    return ends.getOrDefault(partition, 0L);
  }

  private static boolean isRunning(byte @Nullable [] value) {
    return value != null
        && FlowRecords.liveFront(value)
            .map(front -> front.head().status())
            .filter(status -> status == FlowStatus.IN_PROGRESS)
            .isPresent();
  }
}
