package io.doundo.orchestrator.streams.task;

import java.util.Collection;
import org.apache.kafka.common.TopicPartition;

/** The consumer's knowledge of records that the processor has not seen yet. */
public interface ConsumerProgress {

  /** Nothing is unread: where no consumer can be asked, as in the topology test driver. */
  ConsumerProgress NOTHING = (partition, processed, now) -> now;

  /**
   * Up to when everything that was appended to a partition has been seen, as far as can be told
   * without the partition's records.
   *
   * @param processed the last offset processed, or -1
   * @param now ms since the epoch
   * @return a time not later than now when nothing is unread, or {@link Long#MIN_VALUE}
   */
  long seenUntil(TopicPartition partition, long processed, long now);

  /**
   * A task begins to process these, for the first time or again after it was revived. Nothing that
   * was read of them before waits to be processed: it was, or will be read anew.
   */
  default void begins(Collection<TopicPartition> partitions) {}

  /** A processor of the calling stream thread has sent what one more record leads to. */
  default void processedOne() {}
}
