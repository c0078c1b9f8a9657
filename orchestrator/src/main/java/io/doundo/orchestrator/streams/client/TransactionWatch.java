package io.doundo.orchestrator.streams.client;

import io.doundo.orchestrator.streams.EngineSettings;
import io.doundo.orchestrator.streams.state.StoreNames;
import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.utils.Utils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Periodically checks with the broker, in its own thread, how far the engine's topics can be read:
 * its inputs, the topics that it writes, and the partition of its offsets. If an open transaction
 * blocks one, the watch finds out its owner. It aborts a transaction only if it blocks the offsets
 * of this installation, was begun by it, and was forgotten by its coordinator (ADR 8).
 */
final class TransactionWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(TransactionWatch.class);
  private static final Duration PERIOD = Duration.ofSeconds(10);
  private static final long PATIENCE_SECONDS = 10;

  private final String applicationId;
  private final Admin admin;
  private final TransactionInspector inspector;
  private final BlockedPartitions blocked;
  private final LongSupplier nanoTime;
  private final ScheduledExecutorService executor;
  private final Set<OpenTransaction> hangingBefore = new HashSet<>();
  private Set<TopicPartition> toldOf = Set.of();

  TransactionWatch(EngineSettings settings, BlockedPartitions blocked, LongSupplier nanoTime) {
    this.applicationId = settings.applicationId();
    this.nanoTime = nanoTime;
    this.admin = EngineAdmin.create(settings, "transaction-watch");
    this.inspector = new TransactionInspector(admin);
    this.blocked = blocked;
    this.executor =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "doundo-transaction-watch");
              thread.setDaemon(true);
              return thread;
            });
  }

  void start() {
    var unused =
        executor.scheduleWithFixedDelay(
            this::lookOrKeep, PERIOD.toMillis(), PERIOD.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void lookOrKeep() {
    try {
      look();
    } catch (ExecutionException | TimeoutException | RuntimeException | Error e) {
      LOG.debug("it is unknown whether transactions are open", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Checks once, and aborts the transactions that nothing else will end. */
  void look() throws ExecutionException, TimeoutException, InterruptedException {
    Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
    partitions().forEach(partition -> latest.put(partition, OffsetSpec.latest()));
    // The ends first: records appended in between then count as readable.
    Map<TopicPartition, Long> ends = offsets(latest, IsolationLevel.READ_UNCOMMITTED);
    Map<TopicPartition, Long> stable = offsets(latest, IsolationLevel.READ_COMMITTED);
    blocked.seen(stable, ends, nanoTime.getAsLong());
    Set<TopicPartition> inTheWay = blocked.partitions();
    if (inTheWay.isEmpty()) {
      toldOf = inTheWay;
      return;
    }
    try {
      Map<TopicPartition, List<OpenTransaction>> open = inspector.openIn(inTheWay);
      blocked.heldBy(open);
      endForgotten(open.values().stream().flatMap(List::stream).toList());
    } finally {
      // Even when their owners cannot be found out.
      tell(inTheWay);
    }
  }

  private List<TopicPartition> partitions()
      throws ExecutionException, TimeoutException, InterruptedException {
    List<String> topics = new ArrayList<>(InputTopics.READ);
    topics.addAll(List.of(Topics.REKEY, Topics.ARCHIVE, Topics.DEFINITIONS, Topics.FLOW_EVENTS));
    for (String store : StoreNames.WITH_CHANGELOG) {
      topics.add(applicationId + '-' + store + "-changelog");
    }
    topics.add(Topic.GROUP_METADATA_TOPIC_NAME);
    List<TopicPartition> partitions = new ArrayList<>();
    for (Map.Entry<String, KafkaFuture<TopicDescription>> topic :
        admin.describeTopics(topics).topicNameValues().entrySet()) {
      try {
        int count = topic.getValue().get(PATIENCE_SECONDS, TimeUnit.SECONDS).partitions().size();
        add(topic.getKey(), count, partitions);
      } catch (ExecutionException e) {
        // It does not exist yet, or this principal may not describe it.
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException
            || e.getCause() instanceof AuthorizationException)) {
          throw e;
        }
      }
    }
    return partitions;
  }

  private void add(String topic, int count, List<TopicPartition> partitions) {
    if (topic.equals(Topic.GROUP_METADATA_TOPIC_NAME)) {
      // The coordinator of a group is found in the same way.
      for (String group : Set.of(applicationId, applicationId + "-registration")) {
        partitions.add(new TopicPartition(topic, Utils.abs(group.hashCode()) % count));
      }
    } else {
      for (int partition = 0; partition < count; partition++) {
        partitions.add(new TopicPartition(topic, partition));
      }
    }
  }

  private Map<TopicPartition, Long> offsets(
      Map<TopicPartition, OffsetSpec> latest, IsolationLevel isolation)
      throws ExecutionException, TimeoutException, InterruptedException {
    Map<TopicPartition, Long> offsets = new HashMap<>();
    for (Map.Entry<TopicPartition, ListOffsetsResultInfo> offset :
        admin
            .listOffsets(latest, new ListOffsetsOptions(isolation))
            .all()
            .get(PATIENCE_SECONDS, TimeUnit.SECONDS)
            .entrySet()) {
      offsets.put(offset.getKey(), offset.getValue().offset());
    }
    return offsets;
  }

  /**
   * Only offsets, which then go back by one commit, so that inputs are read twice: anything else
   * may be committed in part, and would be lost. And only transactions that were hanging at two
   * checks in a row.
   */
  private void endForgotten(List<OpenTransaction> open)
      throws ExecutionException, TimeoutException, InterruptedException {
    List<OpenTransaction> hanging =
        open.stream()
            .filter(
                each ->
                    each.partition().topic().equals(Topic.GROUP_METADATA_TOPIC_NAME)
                        && each.standing() == OpenTransaction.Standing.HANGING
                        && each.isOf(applicationId))
            .toList();
    List<OpenTransaction> ripe = hanging.stream().filter(hangingBefore::contains).toList();
    hangingBefore.clear();
    hangingBefore.addAll(hanging);
    for (OpenTransaction transaction : ripe) {
      end(transaction);
    }
  }

  private void end(OpenTransaction transaction)
      throws ExecutionException, TimeoutException, InterruptedException {
    try {
      inspector.abort(transaction);
      blocked.ended();
      LOG.warn(
          "aborted a transaction that nobody would have ended, in {} from offset {}, of {}",
          transaction.partition(),
          transaction.startOffset(),
          transaction.holder());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AuthorizationException) {
        LOG.warn(
            "the transaction in {} from offset {} cannot be aborted without the permission Alter on the cluster: {}",
            transaction.partition(),
            transaction.startOffset(),
            e.getCause().getMessage());
        return;
      }
      throw e;
    }
  }

  private void tell(Set<TopicPartition> inTheWay) {
    if (!toldOf.containsAll(inTheWay)) {
      blocked.told().forEach(told -> LOG.warn("{}", told));
    }
    toldOf = inTheWay;
  }

  @Override
  public void close() {
    executor.shutdownNow();
    admin.close(Duration.ofSeconds(1));
  }
}
