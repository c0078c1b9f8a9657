package io.doundo.orchestrator.jobs;

import io.doundo.orchestrator.query.TopicPartitions;
import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;

/**
 * A topic that tells what becomes of what jobs have sent: the audit log, or for dead letters their
 * own topic. Confined to the thread of the jobs' owner.
 */
final class JobLog implements AutoCloseable {

  private final String topic;
  private final Consumer<byte[], byte[]> consumer;

  JobLog(String topic, Consumer<byte[], byte[]> consumer) {
    this.topic = topic;
    this.consumer = consumer;
  }

  boolean isOfDeadLetters() {
    return topic.equals(Topics.DEAD_LETTER);
  }

  /** Where each partition ends now. */
  Map<Integer, Long> ends() {
    return numbered(consumer.endOffsets(TopicPartitions.of(topic, consumer)));
  }

  /** The first offset that each partition still has. */
  Map<Integer, Long> begins() {
    return numbered(consumer.beginningOffsets(TopicPartitions.of(topic, consumer)));
  }

  private static Map<Integer, Long> numbered(Map<TopicPartition, Long> offsets) {
    Map<Integer, Long> numbered = new HashMap<>();
    offsets.forEach((partition, offset) -> numbered.put(partition.partition(), offset));
    return numbered;
  }

  /**
   * Reads from there on, or goes on where it is if that is earlier.
   *
   * @param isFirst whether nobody else follows it
   */
  void listenFrom(Map<Integer, Long> offsets, boolean isFirst) {
    List<TopicPartition> partitions = TopicPartitions.of(topic, consumer);
    boolean isListening = !consumer.assignment().isEmpty() && !isFirst;
    if (consumer.assignment().isEmpty()) {
      consumer.assign(partitions);
    }
    for (TopicPartition partition : partitions) {
      long from = offsets.getOrDefault(partition.partition(), 0L);
      if (!isListening || consumer.position(partition) > from) {
        consumer.seek(partition, from);
      }
    }
  }

  /**
   * Reads what is there.
   *
   * @return where the partitions stand in which something was read
   */
  Map<Integer, Long> poll(
      Duration wait, java.util.function.Consumer<ConsumerRecord<byte[], byte[]>> each) {
    ConsumerRecords<byte[], byte[]> records = consumer.poll(wait);
    records.forEach(each);
    Map<Integer, Long> positions = new HashMap<>();
    records
        .partitions()
        .forEach(partition -> positions.put(partition.partition(), consumer.position(partition)));
    return positions;
  }

  @Override
  public void close() {
    consumer.close();
  }
}
