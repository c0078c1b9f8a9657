package io.doundo.plans.facade;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.plans.draft.DraftStore;
import io.doundo.plans.facade.HealthController.Health;
import io.doundo.plans.facade.HealthController.Probed;
import io.doundo.plans.fhir.PublishedPlans;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.ResponseEntity;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Two services accept connections and never answer; the database refuses them. */
class HealthControllerTest {

  private final AtomicInteger asked = new AtomicInteger();
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private ServerSocket silent;
  private Thread acceptor;
  private HealthController health;

  @BeforeEach
  void start() throws IOException {
    silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    acceptor = new Thread(this::accept, "silent");
    acceptor.setDaemon(true);
    acceptor.start();
    URI url = URI.create("http://localhost:" + silent.getLocalPort());
    health =
        new HealthController(
            new Dependencies(
                new DraftStore(
                    JdbcClient.create(
                        new DriverManagerDataSource("jdbc:postgresql://localhost:1/drafts"))),
                new PublishedPlans(url),
                new Orchestrator(url, null),
                meters));
  }

  private void accept() {
    while (!silent.isClosed()) {
      try {
        open.add(silent.accept());
        asked.incrementAndGet();
      } catch (IOException e) {
        return;
      }
    }
  }

  @AfterEach
  void stop() throws IOException, InterruptedException {
    health.stop();
    silent.close();
    acceptor.join();
    for (Socket socket : open) {
      socket.close();
    }
  }

  @Test
  void dependenciesThatDoNotAnswerAreNamed() {
    ResponseEntity<Health> answer = health.health();

    assertThat(answer.getStatusCode().value()).isEqualTo(503);
    Health body = answer.getBody();
    assertThat(body).isNotNull();
    assertThat(body.success()).isFalse();
    assertThat(body.dependencies().keySet()).containsExactly("drafts", "fhirStore", "orchestrator");
    assertThat(body.dependencies().values()).extracting(Probed::status).containsOnly("down");
    assertThat(requireNonNull(body.dependencies().get("fhirStore")).latencyMs())
        .as("the one that never answers was waited for")
        .isGreaterThanOrEqualTo(1_900);
  }

  @Test
  void manyWhoAskAtOnceProbeOnce() {
    ExecutorService threads = Executors.newFixedThreadPool(6);
    try {
      List<CompletableFuture<ResponseEntity<Health>>> answers = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        answers.add(CompletableFuture.supplyAsync(health::health, threads));
      }
      answers.forEach(answer -> assertThat(answer.join().getStatusCode().value()).isEqualTo(503));
    } finally {
      threads.shutdownNow();
    }
    // A busy machine may connect only after the probe was given up.
    await().untilAsserted(() -> assertThat(asked).as("one probe of each service").hasValue(2));
  }
}
