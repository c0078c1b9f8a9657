package io.doundo.orchestrator.streams.client;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;

/**
 * Detects inputs blocked by an open transaction: there are records between a partition's last
 * stable offset and its end, and the offset does not move. Behind such a transaction neither
 * answers are read nor timers fire. Thread-safe.
 */
final class BlockedInputs implements MeterBinder {

  /** The time a transaction may take; the orchestrator's own never take this long. */
  private static final long TOLERATED_NANOS = Duration.ofSeconds(10).toNanos();

  private final Map<TopicPartition, Standstill> standing = new HashMap<>();

  /**
   * A last stable offset that has records behind it.
   *
   * @param since when it was first seen there, by {@link System#nanoTime}
   */
  private record Standstill(long stable, long records, long since, long seen) {

    boolean isBlocked() {
      return seen - since >= TOLERATED_NANOS;
    }
  }

  /**
   * Takes in what the broker said.
   *
   * @param stable the last stable offsets
   * @param ends the offsets after the last record, of the same partitions, fetched earlier
   * @param now by {@link System#nanoTime}
   */
  synchronized void seen(
      Map<TopicPartition, Long> stable, Map<TopicPartition, Long> ends, long now) {
    ends.forEach(
        (partition, end) -> {
          long offset = stable.getOrDefault(partition, end);
          Standstill before = standing.get(partition);
          if (offset >= end) {
            standing.remove(partition);
          } else {
            long since = before != null && before.stable() == offset ? before.since() : now;
            standing.put(partition, new Standstill(offset, end - offset, since, now));
          }
        });
  }

  /** How many records of a topic wait behind open transactions. */
  synchronized long records(String topic) {
    return standing.entrySet().stream()
        .filter(entry -> entry.getKey().topic().equals(topic) && entry.getValue().isBlocked())
        .mapToLong(entry -> entry.getValue().records())
        .sum();
  }

  /** Each partition that cannot be read, and for how long; for people. */
  synchronized List<String> told() {
    List<String> told = new ArrayList<>();
    standing.entrySet().stream()
        .filter(entry -> entry.getValue().isBlocked())
        .sorted(Comparator.comparing(entry -> entry.getKey().toString()))
        .forEach(
            entry -> {
              Standstill still = entry.getValue();
              told.add(
                  "%s: %d records are blocked by a transaction that has been open for %d s; abort it with kafka-transactions.sh"
                      .formatted(
                          entry.getKey(),
                          still.records(),
                          Duration.ofNanos(still.seen() - still.since()).toSeconds()));
            });
    return told;
  }

  @Override
  public void bindTo(MeterRegistry meters) {
    for (String topic : InputTopics.READ) {
      Gauge.builder("doundo.inputs.blocked.records", this, blocked -> blocked.records(topic))
          .description("Records blocked by an open transaction before them")
          .tag("topic", topic)
          .register(meters);
    }
  }
}
