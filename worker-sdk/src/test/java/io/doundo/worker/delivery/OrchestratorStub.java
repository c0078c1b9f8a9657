package io.doundo.worker.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import io.doundo.protocol.Answer;
import io.doundo.protocol.AnswerEnvelope;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.CommandEnvelope;
import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.worker.broker.TestBroker;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * The orchestrator's side of the wire, on one real broker for all tests of this JVM: sends commands
 * as the orchestrator does, and reads what workers answer.
 */
final class OrchestratorStub implements AutoCloseable {

  private final Producer<byte[], byte[]> producer = KafkaClients.producer(kafka());
  private final Admin admin = Admin.create(kafka());
  private final Consumer<byte[], byte[]> reader = KafkaClients.reader(kafka());
  private final List<ConsumerRecord<byte[], byte[]>> answers = new CopyOnWriteArrayList<>();
  private final List<ConsumerRecord<byte[], byte[]>> deadLetters = new CopyOnWriteArrayList<>();
  private final String orchestration;
  private final String incarnation = UUID.randomUUID().toString().replace("-", "");
  private final long firstSent = System.currentTimeMillis();

  /** For an orchestration that no other test uses. */
  OrchestratorStub(String orchestration) {
    this.orchestration = orchestration;
    List<TopicPartition> partitions =
        List.of(new TopicPartition(Topics.RESPONSE, 0), new TopicPartition(Topics.DEAD_LETTER, 0));
    reader.assign(partitions);
    reader.seekToEnd(partitions);
    partitions.forEach(reader::position);
  }

  static Map<String, Object> kafka() {
    return Map.of("bootstrap.servers", TestBroker.address());
  }

  /** Creates the topics of a step, each with one partition, unless they exist. */
  void createTopics(String step) {
    Set<String> existing = get(admin.listTopics().names());
    List<NewTopic> missing =
        partitions(step).stream()
            .filter(partition -> !existing.contains(partition.topic()))
            .map(partition -> new NewTopic(partition.topic(), 1, (short) 1))
            .toList();
    get(admin.createTopics(missing).all());
    // A new topic has no leader at first.
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    missing.forEach(topic -> ends.put(new TopicPartition(topic.name(), 0), OffsetSpec.latest()));
    await().ignoreExceptions().untilAsserted(() -> get(admin.listOffsets(ends).all()));
  }

  /** A command as the orchestrator writes it. */
  final class StubCommand {

    private final String flowId;
    private final String step;
    private final CommandAction action;
    private int attempt = 1;
    private int generation = 1;
    private Duration timeout = Duration.ofMinutes(5);
    private String payload = "{\"tenant\":\"acme\"}";
    private KnownEffect effect = KnownEffect.UNKNOWN;

    private StubCommand(String flowId, String step, CommandAction action) {
      this.flowId = flowId;
      this.step = step;
      this.action = action;
    }

    StubCommand attempt(int number) {
      attempt = number;
      return this;
    }

    StubCommand generation(int number) {
      generation = number;
      return this;
    }

    StubCommand timeout(Duration other) {
      timeout = other;
      return this;
    }

    StubCommand payload(String json) {
      payload = json;
      return this;
    }

    StubCommand effect(KnownEffect known) {
      effect = known;
      return this;
    }

    String flowId() {
      return flowId;
    }

    String commandId() {
      return UUID.nameUUIDFromBytes(
              (incarnation + flowId + step + action + attempt + '/' + generation).getBytes(UTF_8))
          .toString()
          .replace("-", "");
    }

    StubCommand send() {
      long now = System.currentTimeMillis();
      String topic =
          action == CommandAction.DO
              ? Topics.doTopic(orchestration, step)
              : Topics.undoTopic(orchestration, step);
      try {
        byte[] value =
            new CommandEnvelope(flowId, orchestration, step, action, 1, attempt, now)
                .encode(Json.value(payload.getBytes(UTF_8)));
        ProducerRecord<byte[], byte[]> record =
            new ProducerRecord<>(topic, flowId.getBytes(UTF_8), value);
        header(record, RecordHeaders.COMMAND_ID, commandId());
        header(record, RecordHeaders.ATTEMPT, String.valueOf(attempt));
        header(record, RecordHeaders.GENERATION, String.valueOf(generation));
        header(record, RecordHeaders.DEADLINE, String.valueOf(now + timeout.toMillis()));
        header(record, RecordHeaders.INCARNATION, incarnation);
        header(record, RecordHeaders.FIRST_SENT, String.valueOf(firstSent));
        if (action == CommandAction.UNDO) {
          header(record, RecordHeaders.EFFECT, effect.name());
        }
        get(producer.send(record));
      } catch (MalformedRecordException e) {
        throw new IllegalStateException(e);
      }
      return this;
    }
  }

  private static void header(ProducerRecord<byte[], byte[]> record, String name, String value) {
    record.headers().add(name, value.getBytes(UTF_8));
  }

  StubCommand doCommand(String flowId, String step) {
    return new StubCommand(flowId, step, CommandAction.DO);
  }

  StubCommand undoCommand(String flowId, String step) {
    return new StubCommand(flowId, step, CommandAction.UNDO);
  }

  /** Writes arbitrary bytes to a step's DO topic. */
  void sendRaw(String step, String value) {
    get(
        producer.send(
            new ProducerRecord<>(
                Topics.doTopic(orchestration, step),
                "raw".getBytes(UTF_8),
                value.getBytes(UTF_8))));
  }

  private void poll() {
    for (ConsumerRecord<byte[], byte[]> record : reader.poll(Duration.ofMillis(50))) {
      (record.topic().equals(Topics.RESPONSE) ? answers : deadLetters).add(record);
    }
  }

  /** The raw answers to a flow so far. */
  List<ConsumerRecord<byte[], byte[]>> rawAnswers(String flowId) {
    poll();
    return answers.stream()
        .filter(record -> flowId.equals(new String(record.key(), UTF_8)))
        .toList();
  }

  /** All answers to a flow that have been sent by now. */
  List<Answer> allAnswers(String flowId) {
    readToTheEnd();
    return answers(flowId);
  }

  /** All answers to flows whose id begins like this that have been sent by now. */
  List<Answer> allAnswersToFlows(String beginning) {
    readToTheEnd();
    return answers.stream()
        .filter(record -> new String(record.key(), UTF_8).startsWith(beginning))
        .map(OrchestratorStub::decoded)
        .toList();
  }

  private void readToTheEnd() {
    Map<TopicPartition, Long> ends = reader.endOffsets(reader.assignment());
    await()
        .until(
            () -> {
              poll();
              return ends.entrySet().stream()
                  .allMatch(end -> reader.position(end.getKey()) >= end.getValue());
            });
  }

  /** The answers to a flow so far. */
  List<Answer> answers(String flowId) {
    return rawAnswers(flowId).stream().map(OrchestratorStub::decoded).toList();
  }

  /** Waits for the answer to this command. */
  Answer answerTo(StubCommand command) {
    return await()
        .until(
            () ->
                answers(command.flowId).stream()
                    .filter(answer -> command.commandId().equals(answer.commandId()))
                    .toList(),
            found -> !found.isEmpty())
        .get(0);
  }

  private static Answer decoded(ConsumerRecord<byte[], byte[]> record) {
    try {
      return AnswerEnvelope.decode(
          record.value(),
          record.key(),
          name -> {
            var header = record.headers().lastHeader(name);
            return header == null ? null : header.value();
          });
    } catch (MalformedRecordException e) {
      throw new AssertionError(e.reason(), e);
    }
  }

  /** The reasons of the dead letters from this step's DO topic so far. */
  List<String> deadLetters(String step) {
    poll();
    return deadLetters.stream()
        .filter(
            record ->
                new String(
                        record.headers().lastHeader(RecordHeaders.DEAD_LETTER_TOPIC).value(), UTF_8)
                    .equals(Topics.doTopic(orchestration, step)))
        .map(
            record ->
                new String(
                    record.headers().lastHeader(RecordHeaders.DEAD_LETTER_REASON).value(), UTF_8))
        .toList();
  }

  /** Makes a group start after everything that earlier tests sent. */
  void beginAtEnd(String group, String step) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    for (TopicPartition partition : partitions(step)) {
      offsets.put(partition, new OffsetAndMetadata(end(partition)));
    }
    get(admin.alterConsumerGroupOffsets(group, offsets).all());
  }

  /** The number of commands of a step's DO topic that a group has not committed. */
  long uncommitted(String group, String step) {
    TopicPartition partition = partitions(step).get(0);
    OffsetAndMetadata offset =
        get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata()).get(partition);
    return end(partition) - (offset == null ? 0 : offset.offset());
  }

  /** The client id of the member that a step's DO topic is assigned to; empty when none is. */
  String owner(String group, String step) {
    TopicPartition partition = partitions(step).get(0);
    return Objects.requireNonNull(
            get(admin.describeConsumerGroups(List.of(group)).all()).get(group))
        .members()
        .stream()
        .filter(member -> member.assignment().topicPartitions().contains(partition))
        .map(MemberDescription::clientId)
        .findFirst()
        .orElse("");
  }

  private List<TopicPartition> partitions(String step) {
    return List.of(
        new TopicPartition(Topics.doTopic(orchestration, step), 0),
        new TopicPartition(Topics.undoTopic(orchestration, step), 0));
  }

  private long end(TopicPartition partition) {
    return Objects.requireNonNull(
            get(admin.listOffsets(Map.of(partition, OffsetSpec.latest())).all()).get(partition))
        .offset();
  }

  private static <T> T get(Future<T> future) {
    try {
      return future.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    producer.close();
    admin.close();
    reader.close();
  }
}
