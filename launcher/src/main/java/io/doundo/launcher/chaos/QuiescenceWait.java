package io.doundo.launcher.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Waits, after the last fault, until every flow has ended or waits for an operator, every group has
 * read what it reads, and nothing has moved for a while.
 */
final class QuiescenceWait {

  private static final Duration QUIET = Duration.ofSeconds(6);
  private static final long POLL_MS = 250;

  private static final Duration LOOK = Duration.ofSeconds(5);

  private static final long TOLD_EVERY_NANOS = TimeUnit.SECONDS.toNanos(20);
  private static final int TOLD = 3;

  private final AuditLogFollower watch;
  private final String bootstrapServers;
  private final RunLog log;

  QuiescenceWait(AuditLogFollower watch, String bootstrapServers, RunLog log) {
    this.watch = watch;
    this.bootstrapServers = bootstrapServers;
    this.log = log;
  }

  /**
   * Waits.
   *
   * @return what is missing at the limit, in words: flows that have not settled, or groups that
   *     have not read; nothing when all is well
   */
  List<String> await(Collection<String> flows, Duration limit)
      throws InterruptedException, ExecutionException {
    long end = System.nanoTime() + limit.toNanos();
    long told = System.nanoTime();
    List<String> missing = missing(flows);
    while (!missing.isEmpty() && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(POLL_MS);
      missing = missing(flows);
      if (!missing.isEmpty() && System.nanoTime() - told > TOLD_EVERY_NANOS) {
        told = System.nanoTime();
        log.say(
            "not settled yet: "
                + missing.stream().limit(TOLD).collect(Collectors.joining(", "))
                + (missing.size() > TOLD ? " and " + (missing.size() - TOLD) + " more" : ""));
      }
    }
    return missing;
  }

  /** What is missing until everything has settled, in words. */
  private List<String> missing(Collection<String> flows)
      throws InterruptedException, ExecutionException {
    List<String> open =
        unsettled(flows).stream()
            .map(flow -> "%s is %s".formatted(flow, watch.whereabouts(flow)))
            .toList();
    if (!open.isEmpty()) {
      return open;
    }
    return watch.quiet().compareTo(QUIET) > 0 ? unread() : List.of("flows are still moving");
  }

  private List<String> unsettled(Collection<String> flows) {
    return flows.stream().filter(flow -> !watch.isSettled(flow)).toList();
  }

  /** Where a consumer group has not read to the end. */
  private List<String> unread() throws InterruptedException, ExecutionException {
    try (Admin admin =
        Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers))) {
      List<String> unread = new ArrayList<>();
      for (GroupListing group : admin.listGroups().all().get()) {
        unread.addAll(unread(admin, group.groupId()));
      }
      return unread;
    }
  }

  private List<String> unread(Admin admin, String group)
      throws InterruptedException, ExecutionException {
    Map<TopicPartition, OffsetAndMetadata> read =
        admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
    Map<TopicPartition, ListOffsetsResultInfo> ends =
        admin
            .listOffsets(
                read.keySet().stream()
                    .collect(Collectors.toMap(partition -> partition, any -> OffsetSpec.latest())))
            .all()
            .get();
    Map<TopicPartition, Long> behind = new HashMap<>();
    read.forEach(
        (partition, position) -> {
          ListOffsetsResultInfo end = ends.get(partition);
          if (position != null && end != null && position.offset() < end.offset()) {
            behind.put(partition, position.offset());
          }
        });
    return holdingRecords(behind).stream()
        .map(
            partition ->
                "%s has read %s up to %d only"
                    .formatted(group, partition, behind.getOrDefault(partition, 0L)))
        .toList();
  }

  /**
   * Those partitions that have committed records from an offset on. A group's committed position
   * stays before what holds nothing for it: the markers that end transactions, and the records of a
   * transaction that was aborted because its producer was killed.
   */
  private Set<TopicPartition> holdingRecords(Map<TopicPartition, Long> offsets) {
    Set<TopicPartition> holding = new TreeSet<>(Comparator.comparing(TopicPartition::toString));
    try (Consumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                "read_committed"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.assign(offsets.keySet());
      offsets.forEach(consumer::seek);
      Map<TopicPartition, Long> ends = consumer.endOffsets(offsets.keySet());
      Set<TopicPartition> open = new HashSet<>(offsets.keySet());
      long until = System.nanoTime() + LOOK.toNanos();
      while (!open.isEmpty() && System.nanoTime() < until) {
        holding.addAll(consumer.poll(Duration.ofMillis(POLL_MS)).partitions());
        open.removeAll(holding);
        open.removeIf(
            partition -> consumer.position(partition) >= ends.getOrDefault(partition, 0L));
      }
      holding.addAll(open);
    }
    return holding;
  }
}
