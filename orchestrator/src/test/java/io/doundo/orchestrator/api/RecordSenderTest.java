package io.doundo.orchestrator.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.ProblemKind;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class RecordSenderTest {

  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final RecordSender sender = new RecordSender(() -> producer);

  @Test
  void isDoneOnlyWhenTheBrokerHasAcknowledged() {
    CompletableFuture<RecordMetadata> sent = send();
    assertThat(sent).isNotDone();
    producer.completeNext();
    assertThat(sent).isCompletedWithValueMatching(metadata -> metadata.topic().equals("t"));
    assertThat(producer.history().get(0).key()).isEqualTo(bytes("k"));
  }

  @Test
  void anUnacknowledgedRecordIsAProblem() {
    CompletableFuture<RecordMetadata> sent = send();
    producer.errorNext(new TimeoutException("120 s have passed"));
    assertThat(problem(sent).kind()).isEqualTo(ProblemKind.BROKER_UNAVAILABLE);
    assertThat(problem(sent).getHeaders().getFirst("Retry-After")).isEqualTo("2");
    assertThat(problem(sent).getBody().getDetail()).contains("120 s have passed");
  }

  @Test
  void aMissingTopicIsNotTakenForAMissingBroker() {
    CompletableFuture<RecordMetadata> sent = send();
    producer.errorNext(
        new TimeoutException(
            "Topic t not present in metadata after 5000 ms.",
            new UnknownTopicOrPartitionException("This server does not host this partition.")));
    assertThat(problem(sent).kind()).isEqualTo(ProblemKind.TOPIC_MISSING);
    assertThat(problem(sent).getBody().getDetail()).contains("the topic t");
  }

  @Test
  void whatIsTooLargeIsNamedSo() {
    CompletableFuture<RecordMetadata> sent = send();
    producer.errorNext(new RecordTooLargeException("too large"));
    assertThat(problem(sent).kind()).isEqualTo(ProblemKind.TOO_LARGE);
  }

  @Test
  void anAddressThatCannotBeResolvedIsNotReadyRatherThanBroken() {
    RecordSender unresolved =
        new RecordSender(
            () -> {
              throw new ConfigException("No resolvable bootstrap urls");
            });
    CompletableFuture<RecordMetadata> sent = unresolved.send("t", "k", bytes("v"), Map.of());
    assertThat(problem(sent).kind()).isEqualTo(ProblemKind.BROKER_UNAVAILABLE);
  }

  private CompletableFuture<RecordMetadata> send() {
    return sender.send("t", "k", bytes("v"), Map.of("h", "1"));
  }

  private static ApiProblem problem(CompletableFuture<?> sent) {
    CompletionException failure = catchThrowableOfType(CompletionException.class, sent::join);
    assertThat(failure).hasCauseInstanceOf(ApiProblem.class);
    return (ApiProblem) Objects.requireNonNull(failure.getCause());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
