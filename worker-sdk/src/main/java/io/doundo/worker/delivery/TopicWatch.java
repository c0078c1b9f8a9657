package io.doundo.worker.delivery;

import io.doundo.worker.threads.TaskTimer;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which of the topics exist already: a worker may start before its orchestration is registered.
 * Asks the broker each second for those that are missing, and no longer once all are there.
 */
final class TopicWatch {

  private static final Logger log = LoggerFactory.getLogger(TopicWatch.class);
  private static final long ASK_EVERY_MS = 1_000;
  private static final int REMIND_AFTER = 30;

  private final Admin admin;
  private final TaskTimer timer;
  private final Set<String> wanted;
  private final RetentionCheck retentions;
  private volatile Set<String> existing = Set.of();
  private int asked;

  TopicWatch(Admin admin, TaskTimer timer, Set<String> wanted, RetentionCheck retentions) {
    this.admin = admin;
    this.timer = timer;
    this.wanted = wanted;
    this.retentions = retentions;
  }

  /** The wanted topics that are known to exist; grows. */
  Set<String> existing() {
    return existing;
  }

  /** The wanted topics that are not known to exist. */
  Set<String> missing() {
    Set<String> missing = new TreeSet<>(wanted);
    missing.removeAll(existing);
    return missing;
  }

  void ask() {
    Set<String> missing = missing();
    if (missing.isEmpty()) {
      return;
    }
    try {
      ask(missing);
    } catch (RuntimeException e) {
      log.warn("Looking up the topics {} failed: {}", missing, e.toString());
      askLater();
    }
  }

  private void ask(Set<String> missing) {
    if (asked++ == REMIND_AFTER) {
      log.warn(
          "The topics {} do not exist yet: check that their orchestration is registered", missing);
    }
    Map<String, KafkaFuture<TopicDescription>> answers =
        admin.describeTopics(missing).topicNameValues();
    CompletableFuture<?>[] all =
        answers.values().stream()
            .map(answer -> answer.toCompletionStage().toCompletableFuture())
            .toArray(CompletableFuture<?>[]::new);
    CompletionStage<Void> answered = CompletableFuture.allOf(all);
    answered.whenComplete((nothing, error) -> found(answers));
  }

  private void askLater() {
    timer.after(ASK_EVERY_MS, this::ask);
  }

  private void found(Map<String, KafkaFuture<TopicDescription>> answers) {
    Set<String> found = new TreeSet<>();
    answers.forEach(
        (topic, answer) -> {
          if (exists(topic, answer)) {
            found.add(topic);
          }
        });
    Set<String> now = new TreeSet<>(existing);
    now.addAll(found);
    existing = Set.copyOf(now);
    if (!found.isEmpty()) {
      retentions.check(found);
    }
    askLater();
  }

  private static boolean exists(String topic, KafkaFuture<TopicDescription> answer) {
    try {
      answer.getNow(null);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
        log.warn("Looking up the topic {} failed: {}", topic, String.valueOf(e.getCause()));
      }
      return false;
    }
  }
}
