package io.doundo.orchestrator.query.definition;

import io.doundo.orchestrator.query.ReadConsumers;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.query.TailThread;
import io.doundo.orchestrator.query.TopicPartitions;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Which orchestrations had their last registration refused, as the topic of statuses has it. What
 * REST refuses never reaches that topic. Its own thread reads; every method may be called from any
 * thread.
 */
public final class RefusedRegistrations implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(100);

  /** Anybody may write registrations under any name; of more names, the oldest are forgotten. */
  private static final int MOST = 10_000;

  /** The refusal of the last registration of an orchestration. */
  public record Refusal(String orchestrationName, Instant at, String reason) {}

  private final ReadConsumers consumers;
  private final Map<String, Refusal> refusals =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Refusal> eldest) {
          return size() > MOST;
        }
      };
  private final TailThread tail =
      new TailThread(
          "doundo-refused-registrations",
          this::open,
          this::follow,
          "The statuses of registrations cannot be read");
  private volatile boolean caughtUp;

  public RefusedRegistrations(ReadConsumers consumers) {
    this.consumers = consumers;
  }

  /** Begins to read; the topic must exist. */
  public void start() {
    tail.start();
  }

  /**
   * The refusals by the names of their orchestrations.
   *
   * @throws ReadsUnavailableException until the topic has been read once
   */
  public List<Refusal> all() {
    requireComplete();
    synchronized (refusals) {
      return new ArrayList<>(refusals.values());
    }
  }

  /**
   * Whether the last registration of an orchestration was refused.
   *
   * @throws ReadsUnavailableException until the topic has been read once
   */
  public Optional<Refusal> find(String orchestrationName) {
    requireComplete();
    synchronized (refusals) {
      return Optional.ofNullable(refusals.get(orchestrationName));
    }
  }

  private void requireComplete() {
    if (!caughtUp) {
      throw new ReadsUnavailableException("The statuses of registrations are still being read.");
    }
  }

  @Override
  public void close() {
    tail.stopNow();
  }

  private Consumer<byte[], byte[]> open() {
    return consumers.open(
        "doundo-refused-registrations",
        Map.of(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, (int) POLL.toMillis() * 5));
  }

  private void follow(Consumer<byte[], byte[]> consumer) {
    List<TopicPartition> partitions = TopicPartitions.of(Topics.REGISTRATION_STATUS, consumer);
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    Map<TopicPartition, Long> behind = new HashMap<>(consumer.endOffsets(partitions));
    while (!tail.isStopped()) {
      consumer.poll(POLL).forEach(this::take);
      behind.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
      caughtUp |= behind.isEmpty();
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> record) {
    accept(record.value(), Instant.ofEpochMilli(record.timestamp()));
  }

  /**
   * Takes note of a status. Others may write to the topic too: what is no status of an
   * orchestration's registration is passed over.
   *
   * @param writtenAt counts when the status has no time that can be read
   */
  void accept(byte @Nullable [] value, Instant writtenAt) {
    JsonNode status = read(value);
    String name = status.path("orchestrationName").asString("");
    if (name.isEmpty() || !status.path("as").asString("").equals("initiator")) {
      return;
    }
    synchronized (refusals) {
      refusals.remove(name);
      if (status.path("status").asString("").equals("FAILED")) {
        refusals.put(
            name,
            new Refusal(
                name,
                time(status.path("timestamp").asString(""), writtenAt),
                status.path("failureReason").asString("")));
      }
    }
  }

  private static JsonNode read(byte @Nullable [] value) {
    try {
      return value == null ? Json.MAPPER.missingNode() : Json.MAPPER.readTree(value);
    } catch (JacksonException e) {
      return Json.MAPPER.missingNode();
    }
  }

  private static Instant time(String text, Instant otherwise) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      return otherwise;
    }
  }
}
