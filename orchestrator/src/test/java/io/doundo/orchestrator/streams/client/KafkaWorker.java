package io.doundo.orchestrator.streams.client;

import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import tools.jackson.databind.JsonNode;

/**
 * A plain Kafka client as a worker of all steps: it answers with the five headers of the envelope,
 * without a key, on any partition.
 */
final class KafkaWorker implements AutoCloseable {

  /** The reaction of a step to a DO. */
  enum DoReply {
    SUCCEED,
    FAIL,
    STAY_SILENT
  }

  private final Map<String, DoReply> behaviours = new ConcurrentHashMap<>();
  private final Map<String, Integer> resultSizes = new ConcurrentHashMap<>();
  private final List<String> ledger = new CopyOnWriteArrayList<>();
  private final KafkaProducer<byte[], byte[]> producer;
  private final String bootstrap;
  private final Thread thread = new Thread(this::work, "plain-worker");
  private volatile boolean stopped;
  private volatile boolean foreignPartitioner;

  KafkaWorker(String bootstrap) {
    this.bootstrap = bootstrap;
    this.producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ProducerConfig.LINGER_MS_CONFIG,
                0),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    thread.start();
  }

  void behave(String step, DoReply behaviour) {
    behaviours.put(step, behaviour);
  }

  /** The size of the result of a step's DO. */
  void resultSize(String step, int bytes) {
    resultSizes.put(step, bytes);
  }

  /** From now on answers are keyed by flowId and hashed by another client's partitioner. */
  void useForeignPartitioner() {
    foreignPartitioner = true;
  }

  /** The commands of a flow in the order of their arrival, as {@code DO step}. */
  List<String> ledger(String flowId) {
    return ledger.stream()
        .filter(entry -> entry.startsWith(flowId + ' '))
        .map(entry -> entry.substring(flowId.length() + 1))
        .toList();
  }

  private void work() {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ConsumerConfig.GROUP_ID_CONFIG,
                "plain-worker",
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.METADATA_MAX_AGE_CONFIG,
                200),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.subscribe(Pattern.compile("orchestrator\\.[^.]+\\.[^.]+\\.(do|undo)"));
      while (!stopped) {
        for (ConsumerRecord<byte[], byte[]> command : consumer.poll(Duration.ofMillis(50))) {
          handle(Json.MAPPER.readTree(command.value()));
        }
      }
    }
  }

  private void handle(JsonNode command) {
    JsonNode headers = command.get("headers");
    String flowId = headers.get("flowId").stringValue();
    String step = headers.get("stepName").stringValue();
    String action = headers.get("action").stringValue();
    ledger.add(flowId + ' ' + action + ' ' + step);
    DoReply behaviour =
        action.equals("UNDO") ? DoReply.SUCCEED : behaviours.getOrDefault(step, DoReply.SUCCEED);
    if (behaviour != DoReply.STAY_SILENT) {
      answer(flowId, step, action, behaviour == DoReply.SUCCEED);
    }
  }

  void answer(String flowId, String step, String action, boolean success) {
    Map<String, Object> headers = new LinkedHashMap<>();
    headers.put("flowId", flowId);
    headers.put("stepName", step);
    headers.put("action", action);
    headers.put("status", success);
    headers.put("errorMessage", success ? null : "out of stock");
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("headers", headers);
    answer.put("payload", Map.of(step, action + "x".repeat(resultSizes.getOrDefault(step, 0))));
    byte[] value = Json.MAPPER.writeValueAsBytes(answer);
    int partition = Math.floorMod(flowId.hashCode(), Installation.PARTITIONS);
    ProducerRecord<byte[], byte[]> record =
        foreignPartitioner
            ? new ProducerRecord<>(
                Topics.RESPONSE, partition, flowId.getBytes(StandardCharsets.UTF_8), value)
            : new ProducerRecord<>(Topics.RESPONSE, value);
    try {
      producer.send(record).get();
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError("the broker did not take the answer", e);
    }
  }

  @Override
  public void close() {
    stopped = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    producer.close();
  }
}
