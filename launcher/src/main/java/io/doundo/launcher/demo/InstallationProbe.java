package io.doundo.launcher.demo;

import io.doundo.launcher.dev.DevPlan;
import io.doundo.launcher.process.Ports;
import io.doundo.worker.testing.RedisServerProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** The running parts of an installation, whoever started them. Thread-safe. */
public final class InstallationProbe implements AutoCloseable {

  private static final Duration ANSWER = Duration.ofSeconds(4);

  private final DevPlan plan;
  private final String group;
  private @Nullable Admin admin;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(ANSWER).build();

  /**
   * Prepares to look.
   *
   * @param group the consumer group of the workers
   */
  public InstallationProbe(DevPlan plan, String group) {
    this.plan = plan;
    this.group = group;
  }

  /** Created only once a broker answers, because it logs every failed attempt. */
  private synchronized Admin admin() {
    if (admin == null) {
      admin =
          Admin.create(
              Map.of(
                  "bootstrap.servers",
                  plan.bootstrapServers(),
                  "request.timeout.ms",
                  (int) ANSWER.toMillis(),
                  "default.api.timeout.ms",
                  (int) ANSWER.toMillis()));
    }
    return admin;
  }

  boolean kafkaAnswers() throws InterruptedException {
    if (Ports.isFree(plan.kafkaPort())) {
      return false;
    }
    try {
      return !admin()
          .describeCluster()
          .nodes()
          .get(2 * ANSWER.toMillis(), TimeUnit.MILLISECONDS)
          .isEmpty();
    } catch (ExecutionException | TimeoutException e) {
      return false;
    }
  }

  boolean redisAnswers() {
    return RedisServerProcess.answers(plan.redisPort(), ANSWER);
  }

  boolean orchestratorIsReady() throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(plan.url() + "/actuator/health/readiness"))
            .timeout(ANSWER)
            .build();
    try {
      return http.send(request, BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** The workers' processes by their client id, and the partitions that each of them reads. */
  public Map<String, Set<TopicPartition>> workers() throws InterruptedException {
    try {
      ConsumerGroupDescription description =
          admin()
              .describeConsumerGroups(List.of(group))
              .all()
              .get(2 * ANSWER.toMillis(), TimeUnit.MILLISECONDS)
              .values()
              .iterator()
              .next();
      if (description.groupState() != GroupState.STABLE) {
        return Map.of();
      }
      return description.members().stream()
          .collect(
              Collectors.toMap(
                  MemberDescription::clientId,
                  member -> member.assignment().topicPartitions(),
                  InstallationProbe::union));
    } catch (ExecutionException | TimeoutException e) {
      // A group that does not exist yet is reported as an error.
      return Map.of();
    }
  }

  private static Set<TopicPartition> union(Set<TopicPartition> one, Set<TopicPartition> other) {
    return Stream.concat(one.stream(), other.stream()).collect(Collectors.toSet());
  }

  /** Those of these topics of which no worker reads all partitions that there are. */
  List<String> unserved(Collection<String> topics) throws InterruptedException {
    Set<TopicPartition> served =
        workers().values().stream().flatMap(Set::stream).collect(Collectors.toSet());
    List<String> unserved = new ArrayList<>();
    for (String topic : topics) {
      int partitions = partitions(topic);
      long read = served.stream().filter(partition -> partition.topic().equals(topic)).count();
      if (partitions == 0 || read < partitions) {
        unserved.add(topic);
      }
    }
    return unserved;
  }

  /** How many partitions a topic has; 0 when there is no such topic. */
  int partitions(String topic) throws InterruptedException {
    try {
      return admin()
          .describeTopics(List.of(topic))
          .allTopicNames()
          .get(2 * ANSWER.toMillis(), TimeUnit.MILLISECONDS)
          .values()
          .stream()
          .mapToInt(description -> description.partitions().size())
          .sum();
    } catch (ExecutionException | TimeoutException e) {
      return 0;
    }
  }

  /** The parts that no longer answer, one sentence each. */
  List<String> outages() throws InterruptedException {
    List<String> problems = new ArrayList<>();
    if (!kafkaAnswers()) {
      problems.add("No Kafka broker answers at " + plan.bootstrapServers() + '.');
      return problems;
    }
    if (!redisAnswers()) {
      problems.add(
          "No Redis answers at " + plan.redis() + "; without it no worker runs a handler.");
    }
    if (!orchestratorIsReady()) {
      problems.add("The orchestrator at " + plan.url() + " is unreachable or not ready.");
    }
    return problems;
  }

  /** The obstacles to progress, one sentence each. */
  List<String> problems() throws InterruptedException {
    List<String> problems = outages();
    if (problems.isEmpty() && workers().isEmpty()) {
      problems.add("No example worker is running.");
    }
    return problems;
  }

  @Override
  public synchronized void close() {
    if (admin != null) {
      admin.close(Duration.ZERO);
    }
  }
}
