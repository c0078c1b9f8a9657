package io.doundo.orchestrator.streams.client;

import io.doundo.orchestrator.streams.EngineSettings;
import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * Checks, before the engine starts, that the topics it reads are there with the partition count it
 * was set up with: records of one flow must meet on one partition, in every topic the same.
 */
final class InputTopics {

  private static final long PATIENCE_SECONDS = 20;

  /** A topic that was created just now is not known to every broker at once. */
  private static final Duration SETTLING = Duration.ofSeconds(5);

  private static final long LOOK_AGAIN_MS = 50;

  /** Read side by side by one task. */
  static final List<String> CO_PARTITIONED =
      List.of(
          Topics.EXECUTION_START, Topics.RESPONSE, Topics.CONTROL, Topics.REKEY, Topics.ARCHIVE);

  /** Those that others write. */
  static final List<String> READ =
      List.of(Topics.EXECUTION_START, Topics.RESPONSE, Topics.CONTROL, Topics.SHARED_EVENT);

  private InputTopics() {}

  static void check(EngineSettings settings) {
    List<String> problems;
    try (Admin admin = EngineAdmin.create(settings)) {
      long settledAt = System.nanoTime() + SETTLING.toNanos();
      problems = problems(admin, settings);
      while (!problems.isEmpty() && System.nanoTime() - settledAt < 0) {
        Thread.sleep(LOOK_AGAIN_MS);
        problems = problems(admin, settings);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      problems = List.of("interrupted while checking the topics");
    }
    if (!problems.isEmpty()) {
      throw new IllegalStateException("the engine cannot start: " + String.join("; ", problems));
    }
  }

  private static List<String> problems(Admin admin, EngineSettings settings) {
    List<String> needed = new ArrayList<>(CO_PARTITIONED);
    needed.add(Topics.DEFINITIONS);
    needed.add(Topics.SHARED_EVENT);
    List<String> problems = new ArrayList<>();
    Map<String, KafkaFuture<TopicDescription>> described =
        admin.describeTopics(needed).topicNameValues();
    for (Map.Entry<String, KafkaFuture<TopicDescription>> topic : described.entrySet()) {
      check(topic.getKey(), topic.getValue(), settings.partitions(), problems);
    }
    return problems;
  }

  private static void check(
      String topic,
      KafkaFuture<TopicDescription> described,
      int partitions,
      List<String> problems) {
    try {
      int found = described.get(PATIENCE_SECONDS, TimeUnit.SECONDS).partitions().size();
      if (found != partitions && CO_PARTITIONED.contains(topic)) {
        problems.add(
            "topic %s has %d partitions but this installation uses %d"
                .formatted(topic, found, partitions));
      }
    } catch (ExecutionException e) {
      problems.add(
          e.getCause() instanceof UnknownTopicOrPartitionException
              ? "topic " + topic + " does not exist"
              : "topic " + topic + " cannot be described: " + e.getCause());
    } catch (TimeoutException e) {
      problems.add("the broker did not describe topic " + topic + " in time");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      problems.add("interrupted while checking topic " + topic);
    }
  }
}
