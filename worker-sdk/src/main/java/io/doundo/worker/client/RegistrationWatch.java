package io.doundo.worker.client;

import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import io.doundo.worker.RegistrationOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Waits for the orchestrator's word on one registration. */
final class RegistrationWatch {

  private static final Logger log = LoggerFactory.getLogger(RegistrationWatch.class);
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private RegistrationWatch() {}

  /**
   * Blocks until the status record of this registration is there.
   *
   * @param consumer reads it, and is closed
   * @throws TimeoutException when there is none within a minute
   */
  static RegistrationOutcome await(Consumer<byte[], byte[]> consumer, RecordMetadata registration)
      throws InterruptedException, TimeoutException {
    // By the broker's clock: on a machine whose clock is ahead, the answer would be older than now.
    Instant since =
        registration.hasTimestamp()
            ? Instant.ofEpochMilli(registration.timestamp())
            : Instant.now();
    long until = System.nanoTime() + LONGEST.toNanos();
    try (TopicReader reader = new TopicReader(consumer)) {
      List<TopicPartition> partitions = List.of();
      while (System.nanoTime() - until < 0) {
        if (partitions.isEmpty()) {
          // The topic may not exist yet.
          partitions = reader.partitionsOf(Topics.REGISTRATION_STATUS);
          partitions.forEach(partition -> reader.read(partition, since, false));
        }
        for (ConsumerRecord<byte[], byte[]> record : reader.next()) {
          Optional<RegistrationOutcome> outcome = outcome(record, registration);
          if (outcome.isPresent()) {
            return outcome.get();
          }
        }
      }
    }
    throw new TimeoutException(
        "the orchestrator has not answered the registration; check that it is running");
  }

  private static Optional<RegistrationOutcome> outcome(
      ConsumerRecord<byte[], byte[]> record, RecordMetadata registration) {
    JsonNode status;
    try {
      status = Json.MAPPER.readTree(record.value());
    } catch (JacksonException e) {
      log.warn("A registration status cannot be read: {}", e.getOriginalMessage());
      return Optional.empty();
    }
    JsonNode source = status.path("source");
    if (!source.path("topic").asString("").equals(registration.topic())
        || source.path("partition").asInt(-1) != registration.partition()
        || source.path("offset").asLong(-1) != registration.offset()) {
      return Optional.empty();
    }
    List<String> problems = new ArrayList<>();
    for (JsonNode problem : status.path("problems")) {
      problems.add(problem.path("path").asString("") + ": " + problem.path("message").asString(""));
    }
    List<String> warnings = new ArrayList<>();
    status.path("warnings").forEach(warning -> warnings.add(warning.asString("")));
    return Optional.of(
        new RegistrationOutcome(
            status.path("orchestrationName").asString(null),
            status.path("status").asString("").equals("SUCCESS"),
            problems,
            warnings));
  }
}
