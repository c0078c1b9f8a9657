package io.doundo.orchestrator.app;

import io.doundo.orchestrator.query.worker.SeenGroups;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsResult;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.GroupType;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.jspecify.annotations.Nullable;

/**
 * Asks the broker which consumer groups read the topics of commands. One look takes four requests
 * to each broker, and one more for each group. Changes nothing. For one thread.
 */
final class GroupsProbe implements AutoCloseable {

  /** More groups than this are not described. */
  private static final int MOST_GROUPS = 1_000;

  private static final int TIMEOUT_MS = 5_000;

  private static final String NOT_PERMITTED =
      "The broker shows only the consumer groups that this principal may describe: allow DESCRIBE on"
          + " the cluster, or on the workers' groups. A step without a group may have workers.";

  private final DoundoProperties.Kafka kafka;
  private final Predicate<String> own;
  private @Nullable Admin admin;

  /**
   * @param own the groups of the orchestrator itself
   */
  GroupsProbe(DoundoProperties.Kafka kafka, Predicate<String> own) {
    this.kafka = kafka;
    this.own = own;
  }

  /** Looks once. What cannot be found out is in the note of the answer. */
  SeenGroups look(Set<String> topics, Instant now) {
    try {
      return new Look(open(), topics, now).groups();
    } catch (KafkaException e) {
      return SeenGroups.unknown(now, "The consumer groups could not be read: " + e.getMessage());
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      return SeenGroups.unknown(
          now,
          cause instanceof AuthorizationException
              ? NOT_PERMITTED
              : "The consumer groups could not be read: " + cause.getMessage());
    } catch (TimeoutException e) {
      return SeenGroups.unknown(now, "The broker did not answer in time.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return SeenGroups.unknown(now, "The look was interrupted.");
    }
  }

  private Admin open() {
    Admin open = admin;
    if (open == null) {
      Map<String, Object> config = new HashMap<>(kafka.properties());
      config.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka.bootstrapServers());
      config.put(AdminClientConfig.CLIENT_ID_CONFIG, "doundo-presence");
      config.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MS);
      config.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MS);
      open = Admin.create(config);
      admin = open;
    }
    return open;
  }

  @Override
  public void close() {
    if (admin != null) {
      admin.close();
      admin = null;
    }
  }

  /** One look. */
  private static final class Found {
    private final Map<String, Map<String, List<SeenGroups.Member>>> members = new TreeMap<>();
    private final Map<String, Map<TopicPartition, Long>> committed = new HashMap<>();
    private final Map<String, String> states = new HashMap<>();
  }

  private final class Look {

    private final Admin asked;
    private final Set<String> topics;
    private final Instant now;
    private final Found found = new Found();
    private @Nullable String note;

    Look(Admin asked, Set<String> topics, Instant now) {
      this.asked = asked;
      this.topics = topics;
      this.now = now;
    }

    SeenGroups groups() throws ExecutionException, TimeoutException, InterruptedException {
      Set<AclOperation> allowed =
          get(
              asked
                  .describeCluster(new DescribeClusterOptions().includeAuthorizedOperations(true))
                  .authorizedOperations());
      if (allowed != null && !allowed.contains(AclOperation.DESCRIBE)) {
        // Groups that may not be described are left out of the list without a word.
        note = NOT_PERMITTED;
      }
      List<String> groups = names();
      describe(groups);
      readOffsets(groups);
      return new SeenGroups(now, note == null, note, byTopic(ends()));
    }

    private List<String> names() throws ExecutionException, TimeoutException, InterruptedException {
      List<String> names = new ArrayList<>();
      for (GroupListing group : get(asked.listGroups().all())) {
        GroupType type = group.type().orElse(GroupType.CLASSIC);
        boolean consumes =
            type == GroupType.CONSUMER
                || (type == GroupType.CLASSIC
                    && (group.protocol().isEmpty() || group.protocol().equals("consumer")));
        if (consumes && !own.test(group.groupId())) {
          names.add(group.groupId());
        }
      }
      names.sort(null);
      if (names.size() > MOST_GROUPS) {
        note =
            "There are %d consumer groups; only the first %d were looked at."
                .formatted(names.size(), MOST_GROUPS);
        return names.subList(0, MOST_GROUPS);
      }
      return names;
    }

    private void describe(List<String> groups)
        throws ExecutionException, TimeoutException, InterruptedException {
      for (Map.Entry<String, KafkaFuture<ConsumerGroupDescription>> group :
          asked.describeConsumerGroups(groups).describedGroups().entrySet()) {
        try {
          take(get(group.getValue()));
        } catch (ExecutionException e) {
          if (e.getCause() instanceof AuthorizationException) {
            note = NOT_PERMITTED;
          } else if (!(e.getCause() instanceof GroupIdNotFoundException)) {
            throw e;
          }
        }
      }
    }

    private void take(ConsumerGroupDescription group) {
      found.states.put(group.groupId(), group.groupState().name());
      for (MemberDescription member : group.members()) {
        Set<String> read = new HashSet<>();
        member.assignment().topicPartitions().forEach(partition -> read.add(partition.topic()));
        read.retainAll(topics);
        String host = member.host().startsWith("/") ? member.host().substring(1) : member.host();
        for (String topic : read) {
          found
              .members
              .computeIfAbsent(topic, unused -> new TreeMap<>())
              .computeIfAbsent(group.groupId(), unused -> new ArrayList<>())
              .add(new SeenGroups.Member(member.clientId(), host));
        }
      }
    }

    private void readOffsets(List<String> groups)
        throws ExecutionException, TimeoutException, InterruptedException {
      if (groups.isEmpty()) {
        return;
      }
      Map<String, ListConsumerGroupOffsetsSpec> specs = new HashMap<>();
      groups.forEach(group -> specs.put(group, new ListConsumerGroupOffsetsSpec()));
      ListConsumerGroupOffsetsResult offsets = asked.listConsumerGroupOffsets(specs);
      for (String group : groups) {
        try {
          take(group, get(offsets.partitionsToOffsetAndMetadata(group)));
        } catch (ExecutionException e) {
          boolean isGone = e.getCause() instanceof GroupIdNotFoundException;
          if (!isGone && !(e.getCause() instanceof AuthorizationException)) {
            throw e;
          }
        }
      }
    }

    private void take(String group, Map<TopicPartition, @Nullable OffsetAndMetadata> offsets) {
      offsets.forEach(
          (partition, offset) -> {
            if (offset != null && topics.contains(partition.topic())) {
              found
                  .committed
                  .computeIfAbsent(group, unused -> new HashMap<>())
                  .put(partition, offset.offset());
            }
          });
    }

    /** The ends of the partitions of which an offset was committed. */
    private Map<TopicPartition, Long> ends()
        throws ExecutionException, TimeoutException, InterruptedException {
      Map<TopicPartition, OffsetSpec> latest = new HashMap<>();
      found
          .committed
          .values()
          .forEach(
              offsets -> offsets.keySet().forEach(each -> latest.put(each, OffsetSpec.latest())));
      Map<TopicPartition, Long> ends = new HashMap<>();
      if (latest.isEmpty()) {
        return ends;
      }
      ListOffsetsResult result = asked.listOffsets(latest);
      for (TopicPartition partition : latest.keySet()) {
        try {
          ends.put(partition, get(result.partitionResult(partition)).offset());
        } catch (ExecutionException e) {
          // The topic is being deleted, or may not be described: its lag is unknown.
          ends.remove(partition);
        }
      }
      return ends;
    }

    private Map<String, List<SeenGroups.Group>> byTopic(Map<TopicPartition, Long> ends) {
      Map<String, Map<String, List<SeenGroups.Member>>> readers = found.members;
      found.committed.forEach(
          (group, offsets) ->
              offsets
                  .keySet()
                  .forEach(
                      partition ->
                          readers
                              .computeIfAbsent(partition.topic(), unused -> new TreeMap<>())
                              .computeIfAbsent(group, unused -> new ArrayList<>())));
      Map<String, List<SeenGroups.Group>> byTopic = new HashMap<>();
      readers.forEach(
          (topic, groups) -> {
            List<SeenGroups.Group> views = new ArrayList<>();
            groups.forEach(
                (group, members) ->
                    views.add(
                        new SeenGroups.Group(
                            group,
                            found.states.getOrDefault(group, "UNKNOWN"),
                            members,
                            lag(topic, group, ends))));
            byTopic.put(topic, List.copyOf(views));
          });
      return byTopic;
    }

    private @Nullable Long lag(String topic, String group, Map<TopicPartition, Long> ends) {
      Long lag = null;
      for (Map.Entry<TopicPartition, Long> offset :
          found.committed.getOrDefault(group, Map.of()).entrySet()) {
        Long end = ends.get(offset.getKey());
        if (end != null && offset.getKey().topic().equals(topic)) {
          lag = (lag == null ? 0 : lag) + Math.max(0, end - offset.getValue());
        }
      }
      return lag;
    }

    private static <T> T get(KafkaFuture<T> future)
        throws ExecutionException, TimeoutException, InterruptedException {
      return future.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
    }
  }
}
