package io.doundo.orchestrator.query;

import io.doundo.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.utils.Utils;

/** Where the audit records of a flow stand. */
final class FlowEventsTopic {

  private FlowEventsTopic() {}

  static TopicPartition partitionOf(String flowId, Consumer<byte[], byte[]> consumer) {
    List<PartitionInfo> partitions = consumer.partitionsFor(Topics.FLOW_EVENTS);
    if (partitions == null || partitions.isEmpty()) {
      throw new UnknownTopicOrPartitionException("the topic " + Topics.FLOW_EVENTS + " is missing");
    }
    byte[] key = flowId.getBytes(StandardCharsets.UTF_8);
    int partition = Utils.toPositive(Utils.murmur2(key)) % partitions.size();
    return new TopicPartition(Topics.FLOW_EVENTS, partition);
  }
}
