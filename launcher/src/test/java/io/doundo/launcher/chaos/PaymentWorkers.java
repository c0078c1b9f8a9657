package io.doundo.launcher.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The group of workers of a step, with one member that only knows the envelope. It also carries out
 * commands whose time is up; its ledger recognises the key of the step.
 */
final class PaymentWorkers implements AbsentService {

  private static final int LOST_ANSWERS = 3;

  private final String bootstrapServers;
  private final String topic;
  private final EffectLedger ledger = new EffectLedger();
  private final Producer<byte[], byte[]> producer;
  private volatile boolean isThere;
  private @Nullable Thread thread;

  /**
   * @param topic of the step's DO commands
   */
  PaymentWorkers(String bootstrapServers, String topic) {
    this.bootstrapServers = bootstrapServers;
    this.topic = topic;
    this.producer =
        new KafkaProducer<>(
            Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  @Override
  public void comeBack() {
    isThere = true;
    Thread next = new Thread(this::work, "payment-worker");
    next.start();
    thread = next;
  }

  @Override
  public void goAway() throws InterruptedException {
    ledger.loseAnswers(LOST_ANSWERS);
    await().atMost(Duration.ofSeconds(30)).until(ledger::hasLostAnswers);
    stop();
  }

  private void stop() throws InterruptedException {
    isThere = false;
    Thread running = thread;
    if (running != null) {
      running.join();
      thread = null;
    }
  }

  private void work() {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ConsumerConfig.GROUP_ID_CONFIG,
                "payment-workers",
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.subscribe(List.of(topic));
      while (isThere) {
        consumer.poll(Duration.ofMillis(100)).forEach(this::carryOut);
      }
    }
  }

  private void carryOut(ConsumerRecord<byte[], byte[]> command) {
    JsonNode headers = Json.MAPPER.readTree(command.value()).required("headers");
    String flowId = headers.required("flowId").stringValue();
    // All attempts of a generation have one idempotency key.
    String key = flowId + '/' + header(command, RecordHeaders.GENERATION);
    ledger.have(key, flowId);
    if (!ledger.losesAnswer()) {
      answer(command, (ObjectNode) headers, key);
    }
  }

  private void answer(ConsumerRecord<byte[], byte[]> command, ObjectNode headers, String key) {
    headers.put("status", true);
    ObjectNode answer = Json.MAPPER.createObjectNode();
    answer.set("headers", headers);
    answer.set("payload", Json.MAPPER.createObjectNode().put("id", key));
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(Topics.RESPONSE, command.key(), Json.MAPPER.writeValueAsBytes(answer));
    record
        .headers()
        .add(RecordHeaders.COMMAND_ID, header(command, RecordHeaders.COMMAND_ID).getBytes(UTF_8));
    Future<RecordMetadata> unused = producer.send(record);
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), UTF_8);
  }

  @Override
  public EffectLedger ledger() {
    return ledger;
  }

  @Override
  public void close() {
    try {
      stop();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    producer.close();
  }
}
