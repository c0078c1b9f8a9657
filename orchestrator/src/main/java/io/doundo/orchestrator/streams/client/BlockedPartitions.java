package io.doundo.orchestrator.streams.client;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.internals.Topic;

/**
 * Detects partitions blocked by an open transaction: there are records between a partition's last
 * stable offset and its end, and the offset does not move. Behind such a transaction no answers are
 * read and no timers fire; if the engine's own offsets are behind it, the engine does not even
 * start. Thread-safe.
 */
final class BlockedPartitions implements MeterBinder {

  /** The time a transaction may take; the orchestrator's own never take this long. */
  private static final long TOLERATED_NANOS = Duration.ofSeconds(10).toNanos();

  private final String applicationId;
  private final String bootstrapServers;
  private final Map<TopicPartition, Standstill> standing = new HashMap<>();
  private final AtomicLong ended = new AtomicLong();
  private Map<TopicPartition, List<OpenTransaction>> open = Map.of();

  BlockedPartitions(String applicationId, String bootstrapServers) {
    this.applicationId = applicationId;
    this.bootstrapServers = bootstrapServers;
  }

  /**
   * A last stable offset that has records behind it.
   *
   * @param since when it was first seen there, by {@link System#nanoTime}
   */
  private record Standstill(long stable, long records, long since, long seen) {

    boolean isBlocked() {
      return seen - since >= TOLERATED_NANOS;
    }

    long seconds() {
      return Duration.ofNanos(seen - since).toSeconds();
    }
  }

  /**
   * Processes the broker's answers.
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

  /** The partitions that are blocked. */
  synchronized Set<TopicPartition> partitions() {
    return standing.entrySet().stream()
        .filter(entry -> entry.getValue().isBlocked())
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  /** The transactions that are open in the blocked partitions, as far as they are known. */
  synchronized void heldBy(Map<TopicPartition, List<OpenTransaction>> transactions) {
    open = Map.copyOf(transactions);
  }

  /** A transaction of this installation was aborted, because nothing else would have ended it. */
  void ended() {
    ended.incrementAndGet();
  }

  /** How many records of a topic wait behind open transactions. */
  synchronized long records(String topic) {
    return standing.entrySet().stream()
        .filter(entry -> entry.getKey().topic().equals(topic) && entry.getValue().isBlocked())
        .mapToLong(entry -> entry.getValue().records())
        .sum();
  }

  /** Each partition that cannot be read, since when, and what to do; for people. */
  synchronized List<String> told() {
    List<String> told = new ArrayList<>();
    standing.entrySet().stream()
        .filter(entry -> entry.getValue().isBlocked())
        .sorted(Comparator.comparing(entry -> entry.getKey().toString()))
        .forEach(entry -> tell(entry.getKey(), entry.getValue(), told));
    return told;
  }

  private void tell(TopicPartition partition, Standstill still, List<String> told) {
    if (partition.topic().equals(Topic.GROUP_METADATA_TOPIC_NAME)) {
      tellOfOffsets(partition, still, told);
      return;
    }
    String remedy =
        open.getOrDefault(partition, List.of()).stream()
            .filter(each -> each.startOffset() == still.stable())
            .findFirst()
            .map(this::remedy)
            .orElseGet(() -> abort(partition, still.stable()));
    told.add(
        "%s: %d records are blocked by a transaction that has been open for %d s%s"
            .formatted(partition, still.records(), still.seconds(), remedy));
  }

  /** Others keep offsets in the same partition; their transactions block their offsets only. */
  private void tellOfOffsets(TopicPartition partition, Standstill still, List<String> told) {
    List<OpenTransaction> all = open.get(partition);
    if (all == null) {
      told.add(
          "%s: the engine's committed offsets may be blocked by a transaction that has been open for %d s; find out with %s find-hanging --topic %s --partition %d"
              .formatted(
                  partition, still.seconds(), tool(), partition.topic(), partition.partition()));
      return;
    }
    all.stream()
        .filter(each -> each.isOf(applicationId))
        .map(
            each ->
                "%s: the engine's committed offsets are blocked by a transaction that has been open for %d s%s"
                    .formatted(partition, still.seconds(), remedy(each)))
        .forEach(told::add);
  }

  private String remedy(OpenTransaction transaction) {
    String holder = ", of " + transaction.holder();
    return transaction.standing() == OpenTransaction.Standing.ONGOING
        ? holder + " and ends when it times out"
        : holder + abort(transaction.partition(), transaction.startOffset());
  }

  private String abort(TopicPartition partition, long startOffset) {
    String topic = partition.topic();
    String warning =
        InputTopics.READ.contains(topic) || topic.equals(Topic.GROUP_METADATA_TOPIC_NAME)
            ? "; abort it with "
            : "; its records are lost when it is aborted, although it may be committed in other"
                + " partitions (see \"A transaction hangs\" in docs/operations.md): ";
    return warning
        + "%s abort --topic %s --partition %d --start-offset %d"
            .formatted(tool(), topic, partition.partition(), startOffset);
  }

  private String tool() {
    return "kafka-transactions.sh --bootstrap-server " + bootstrapServers;
  }

  @Override
  public void bindTo(MeterRegistry meters) {
    for (String topic : InputTopics.READ) {
      Gauge.builder("doundo.inputs.blocked.records", this, blocked -> blocked.records(topic))
          .description("Records blocked by an open transaction before them")
          .tag("topic", topic)
          .register(meters);
    }
    Gauge.builder("doundo.transactions.blocking", this, blocked -> blocked.told().size())
        .description("Transactions that block what the orchestrator reads")
        .register(meters);
    FunctionCounter.builder("doundo.transactions.aborted", ended, AtomicLong::get)
        .description("Transactions of this installation that hung and were aborted")
        .register(meters);
  }
}
