package io.doundo.bench.flow;

import io.doundo.protocol.Topics;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/** Where the audit log ended at a moment: a mode without it must not have written it. */
public final class AuditLogEnd {

  private final String bootstrapServers;
  private final long before;

  private AuditLogEnd(String bootstrapServers) {
    this.bootstrapServers = bootstrapServers;
    this.before = end(bootstrapServers);
  }

  public static AuditLogEnd of(String bootstrapServers) {
    return new AuditLogEnd(bootstrapServers);
  }

  /** Throws when a mode has written what it should not have, or not what it should have. */
  public void check(Mode mode) throws RefusedRunException {
    boolean written = end(bootstrapServers) > before;
    boolean expected = mode != Mode.ENGINE;
    if (written != expected) {
      throw new RefusedRunException(
          mode.toString(),
          List.of(written ? "the audit log was written" : "the audit log was not written"));
    }
  }

  private static long end(String bootstrapServers) {
    try (Consumer<byte[], byte[]> consumer =
        BenchClients.consumer(bootstrapServers, false, List.of(Topics.FLOW_EVENTS))) {
      Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
      return ends.values().stream().mapToLong(Long::longValue).sum();
    }
  }
}
