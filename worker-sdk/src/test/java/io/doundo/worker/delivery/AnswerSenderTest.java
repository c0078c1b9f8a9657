package io.doundo.worker.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.Topics;
import io.doundo.worker.delivery.ServedStepFixture.RefusingProducer;
import io.doundo.worker.threads.TaskTimer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Records on their way to a producer that does not wait. */
class AnswerSenderTest {

  private final TaskTimer timer = new TaskTimer(Thread::new);

  @AfterEach
  void close() {
    timer.close();
  }

  private AnswerSender sender(RefusingProducer producer) {
    return new AnswerSender(producer, timer, "pay", null);
  }

  private static CompletableFuture<Void> send(AnswerSender sender, String reason) {
    ConsumerRecord<byte[], byte[]> source =
        new ConsumerRecord<>("topic", 0, 0, new byte[0], new byte[0]);
    return sender.deadLetter(source, reason).toCompletableFuture();
  }

  private static List<String> reasons(RefusingProducer producer) {
    return producer.history().stream()
        .map(record -> record.headers().lastHeader(RecordHeaders.DEAD_LETTER_REASON).value())
        .map(reason -> new String(reason, UTF_8))
        .toList();
  }

  @Test
  void anAcceptedRecordIsWithTheProducerWhenSendingReturns() {
    RefusingProducer producer = new RefusingProducer();

    assertThat(send(sender(producer), "a")).isCompleted();
    assertThat(reasons(producer)).containsExactly("a");
  }

  @Test
  void refusedRecordsWait_andLeaveInTheirOrderOnceTheProducerAcceptsThem() {
    RefusingProducer producer = new RefusingProducer();
    AnswerSender sender = sender(producer);
    producer.forgets(Topics.DEAD_LETTER);
    List<CompletableFuture<Void>> sent =
        Stream.of("a", "b", "c").map(reason -> send(sender, reason)).toList();
    assertThat(sent).noneMatch(CompletableFuture::isDone);

    producer.learns(Topics.DEAD_LETTER);
    await().untilAsserted(() -> assertThat(sent).allMatch(CompletableFuture::isDone));
    assertThat(sent).noneMatch(CompletableFuture::isCompletedExceptionally);
    assertThat(reasons(producer)).containsExactly("a", "b", "c");
    assertThat(send(sender, "d")).as("nothing waits any more").isCompleted();
  }

  @Test
  void aProducerThatForgetsItsTopicAgain_isOfferedTheRestLater() {
    RefusingProducer producer = new RefusingProducer();
    AnswerSender sender = sender(producer);
    producer.forgets(Topics.DEAD_LETTER);
    CompletableFuture<Void> first = send(sender, "a");
    CompletableFuture<Void> unused = first.thenRun(() -> producer.forgets(Topics.DEAD_LETTER));
    CompletableFuture<Void> second = send(sender, "b");

    producer.learns(Topics.DEAD_LETTER);
    await().until(first::isDone);
    assertThat(second).isNotDone();
    producer.learns(Topics.DEAD_LETTER);
    await().until(second::isDone);
    assertThat(reasons(producer)).containsExactly("a", "b");
  }

  /** It fails with the same exception as one that is refused, even on the same thread. */
  @Test
  void aRecordThatExpiresAfterItWasAccepted_isSentAgain() {
    RefusingProducer producer = new RefusingProducer(false);
    CompletableFuture<Void> sent = send(sender(producer), "a");

    assertThat(producer.errorNext(new TimeoutException("Expiring 1 record(s)"))).isTrue();
    await().until(() -> reasons(producer).size() == 2);
    assertThat(sent).isNotDone();
    assertThat(producer.completeNext()).isTrue();
    await().until(sent::isDone);
    assertThat(sent).isCompleted();
  }
}
