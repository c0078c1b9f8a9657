package io.doundo.orchestrator.query.tail;

import java.util.Collection;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/** Where partitions begin. */
public final class LogStarts {

  private LogStarts() {}

  /**
   * The first offsets of partitions that the consumer reads. It takes every offset that it has
   * asked for as the end of the partition, so that after its {@code beginningOffsets} alone an idle
   * partition has a negative lag for good; here the ends are asked for behind them.
   */
  public static Map<TopicPartition, Long> of(
      Consumer<?, ?> consumer, Collection<TopicPartition> partitions) {
    Map<TopicPartition, Long> starts = consumer.beginningOffsets(partitions);
    Map<TopicPartition, Long> unused = consumer.endOffsets(partitions);
    return starts;
  }
}
