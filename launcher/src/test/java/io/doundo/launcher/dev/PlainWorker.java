package io.doundo.launcher.dev;

import io.doundo.protocol.Json;
import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A worker that is nothing but a Kafka client: it knows the five body headers of an answer, sends
 * no key, and spreads its answers over the partitions. What it does goes to the ledger before it
 * answers. Answers that are held wait for {@link #release}. One thread consumes.
 */
final class PlainWorker implements AutoCloseable {

  /** What the test wants of each command. */
  interface Script {

    /** Whether a DO succeeds; every UNDO does. */
    boolean succeeds(Ledger.Entry command);

    /** Whether the answer waits to be released. */
    boolean isHeld(Ledger.Entry command);
  }

  private record Held(String flowId, ProducerRecord<String, String> answer) {}

  private final Ledger ledger;
  private final Script script;
  private final KafkaConsumer<String, String> commands;
  private final KafkaProducer<String, String> answers;
  private final List<TopicPartition> partitions;
  private final List<Held> held = new ArrayList<>();
  private final List<Future<RecordMetadata>> sent = new CopyOnWriteArrayList<>();
  private final Thread thread = new Thread(this::work, "plain-worker");
  private volatile boolean caughtUp;

  /** Starts to work on all steps of an orchestration, from the first command. */
  PlainWorker(
      String bootstrapServers,
      String orchestration,
      List<String> steps,
      Ledger ledger,
      Script script) {
    this.ledger = ledger;
    this.script = script;
    commands =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers),
            new StringDeserializer(),
            new StringDeserializer());
    answers =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "linger.ms",
                0,
                "partitioner.class",
                RoundRobinPartitioner.class),
            new StringSerializer(),
            new StringSerializer());
    partitions =
        steps.stream()
            .flatMap(
                step ->
                    Stream.of(
                        Topics.doTopic(orchestration, step), Topics.undoTopic(orchestration, step)))
            .flatMap(topic -> commands.partitionsFor(topic).stream())
            .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
            .toList();
    commands.assign(partitions);
    commands.seekToBeginning(partitions);
    thread.start();
  }

  /** Whether, a moment ago, there was no command left to work on. */
  boolean isCaughtUp() {
    return caughtUp;
  }

  /** How many answers wait. */
  int heldAnswers() {
    synchronized (held) {
      return held.size();
    }
  }

  /** Sends the answers of these flows that were held back. */
  void release(Predicate<String> flows) {
    synchronized (held) {
      held.stream().filter(one -> flows.test(one.flowId())).forEach(one -> send(one.answer()));
      held.removeIf(one -> flows.test(one.flowId()));
    }
    answers.flush();
  }

  @Override
  public void close() {
    commands.wakeup();
    answers.close();
    sent.forEach(PlainWorker::requireTaken);
  }

  private static void requireTaken(Future<RecordMetadata> answer) {
    try {
      answer.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("an answer was not taken", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void work() {
    try (commands) {
      while (true) {
        var polled = commands.poll(Duration.ofMillis(200));
        caughtUp = false;
        polled.forEach(command -> work(Json.MAPPER.readTree(command.value()).path("headers")));
        caughtUp =
            partitions.stream().allMatch(p -> commands.currentLag(p).orElse(Long.MAX_VALUE) == 0);
      }
    } catch (WakeupException e) {
      // This is how it is closed.
    }
  }

  private void work(JsonNode command) {
    String action = command.path("action").asString();
    Ledger.Entry asked =
        new Ledger.Entry(
            command.path("flowId").asString(),
            command.path("stepName").asString(),
            action,
            command.path("attempt").asInt(),
            false);
    boolean success = action.equals("UNDO") || script.succeeds(asked);
    ledger.add(asked.withEffect(success));

    ObjectNode answer = Json.MAPPER.createObjectNode();
    ObjectNode headers = answer.putObject("headers");
    headers.put("flowId", asked.flowId());
    headers.put("stepName", asked.step());
    headers.put("action", action);
    headers.put("status", success);
    headers.put("errorMessage", success ? "" : asked.step() + " does not work");
    answer.putObject("payload").put(asked.step(), success);
    answer(asked, new ProducerRecord<>(Topics.RESPONSE, Json.MAPPER.writeValueAsString(answer)));
  }

  private void answer(Ledger.Entry asked, ProducerRecord<String, String> answer) {
    synchronized (held) {
      if (script.isHeld(asked)) {
        held.add(new Held(asked.flowId(), answer));
        return;
      }
    }
    send(answer);
  }

  private void send(ProducerRecord<String, String> answer) {
    sent.add(answers.send(answer));
  }
}
