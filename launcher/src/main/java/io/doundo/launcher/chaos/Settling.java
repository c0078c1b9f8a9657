package io.doundo.launcher.chaos;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Waits, after the last fault, until every flow has ended or waits for an operator, every group has
 * read what it reads, and nothing has moved for a while.
 */
final class Settling {

  private static final Duration QUIET = Duration.ofSeconds(6);
  private static final long POLL_MS = 250;

  /** A consumer's position may stop before the marker that ends the last transaction. */
  private static final long MARKERS = 1;

  private static final long TOLD_EVERY_NANOS = TimeUnit.SECONDS.toNanos(20);
  private static final int TOLD = 3;

  private final FlowWatch watch;
  private final String bootstrapServers;
  private final RunLog log;

  Settling(FlowWatch watch, String bootstrapServers, RunLog log) {
    this.watch = watch;
    this.bootstrapServers = bootstrapServers;
    this.log = log;
  }

  /**
   * Waits.
   *
   * @return the flows that have not settled within the limit; none when all is well
   */
  List<String> await(Collection<String> flows, Duration limit)
      throws InterruptedException, ExecutionException {
    long end = System.nanoTime() + limit.toNanos();
    long told = System.nanoTime();
    List<String> open = unsettled(flows);
    while (!(open.isEmpty() && watch.quiet().compareTo(QUIET) > 0 && allIsRead())
        && System.nanoTime() < end) {
      TimeUnit.MILLISECONDS.sleep(POLL_MS);
      open = unsettled(flows);
      if (!open.isEmpty() && System.nanoTime() - told > TOLD_EVERY_NANOS) {
        told = System.nanoTime();
        log.say("%d flows have not settled: %s".formatted(open.size(), some(open)));
      }
    }
    return open;
  }

  private List<String> some(List<String> flows) {
    return flows.stream()
        .limit(TOLD)
        .map(flow -> "%s is %s".formatted(flow, watch.status(flow)))
        .toList();
  }

  private List<String> unsettled(Collection<String> flows) {
    return flows.stream().filter(flow -> !watch.isSettled(flow)).toList();
  }

  private boolean allIsRead() throws InterruptedException, ExecutionException {
    try (Admin admin =
        Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers))) {
      for (GroupListing group : admin.listGroups().all().get()) {
        if (!allIsRead(admin, group.groupId())) {
          return false;
        }
      }
      return true;
    }
  }

  private static boolean allIsRead(Admin admin, String group)
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
    return ends.entrySet().stream()
        .allMatch(
            end -> {
              OffsetAndMetadata position = read.get(end.getKey());
              return position == null || end.getValue().offset() - position.offset() <= MARKERS;
            });
  }
}
