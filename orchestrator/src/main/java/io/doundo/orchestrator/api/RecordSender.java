package io.doundo.orchestrator.api;

import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.ProblemKind;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Writes to the orchestrator's input topics, like any other initiator or operator. The producer is
 * not transactional, so that no reader of these topics waits for a commit. Thread-safe.
 */
public final class RecordSender implements AutoCloseable {

  private final Supplier<Producer<byte[], byte[]>> open;
  private @Nullable Producer<byte[], byte[]> producer;
  private boolean closed;

  /**
   * @param open makes the producer, at the first use: a broker whose name cannot be resolved yet is
   *     no reason not to start
   */
  public RecordSender(Supplier<Producer<byte[], byte[]>> open) {
    this.open = open;
  }

  /**
   * Sends a record.
   *
   * @param value null to remove what a compacted topic has under the key
   * @return done once the broker has acknowledged it; failed with an {@link ApiProblem} when it has
   *     not
   */
  public CompletableFuture<RecordMetadata> send(
      String topic, @Nullable String key, byte @Nullable [] value, Map<String, String> headers) {
    ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, bytes(key), value);
    headers.forEach((name, text) -> record.headers().add(name, bytes(text)));
    return send(record);
  }

  /** The same for a record whose key and headers need not be text. */
  public CompletableFuture<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
    String topic = record.topic();
    CompletableFuture<RecordMetadata> acknowledged = new CompletableFuture<>();
    try {
      // The callback tells all that the producer's own future would.
      Future<RecordMetadata> unused =
          producer()
              .send(
                  record,
                  (metadata, failure) -> {
                    if (failure == null) {
                      acknowledged.complete(metadata);
                    } else {
                      acknowledged.completeExceptionally(problem(topic, failure));
                    }
                  });
    } catch (KafkaException e) {
      acknowledged.completeExceptionally(problem(topic, e));
    }
    return acknowledged;
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (producer != null) {
      producer.close();
    }
  }

  private synchronized Producer<byte[], byte[]> producer() {
    if (closed) {
      throw new ApiProblem(ProblemKind.NOT_READY, "The orchestrator is stopping.");
    }
    Producer<byte[], byte[]> opened = producer;
    if (opened == null) {
      opened = open.get();
      producer = opened;
    }
    return opened;
  }

  private static ApiProblem problem(String topic, Exception failure) {
    if (failure instanceof RecordTooLargeException) {
      return new ApiProblem(
          ProblemKind.TOO_LARGE,
          "The record is larger than the broker accepts.",
          Map.of(),
          failure);
    }
    if (isMissing(failure)) {
      return new ApiProblem(
          ProblemKind.TOPIC_MISSING,
          "Nothing was written: the topic %s does not exist. Create it again, or restart the orchestrator, which creates its topics at startup."
              .formatted(topic),
          Map.of(),
          failure);
    }
    return new ApiProblem(
        ProblemKind.BROKER_UNAVAILABLE,
        ("Kafka has not acknowledged the record for %s (%s). Repeat the request with the same flowId or"
                + " controlId: it takes effect once, even if the record was written.")
            .formatted(topic, failure.getMessage()),
        Map.of(),
        failure);
  }

  /** The producer reports a missing topic as a metadata timeout. */
  private static boolean isMissing(Exception failure) {
    return failure instanceof UnknownTopicOrPartitionException
        || failure.getCause() instanceof UnknownTopicOrPartitionException;
  }

  private static byte @Nullable [] bytes(@Nullable String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }
}
