package io.doundo.launcher.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.launcher.chaos.ChaosPlan.PlannedSignal;
import io.doundo.launcher.chaos.ChaosPlan.PlannedStart;
import io.doundo.launcher.chaos.ChaosPlan.PlannedVerb;
import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.StartEvent;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.RawJson;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Starts flows and sends what operators ask for. Unacknowledged records are reported at the end.
 */
final class LoadGenerator implements AutoCloseable {

  /** Every n-th start has no key, and finds its flow's partition by way of the orchestrator. */
  private static final int UNKEYED_EVERY = 5;

  /** Beyond the longest outage of a plan, for the broker to come back. */
  private static final Duration DELIVERY_MARGIN = Duration.ofMinutes(3);

  private static final Duration BLOCK_MARGIN = Duration.ofMinutes(2);

  private final Producer<byte[], byte[]> producer;
  private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger sent = new AtomicInteger();

  LoadGenerator(String bootstrapServers) {
    this(bootstrapServers, Duration.ZERO);
  }

  /**
   * @param outage the longest time in which the brokers are away; what is sent meanwhile arrives
   *     afterwards
   */
  LoadGenerator(String bootstrapServers, Duration outage) {
    producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ProducerConfig.LINGER_MS_CONFIG,
                0,
                ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                (int) outage.plus(DELIVERY_MARGIN).toMillis(),
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                outage.plus(BLOCK_MARGIN).toMillis()),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  void send(PlannedStart start) {
    StartEvent event =
        new StartEvent(
            start.orchestration(),
            start.flowId(),
            RawJson.trusted(start.payload().getBytes(UTF_8)),
            "chaos");
    byte[] key =
        sent.incrementAndGet() % UNKEYED_EVERY == 0 ? null : start.flowId().getBytes(UTF_8);
    send(new ProducerRecord<>(Topics.EXECUTION_START, key, event.encode()), start.toString());
  }

  void send(PlannedVerb verb) {
    ControlCommand command =
        new ControlCommand(
            verb.controlId(),
            verb.flowId(),
            verb.action(),
            verb.step(),
            null,
            null,
            "chaos",
            "chaos");
    send(
        new ProducerRecord<>(Topics.CONTROL, verb.flowId().getBytes(UTF_8), command.encode()),
        verb.toString());
  }

  void send(PlannedSignal signal) {
    ControlCommand command =
        ControlCommand.signal(
            signal.signalId(),
            signal.flowId(),
            signal.name(),
            RawJson.trusted(("{\"amount\":" + signal.amount() + "}").getBytes(UTF_8)),
            "chaos");
    send(
        new ProducerRecord<>(Topics.CONTROL, signal.flowId().getBytes(UTF_8), command.encode()),
        signal.toString());
  }

  /**
   * Sends a record.
   *
   * @param what it is, for the report of what was not acknowledged
   */
  void send(ProducerRecord<byte[], byte[]> record, String what) {
    Future<RecordMetadata> unused =
        producer.send(
            record,
            (metadata, failure) -> {
              if (failure != null) {
                failures.add(what + ": " + failure);
              }
            });
  }

  /** Waits until all is acknowledged. */
  void flush() {
    producer.flush();
    if (!failures.isEmpty()) {
      throw new IllegalStateException(
          "%d records were not acknowledged, such as: %s"
              .formatted(failures.size(), failures.peek()));
    }
  }

  @Override
  public void close() {
    producer.close();
  }
}
