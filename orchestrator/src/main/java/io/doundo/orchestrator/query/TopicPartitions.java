package io.doundo.orchestrator.query;

import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The partitions of a topic, of which a consumer says nothing when it is missing. */
public final class TopicPartitions {

  private TopicPartitions() {}

  /**
   * All partitions of a topic.
   *
   * @throws UnknownTopicOrPartitionException when there is no such topic
   */
  public static List<TopicPartition> of(String topic, Consumer<byte[], byte[]> consumer) {
    List<PartitionInfo> partitions = consumer.partitionsFor(topic);
    if (partitions == null || partitions.isEmpty()) {
      throw new UnknownTopicOrPartitionException("the topic " + topic + " is missing");
    }
    return partitions.stream()
        .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
        .toList();
  }
}
