package io.doundo.launcher.chaos;

import io.doundo.launcher.chaos.TopicScanner.Isolation;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import tools.jackson.databind.JsonNode;

/** Registers the orchestrations of a run, and new versions of them. Thread-safe. */
final class Registrar {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long POLL_MS = 200;

  private final String bootstrapServers;
  private final LoadGenerator load;
  private final int attempts;
  private final Map<String, Integer> versions = new HashMap<>();
  private int next;

  /**
   * @param attempts that a DO has; 0 for those of the documents
   */
  Registrar(String bootstrapServers, LoadGenerator load, int attempts) {
    this.bootstrapServers = bootstrapServers;
    this.attempts = attempts;
    this.load = load;
  }

  /** Registers all of them, and waits until they are accepted. */
  void registerAll() throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(ChaosOrchestrations.orchestrations());
    all.add(ChaosOrchestrations.TEAM);
    for (String orchestration : all) {
      register(orchestration);
    }
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (accepted().size() < all.size()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            "expected %s to be registered, but only %s are".formatted(all, accepted()));
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MS);
    }
  }

  /** Registers a new version of one orchestration after the other; says of which. */
  String registerAnother() throws IOException {
    List<String> all = ChaosOrchestrations.orchestrations();
    String orchestration;
    synchronized (versions) {
      orchestration = all.get(next++ % all.size());
    }
    return "version %d of %s".formatted(register(orchestration), orchestration);
  }

  private int register(String orchestration) throws IOException {
    int version;
    synchronized (versions) {
      version = versions.merge(orchestration, 1, Integer::sum);
    }
    byte[] document = ChaosOrchestrations.registration(orchestration, version, attempts);
    load.send(
        new ProducerRecord<>(Topics.REGISTRATION, document), "registration of " + orchestration);
    return version;
  }

  /** How often each orchestration was accepted. A refusal is a mistake of this run. */
  Map<String, Integer> accepted() {
    Map<String, Integer> found = new HashMap<>();
    try (TopicScanner reader = new TopicScanner(bootstrapServers, Isolation.COMMITTED)) {
      reader.readAll(
          Topics.REGISTRATION_STATUS::equals,
          record -> {
            JsonNode status = Json.MAPPER.readTree(record.value());
            if (!status.path("status").asString("").equals("SUCCESS")) {
              throw new IllegalStateException("a registration was refused: " + status);
            }
            if (status.path("as").asString("").equals("initiator")) {
              found.merge(status.path("orchestrationName").asString(), 1, Integer::sum);
            }
          });
    }
    return found;
  }
}
