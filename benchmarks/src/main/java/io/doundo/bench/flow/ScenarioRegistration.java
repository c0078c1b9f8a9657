package io.doundo.bench.flow;

import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import tools.jackson.databind.JsonNode;

/** Registers the orchestrations of the scenarios. */
public final class ScenarioRegistration {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private ScenarioRegistration() {}

  /** Registers them all and waits until they are accepted. */
  public static void register(String bootstrapServers, List<Scenario> scenarios, Mode mode)
      throws InterruptedException, ExecutionException {
    Set<String> missing = new HashSet<>();
    try (Consumer<byte[], byte[]> statuses =
            BenchClients.consumer(bootstrapServers, true, List.of(Topics.REGISTRATION_STATUS));
        Producer<byte[], byte[]> producer = BenchClients.producer(bootstrapServers)) {
      for (Scenario scenario : scenarios) {
        missing.add(scenario.orchestration(mode));
        producer.send(new ProducerRecord<>(Topics.REGISTRATION, scenario.registration(mode))).get();
      }
      long end = System.nanoTime() + PATIENCE.toNanos();
      while (!missing.isEmpty()) {
        for (ConsumerRecord<byte[], byte[]> record : statuses.poll(BenchClients.POLL)) {
          JsonNode status = Json.MAPPER.readTree(record.value());
          if (!status.path("status").asString("").equals("SUCCESS")) {
            throw new IllegalStateException("a registration was refused: " + status);
          }
          missing.remove(status.path("orchestrationName").asString(""));
        }
        if (System.nanoTime() > end) {
          throw new IllegalStateException("no registration status of " + missing);
        }
      }
    }
  }
}
