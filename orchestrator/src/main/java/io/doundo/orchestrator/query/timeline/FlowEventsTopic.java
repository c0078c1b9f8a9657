package io.doundo.orchestrator.query.timeline;

import io.doundo.orchestrator.query.TopicPartitions;
import io.doundo.protocol.Topics;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Utils;

/** Where the audit records of a flow stand. */
final class FlowEventsTopic {

  private FlowEventsTopic() {}

  static TopicPartition partitionOf(String flowId, Consumer<byte[], byte[]> consumer) {
    int count = TopicPartitions.of(Topics.FLOW_EVENTS, consumer).size();
    byte[] key = flowId.getBytes(StandardCharsets.UTF_8);
    int partition = Utils.toPositive(Utils.murmur2(key)) % count;
    return new TopicPartition(Topics.FLOW_EVENTS, partition);
  }
}
