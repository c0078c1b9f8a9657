package io.doundo.http.call;

import static io.doundo.http.call.CallFixture.KEY;
import static io.doundo.http.call.CallFixture.command;
import static io.doundo.http.call.CallFixture.post;
import static io.doundo.http.call.CallFixture.request;
import static io.doundo.http.call.CallFixture.verify;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.http.client.HostileServer;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.CommandEnvelope;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.Topics;
import io.doundo.protocol.http.HttpCall;
import io.doundo.protocol.http.HttpCommand;
import io.doundo.protocol.http.HttpMethod;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.worker.delivery.DirectWorker;
import io.doundo.worker.fence.FenceSettings;
import io.doundo.worker.fence.PartitionFences;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Commands through delivery and fence to a real server, and the answers as they are sent. */
class HttpDeliveryTest {

  private static final Duration LEASE = Duration.ofSeconds(20);

  private final HostileServer server = new HostileServer(HostileServer.json("200", "{\"id\":7}"));
  private final CallFixture calls = new CallFixture(server.url());
  private final MockProducer<byte[], byte[]> answers =
      new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
  private final PartitionFences fences =
      new PartitionFences(
          InstantSource.system(),
          FenceSettings.DEFAULTS.withClockTolerance(Duration.ofMillis(1)),
          1_000);
  private DirectWorker worker = assigned();
  private final AtomicInteger offsets = new AtomicInteger();

  private DirectWorker assigned() {
    return DirectWorker.ofTopic(
        Topics.HTTP, calls.callee, fences.assigned(Topics.HTTP, 0), LEASE, answers);
  }

  @AfterEach
  void close() {
    worker.close();
    calls.close();
    server.close();
    answers.close();
  }

  @Test
  void aSuccessIsAnsweredWithItsResult() {
    deliver(CommandAction.DO, 1, post(), false);

    ProducerRecord<byte[], byte[]> answer = answer(1);
    assertThat(answer.topic()).isEqualTo(Topics.RESPONSE);
    assertThat(header(answer, RecordHeaders.OUTCOME)).isEqualTo("OK");
    assertThat(new String(answer.value(), UTF_8)).contains("\"payload\":{\"id\":7}");
  }

  @Test
  void aServiceThatIsUnwellIsNamedWithItsPause() {
    server.answers(HostileServer.answering("429", "Retry-After: 7\r\n", ""));
    deliver(CommandAction.DO, 1, post(), false);

    ProducerRecord<byte[], byte[]> answer = answer(1);
    assertThat(header(answer, RecordHeaders.OUTCOME)).isEqualTo("NO_EFFECT");
    assertThat(header(answer, RecordHeaders.RETRY_AFTER)).isEqualTo("7000");
    assertThat(header(answer, RecordHeaders.FAULT)).isEqualTo("service");
  }

  @Test
  void aDoubtThatMustNotBeRepeated_isFinal() {
    server.answers(HostileServer.answering("500", "", ""));
    deliver(CommandAction.DO, 1, post(), false);

    ProducerRecord<byte[], byte[]> answer = answer(1);
    assertThat(header(answer, RecordHeaders.OUTCOME)).isEqualTo("UNKNOWN");
    assertThat(new String(answer.value(), UTF_8)).contains("FAIL_STEP");
  }

  @Test
  void anAttemptAfterADoubt_verifiesBeforeItSends() {
    server.answers(HostileServer.answering("500", "", ""));
    HttpCommand first = command(HttpCall.ofDo(KEY, request(HttpMethod.POST), verify(), null));
    deliver(CommandAction.DO, 1, first, false);
    assertThat(header(answer(1), RecordHeaders.OUTCOME)).isEqualTo("UNKNOWN");

    server.answers(HostileServer.json("200", "[{\"id\":9}]"));
    HttpCommand second =
        command(
            HttpCall.ofDo(KEY, request(HttpMethod.POST), verify(), Instant.now().minusSeconds(60)));
    deliver(CommandAction.DO, 2, second, false);

    ProducerRecord<byte[], byte[]> answer = answer(2);
    assertThat(header(answer, RecordHeaders.OUTCOME)).isEqualTo("OK");
    assertThat(new String(answer.value(), UTF_8)).contains("\"payload\":{\"id\":9}");
    assertThat(server.received()).hasSize(2);
    assertThat(server.received().get(1)).startsWith("GET ");
  }

  @Test
  void aRedeliveredDoOfAnEarlierAssignment_isInDoubtAndNotSent() {
    deliver(CommandAction.DO, 1, post(), true, Instant.now().minusSeconds(60));

    assertThat(header(answer(1), RecordHeaders.OUTCOME)).isEqualTo("UNKNOWN");
    assertThat(server.received()).isEmpty();
  }

  /** All attempts before have failed without effect: nothing that was forgotten counts. */
  @Test
  void aLaterAttemptThatIsTheFirstThatCounts_isSentThoughTheWorkerWasRestarted() {
    deliver(CommandAction.DO, 2, post(), false);

    assertThat(header(answer(1), RecordHeaders.OUTCOME)).isEqualTo("OK");
    assertThat(server.received()).hasSize(1);
  }

  @Test
  void aLaterAttemptAfterADoubt_isInDoubtAndNotSentOnceTheWorkerWasRestarted() {
    deliver(CommandAction.DO, 2, post(), false, Instant.now().minusSeconds(60));

    assertThat(header(answer(1), RecordHeaders.OUTCOME)).isEqualTo("UNKNOWN");
    assertThat(server.received()).isEmpty();
  }

  @Test
  void aCallThatOutlivesItsAssignment_isALateEffect() {
    deliverHanging(post());
    fences.revoked(Topics.HTTP, 0);
    server.answers(HostileServer.json("200", "{}"));
    release.run();

    assertThat(header(answer(1), RecordHeaders.OUTCOME)).isEqualTo("LATE_EFFECT");
  }

  @Test
  void anUndoEndsTheRunningDoAndIsThenSent() {
    deliverHanging(command(request(HttpMethod.PUT)));
    server.answers(HostileServer.json("200", "{}"));
    HttpCommand undo = command(HttpCall.ofDo(KEY, request(HttpMethod.DELETE), null, null));
    deliver(CommandAction.UNDO, 1, undo, false);

    assertThat(header(answer(2), RecordHeaders.OUTCOME)).isEqualTo("UNDONE");
    assertThat(header(answer(1), RecordHeaders.OUTCOME)).isEqualTo("UNKNOWN");
    assertThat(server.received().get(1)).startsWith("DELETE ");
  }

  @Test
  void aCommandThatCannotBeRead_failsForGoodAndSendsNothing() {
    byte[] payload = "{\"http\":1}".getBytes(UTF_8);
    record(CommandAction.DO, 1, payload, false, Instant.now());

    ProducerRecord<byte[], byte[]> answer = answer(1);
    assertThat(header(answer, RecordHeaders.OUTCOME)).isEqualTo("NO_EFFECT");
    assertThat(new String(answer.value(), UTF_8))
        .contains("FAIL_STEP")
        .contains("calls is missing");
    assertThat(server.received()).isEmpty();
  }

  private Runnable release = () -> {};

  /** A DO whose request has been received and is not answered. */
  private void deliverHanging(HttpCommand command) {
    java.util.concurrent.CountDownLatch held = new java.util.concurrent.CountDownLatch(1);
    release = held::countDown;
    server.answers(
        (request, out) -> {
          held.await();
          HostileServer.json("200", "{}").to(request, out);
        });
    deliver(CommandAction.DO, 1, command, false);
    await().until(() -> server.received().size() == 1);
  }

  private void deliver(
      CommandAction action, int attempt, HttpCommand command, boolean redelivered) {
    deliver(action, attempt, command, redelivered, Instant.now());
  }

  private void deliver(
      CommandAction action,
      int attempt,
      HttpCommand command,
      boolean redelivered,
      Instant firstSent) {
    record(action, attempt, command.encode().bytes(), redelivered, firstSent);
  }

  private void record(
      CommandAction action, int attempt, byte[] payload, boolean redelivered, Instant firstSent) {
    Instant now = Instant.now();
    byte[] value =
        new CommandEnvelope("f-1", "leads", "createLead", action, 1, attempt, now.toEpochMilli())
            .encode(io.doundo.protocol.json.RawJson.trusted(payload));
    Headers headers = new org.apache.kafka.common.header.internals.RecordHeaders();
    add(headers, RecordHeaders.COMMAND_ID, "%032x".formatted(offsets.incrementAndGet()));
    add(headers, RecordHeaders.DEADLINE, Long.toString(now.plusSeconds(15).toEpochMilli()));
    add(headers, RecordHeaders.FIRST_SENT, Long.toString(firstSent.plusMillis(5).toEpochMilli()));
    add(headers, RecordHeaders.INCARNATION, "0".repeat(32));
    try {
      worker.deliver(
          new ConsumerRecord<>(
              Topics.HTTP,
              0,
              offsets.get(),
              now.toEpochMilli(),
              TimestampType.LOG_APPEND_TIME,
              3,
              value.length,
              "f-1".getBytes(UTF_8),
              value,
              headers,
              Optional.empty()),
          redelivered);
    } catch (MalformedRecordException e) {
      throw new AssertionError(e);
    }
  }

  private static void add(Headers headers, String name, String value) {
    headers.add(name, value.getBytes(UTF_8));
  }

  private ProducerRecord<byte[], byte[]> answer(int number) {
    await().until(() -> answers.history().size() >= number);
    return answers.history().get(number - 1);
  }

  private static String header(ProducerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), UTF_8);
  }
}
