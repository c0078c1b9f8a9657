package io.doundo.orchestrator.streams.client;

import io.doundo.orchestrator.streams.task.ConsumerProgress;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A consumer that remembers how far it has read, so that its stream thread can tell which records
 * wait in Kafka Streams' buffers. To be used by that thread only, as any consumer.
 */
final class ObservedConsumer extends KafkaConsumer<byte[], byte[]> implements ConsumerProgress {

  private static final Logger LOG = LoggerFactory.getLogger(ObservedConsumer.class);

  /** The stream thread waits for the answer. */
  private static final Duration LONGEST_QUESTION = Duration.ofMillis(500);

  private final Map<TopicPartition, Long> lastPolled = new HashMap<>();
  private final SilentPartitions silent = new SilentPartitions();
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
      silent.heard(partition);
    }
    polledAt = System.currentTimeMillis();
    watch.hasRead(records.count());
    return records;
  }

  /**
   * A task that is revived after a commit has failed need not seek: what it had read may be
   * committed. Its new processor knows of nothing that was read before.
   */
  @Override
  public void begins(Collection<TopicPartition> partitions) {
    forget(partitions);
  }

  @Override
  public long seenUntil(TopicPartition partition, long processed, long now) {
    Long polled = lastPolled.get(partition);
    if (polled != null && polled > processed) {
      return Long.MIN_VALUE;
    }
    OptionalLong lag = currentLag(partition);
    if (lag.isPresent() && lag.getAsLong() <= 0) {
      silent.heard(partition);
    } else if (!silent.isToBeAskedAbout(partition, now) || !isReadToTheEnd(partition, lag)) {
      return Long.MIN_VALUE;
    }
    // A stopped process wakes up with an old lag: it speaks for the time of the last poll only.
    return Math.min(now, polledAt);
  }

  /** Asks the broker; what it answers is what {@link #currentLag} goes by from then on. */
  private boolean isReadToTheEnd(TopicPartition partition, OptionalLong lag) {
    if (paused().contains(partition)) {
      return false;
    }
    try {
      Long end = endOffsets(Set.of(partition), LONGEST_QUESTION).get(partition);
      long position = position(partition, LONGEST_QUESTION);
      LOG.info(
          "{}: asked the broker for its end, {}: it is read up to {}, and its lag was {}",
          partition,
          end,
          position,
          lag.isPresent() ? lag.getAsLong() : "unknown");
      return end != null && end <= position;
    } catch (KafkaException e) {
      LOG.debug("{}: the broker does not say where it ends", partition, e);
      return false;
    }
  }

  @Override
  public void subscribe(Collection<String> topics, ConsumerRebalanceListener listener) {
    super.subscribe(topics, forgetting(listener));
  }

  @Override
  public void seek(TopicPartition partition, long offset) {
    forget(Set.of(partition));
    super.seek(partition, offset);
  }

  @Override
  public void seek(TopicPartition partition, OffsetAndMetadata offset) {
    forget(Set.of(partition));
    super.seek(partition, offset);
  }

  @Override
  public void seekToBeginning(Collection<TopicPartition> partitions) {
    forget(partitions);
    super.seekToBeginning(partitions);
  }

  @Override
  public void seekToEnd(Collection<TopicPartition> partitions) {
    forget(partitions);
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

  private void forget(Collection<TopicPartition> partitions) {
    lastPolled.keySet().removeAll(partitions);
    silent.forget(partitions);
  }

  /** A partition that comes or goes is read from its committed offset again. */
  private ConsumerRebalanceListener forgetting(ConsumerRebalanceListener listener) {
    return new ConsumerRebalanceListener() {
      @Override
      public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        forget(partitions);
        listener.onPartitionsRevoked(partitions);
      }

      @Override
      public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        forget(partitions);
        listener.onPartitionsAssigned(partitions);
      }

      @Override
      public void onPartitionsLost(Collection<TopicPartition> partitions) {
        forget(partitions);
        listener.onPartitionsLost(partitions);
      }
    };
  }
}
