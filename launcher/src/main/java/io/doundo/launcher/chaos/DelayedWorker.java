package io.doundo.launcher.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A worker that does nothing but answer that it did it, after a random while: what keeps many flows
 * alive and moving at a steady rate. Runs on its own two threads.
 */
final class DelayedWorker implements AutoCloseable {

  private final KafkaConsumer<byte[], byte[]> commands;
  private final Producer<byte[], byte[]> answers;
  private final ScheduledExecutorService later = Executors.newSingleThreadScheduledExecutor();
  private final CountDownLatch done = new CountDownLatch(1);
  private final Duration mean;
  private volatile @Nullable Exception failure;

  /**
   * Starts to serve all steps, from the first command.
   *
   * @param mean answers take half of it to one and a half times as long
   */
  DelayedWorker(String bootstrapServers, String orchestration, List<String> steps, Duration mean) {
    this.mean = mean;
    commands =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers, "max.poll.records", 2_000),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    answers =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", bootstrapServers, "linger.ms", 2),
            new ByteArraySerializer(),
            new ByteArraySerializer());
    List<TopicPartition> partitions =
        steps.stream()
            .flatMap(step -> commands.partitionsFor(Topics.doTopic(orchestration, step)).stream())
            .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
            .toList();
    commands.assign(partitions);
    commands.seekToBeginning(partitions);
    new Thread(this::work, "delayed-worker").start();
  }

  private void work() {
    try (commands) {
      while (true) {
        commands.poll(Duration.ofMillis(200)).forEach(this::take);
      }
    } catch (WakeupException e) {
      // This is how it is closed.
    } catch (RuntimeException e) {
      failure = e;
    } finally {
      done.countDown();
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> command) {
    JsonNode headers = Json.MAPPER.readTree(command.value()).path("headers");
    long mid = mean.toMillis();
    long wait = ThreadLocalRandom.current().nextLong(mid / 2, mid + mid / 2 + 1);
    var unused = later.schedule(() -> answer(headers), wait, TimeUnit.MILLISECONDS);
  }

  private void answer(JsonNode command) {
    ObjectNode answer = Json.MAPPER.createObjectNode();
    ObjectNode headers = answer.putObject("headers");
    headers.setAll((ObjectNode) command);
    headers.put("status", true);
    answer.putObject("payload");
    Future<RecordMetadata> unused =
        answers.send(
            new ProducerRecord<>(
                Topics.RESPONSE,
                command.path("flowId").asString().getBytes(UTF_8),
                Json.MAPPER.writeValueAsBytes(answer)),
            (metadata, e) -> {
              if (e != null) {
                failure = e;
              }
            });
  }

  /** Throws when it could not do its work. */
  void requireWorking() {
    Exception e = failure;
    if (e != null) {
      throw new IllegalStateException("the delayed worker failed", e);
    }
  }

  @Override
  public void close() {
    commands.wakeup();
    later.shutdownNow();
    answers.close();
    try {
      done.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
