package io.doundo.orchestrator.streams.client;

import io.doundo.orchestrator.streams.task.ConsumerProgress;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A consumer that remembers how far it has read, so that its stream thread can tell which records
 * wait in Kafka Streams' buffers. To be used by that thread only, as any consumer.
 */
final class ObservedConsumer extends KafkaConsumer<byte[], byte[]> implements ConsumerProgress {

  private final Map<TopicPartition, Long> lastPolled = new HashMap<>();
  private final ConsumerWatch watch;
  private long polledAt = Long.MIN_VALUE;

  ObservedConsumer(Map<String, Object> config, ConsumerWatch watch) {
    super(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    this.watch = watch;
  }

  @Override
  public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
    watch.readingWith(this);
    ConsumerRecords<byte[], byte[]> records = super.poll(timeout);
    for (TopicPartition partition : records.partitions()) {
      List<ConsumerRecord<byte[], byte[]>> polled = records.records(partition);
      lastPolled.put(partition, polled.get(polled.size() - 1).offset());
    }
    polledAt = System.currentTimeMillis();
    watch.hasRead(records.count());
    return records;
  }

  @Override
  public long seenUntil(TopicPartition partition, long processed, long now) {
    Long polled = lastPolled.get(partition);
    if (polled != null && polled > processed) {
      return Long.MIN_VALUE;
    }
    OptionalLong lag = currentLag(partition);
    // A stopped process wakes up with an old lag: it speaks for the time of the last poll only.
    return lag.isPresent() && lag.getAsLong() == 0 ? Math.min(now, polledAt) : Long.MIN_VALUE;
  }

  @Override
  public void subscribe(Collection<String> topics, ConsumerRebalanceListener listener) {
    super.subscribe(topics, forgetting(listener));
  }

  @Override
  public void seek(TopicPartition partition, long offset) {
    lastPolled.remove(partition);
    super.seek(partition, offset);
  }

  @Override
  public void seek(TopicPartition partition, OffsetAndMetadata offset) {
    lastPolled.remove(partition);
    super.seek(partition, offset);
  }

  @Override
  public void seekToBeginning(Collection<TopicPartition> partitions) {
    lastPolled.keySet().removeAll(partitions);
    super.seekToBeginning(partitions);
  }

  @Override
  public void seekToEnd(Collection<TopicPartition> partitions) {
    lastPolled.keySet().removeAll(partitions);
    super.seekToEnd(partitions);
  }

  /**
   * Always leaves the group. A static member whose thread has failed would otherwise keep its tasks
   * from everybody until its session times out; one whose process was killed never comes here, and
   * gets its tasks back when it returns.
   */
  @Override
  public void close(CloseOptions options) {
    super.close(options.withGroupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP));
  }

  /** A partition that comes or goes is read from its committed offset again. */
  private ConsumerRebalanceListener forgetting(ConsumerRebalanceListener listener) {
    return new ConsumerRebalanceListener() {
      @Override
      public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        lastPolled.keySet().removeAll(partitions);
        listener.onPartitionsRevoked(partitions);
      }

      @Override
      public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        lastPolled.keySet().removeAll(partitions);
        listener.onPartitionsAssigned(partitions);
      }

      @Override
      public void onPartitionsLost(Collection<TopicPartition> partitions) {
        lastPolled.keySet().removeAll(partitions);
        listener.onPartitionsLost(partitions);
      }
    };
  }
}
