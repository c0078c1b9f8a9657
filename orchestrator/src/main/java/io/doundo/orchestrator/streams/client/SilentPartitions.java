package io.doundo.orchestrator.streams.client;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * Partitions of which the consumer does not know that it has read all of them, though nothing
 * arrives. Its knowledge comes with the answers to its fetches. An answer that crosses a seek is
 * dropped, and the broker does not repeat what it has said about a partition in which nothing
 * happens: after a restart of the broker the consumer may never learn it, and timers that wait for
 * that would never fire. So the broker is asked. Not thread-safe.
 */
final class SilentPartitions {

  /** How long nothing is known before the broker is asked, and between two questions. */
  static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Map<TopicPartition, Long> since = new HashMap<>();

  /** Something was read, or everything is known to be read. */
  void heard(TopicPartition partition) {
    since.remove(partition);
  }

  /** Nothing of before counts: the partitions come, go, or are read from another place. */
  void forget(Collection<TopicPartition> partitions) {
    since.keySet().removeAll(partitions);
  }

  /**
   * Whether it is time to ask the broker.
   *
   * @param now ms since the epoch
   */
  boolean isToBeAskedAbout(TopicPartition partition, long now) {
    Long began = since.putIfAbsent(partition, now);
    if (began == null || now - began < PATIENCE.toMillis()) {
      return false;
    }
    since.put(partition, now);
    return true;
  }
}
