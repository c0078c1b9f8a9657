package io.doundo.orchestrator.testing;

import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
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
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Answers every command as a worker that only knows the envelope. */
public final class AnsweringWorker implements AutoCloseable {

  private final String bootstrap;
  private final Map<String, String> broken = new ConcurrentHashMap<>();
  private final Map<String, String> versions = new ConcurrentHashMap<>();
  private final Map<String, String> names = new ConcurrentHashMap<>();
  private final Set<String> silent = ConcurrentHashMap.newKeySet();
  private final Set<String> keyed = ConcurrentHashMap.newKeySet();
  private final Map<String, JsonNode> results = new ConcurrentHashMap<>();
  private final Map<String, JsonNode> received = new ConcurrentHashMap<>();
  private final KafkaProducer<byte[], byte[]> producer;
  private final Thread thread = new Thread(this::work, "answering-worker");
  private volatile boolean stopped;

  public AnsweringWorker(String bootstrap) {
    this.bootstrap = bootstrap;
    this.producer =
        new KafkaProducer<>(
            Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    thread.start();
  }

  /** From now on this step fails with {@code FAIL_STEP}. */
  public void breakStep(String step) {
    breakStep(step, "the shelf is empty");
  }

  public void breakStep(String step, String errorMessage) {
    broken.put(step, errorMessage);
  }

  /** From now on this step succeeds again. */
  public void mendStep(String step) {
    broken.remove(step);
  }

  /** From now on the answers of this step come from this service. */
  public void name(String step, String service) {
    names.put(step, service);
  }

  /** From now on the answers of this step come from this version. */
  public void deploy(String step, String version) {
    versions.put(step, version);
  }

  /**
   * From now on answers of this step have the key of their command, as those of the SDK do: they
   * need no hop to the partition of their flow.
   */
  public void answerWithKey(String step) {
    keyed.add(step);
  }

  /** From now on this step is never answered. */
  public void silence(String step) {
    silent.add(step);
  }

  /** From now on this step answers with this result, if it answers. */
  public void answer(String step, String result) {
    silent.remove(step);
    results.put(step, Json.MAPPER.readTree(result));
  }

  /** The payload of the last command of the flow's step. */
  public @Nullable JsonNode received(String flowId, String action, String step) {
    return received.get(flowId + ' ' + action + ' ' + step);
  }

  /** Sends a record that is not an answer. */
  public void send(String topic, String value) {
    send(new ProducerRecord<>(topic, value.getBytes(StandardCharsets.UTF_8)));
  }

  public void send(ProducerRecord<byte[], byte[]> record) {
    try {
      producer.send(record).get();
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError("the broker did not take the record", e);
    }
  }

  private void work() {
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ConsumerConfig.GROUP_ID_CONFIG,
                "answering-worker",
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.METADATA_MAX_AGE_CONFIG,
                200),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      consumer.subscribe(Pattern.compile("orchestrator\\.[^.]+\\.[^.]+\\.(do|undo)"));
      while (!stopped) {
        for (ConsumerRecord<byte[], byte[]> command : consumer.poll(Duration.ofMillis(50))) {
          JsonNode body = Json.MAPPER.readTree(command.value());
          JsonNode headers = body.get("headers");
          received.put(
              headers.get("flowId").stringValue()
                  + ' '
                  + headers.get("action").stringValue()
                  + ' '
                  + headers.get("stepName").stringValue(),
              body.get("payload"));
          if (!silent.contains(headers.get("stepName").stringValue())) {
            byte[] key =
                keyed.contains(headers.get("stepName").stringValue()) ? command.key() : null;
            send(new ProducerRecord<>(Topics.RESPONSE, key, answer((ObjectNode) headers)));
          }
        }
      }
    }
  }

  private byte[] answer(ObjectNode headers) {
    String failure =
        headers.get("action").stringValue().equals("DO")
            ? broken.get(headers.get("stepName").stringValue())
            : null;
    headers.put("status", failure == null);
    String version = versions.get(headers.get("stepName").stringValue());
    if (version != null) {
      headers.put("saga-worker-version", version);
    }
    String name = names.get(headers.get("stepName").stringValue());
    if (name != null) {
      headers.put("saga-worker", name);
    }
    if (failure != null) {
      headers.put("action", "FAIL_STEP");
      headers.put("errorMessage", failure);
    }
    ObjectNode answer = Json.MAPPER.createObjectNode();
    answer.set("headers", headers);
    String step = headers.get("stepName").stringValue();
    JsonNode result = results.get(step);
    answer.set("payload", result != null ? result : madeBy(step));
    return Json.MAPPER.writeValueAsBytes(answer);
  }

  private static JsonNode madeBy(String step) {
    return Json.MAPPER.createObjectNode().put("madeBy", step);
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
