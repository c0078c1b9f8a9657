package io.doundo.launcher.fill;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.launcher.fill.FillPlan.PlannedFlow;
import io.doundo.protocol.AnswerAction;
import io.doundo.protocol.AnswerEnvelope;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.HeaderLookup;
import io.doundo.protocol.ReceivedCommand;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Serves all steps of the filled flows as the plan says, on a thread of its own, until the process
 * ends. Commands of other flows are left alone.
 */
final class FillWorker {

  private static final Duration POLL = Duration.ofMillis(100);

  private final FillPlan plan;
  private final KafkaConsumer<byte[], byte[]> commands;
  private final Producer<byte[], byte[]> producer;
  private final Thread thread = new Thread(this::work, "fill-worker");
  private final AtomicLong handled = new AtomicLong();
  private volatile boolean repaired;
  private volatile @Nullable Exception failure;

  /**
   * Starts to serve, with the commands that are sent from now on.
   *
   * @param topics of all steps
   */
  FillWorker(String bootstrapServers, FillPlan plan, List<String> topics) {
    this.plan = plan;
    this.commands =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers, "max.poll.records", 5_000),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    this.producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers, "linger.ms", 5),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    List<TopicPartition> partitions = new ArrayList<>();
    for (String topic : topics) {
      for (PartitionInfo partition : commands.partitionsFor(topic)) {
        partitions.add(new TopicPartition(topic, partition.partition()));
      }
    }
    commands.assign(partitions);
    commands.seekToEnd(partitions);
    partitions.forEach(commands::position);
    thread.setDaemon(true);
    thread.start();
  }

  /** How many commands it has seen. */
  long handled() {
    return handled.get();
  }

  /** From now on, what parked flows ask for succeeds. */
  void repair() {
    repaired = true;
  }

  /** Starts a flow. */
  void start(PlannedFlow flow) {
    byte[] value =
        Json.object(
                Map.of(
                    "orchestrationName", Json.string(flow.fate().orchestration()),
                    "flowId", Json.string(flow.flowId()),
                    "payload", flow.payload()))
            .bytes();
    send(new ProducerRecord<>(Topics.EXECUTION_START, flow.flowId().getBytes(UTF_8), value));
  }

  /** Writes a record that nobody understands. */
  void startNonsense(String value) {
    send(new ProducerRecord<>(Topics.EXECUTION_START, value.getBytes(UTF_8)));
  }

  /** Fails when serving has failed. */
  void requireAlive() {
    Exception failed = failure;
    if (failed != null) {
      throw new IllegalStateException("The fill worker has stopped: " + failed, failed);
    }
  }

  private void work() {
    try (commands) {
      while (true) {
        for (ConsumerRecord<byte[], byte[]> record : commands.poll(POLL)) {
          handle(record);
        }
      }
    } catch (RuntimeException | MalformedRecordException e) {
      failure = e;
    }
  }

  private void handle(ConsumerRecord<byte[], byte[]> record) throws MalformedRecordException {
    ReceivedCommand command = ReceivedCommand.decode(record.value(), record.key(), lookup(record));
    OptionalInt number = plan.numberOf(command.flowId());
    if (number.isEmpty()) {
      return;
    }
    PlannedFlow flow = plan.flow(number.getAsInt());
    String step = command.stepName();
    Fate.Reaction reaction =
        repaired
            ? flow.fate().repaired(step, command.action())
            : flow.fate().reaction(step, command.action());
    switch (reaction) {
      case SUCCEED -> answer(command, record, true, null);
      case FAIL -> answer(command, record, false, flow.error());
      case PAUSE -> pause(flow.flowId());
      case BE_SILENT -> {
        // Its step times out, or waits.
      }
    }
    handled.incrementAndGet();
  }

  private void answer(
      ReceivedCommand command,
      ConsumerRecord<byte[], byte[]> record,
      boolean succeeded,
      @Nullable String error) {
    boolean isDo = command.action() == CommandAction.DO;
    AnswerAction action =
        isDo ? (succeeded ? AnswerAction.DO : AnswerAction.FAIL_STEP) : AnswerAction.UNDO;
    RawJson result = isDo && succeeded ? RawJson.EMPTY_OBJECT : null;
    byte[] value = AnswerEnvelope.encode(command.headers(), action, succeeded, error, result);
    ProducerRecord<byte[], byte[]> answer =
        new ProducerRecord<>(Topics.RESPONSE, record.key(), value);
    answer.headers().add("saga-worker", "filler".getBytes(UTF_8));
    send(answer);
  }

  private void pause(String flowId) {
    ControlCommand pause =
        new ControlCommand(
            "fill-" + flowId.hashCode(),
            flowId,
            ControlAction.PAUSE,
            null,
            null,
            null,
            "the carrier's contract is being looked at",
            "filler");
    send(new ProducerRecord<>(Topics.CONTROL, flowId.getBytes(UTF_8), pause.encode()));
  }

  private void send(ProducerRecord<byte[], byte[]> record) {
    Future<RecordMetadata> unused =
        producer.send(
            record,
            (metadata, failed) -> {
              if (failed != null) {
                failure = failed;
              }
            });
  }

  private static HeaderLookup lookup(ConsumerRecord<byte[], byte[]> record) {
    return name -> {
      Header header = record.headers().lastHeader(name);
      return header == null ? null : header.value();
    };
  }

  /** Waits until what was sent is acknowledged. */
  void flush() {
    producer.flush();
  }
}
