package io.doundo.orchestrator.app.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.OrchestratorApplication;
import io.doundo.orchestrator.app.Rest;
import io.doundo.orchestrator.testing.FreePorts;
import io.doundo.orchestrator.testing.TestBroker;
import io.doundo.orchestrator.testing.WebhookReceiver;
import io.doundo.orchestrator.testing.WebhookReceiver.Webhook;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The orchestrator is killed after a receiver has accepted a notification and before that is
 * stored. Deep, as the broker gives the audit log to the next process only when the session of the
 * killed one has ended.
 */
@Tag("deep")
class NotifierKillIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final String DOCUMENT =
      """
      orchestrationName: told
      vocabulary: 2
      notify:
        - {on: [COMPLETED], connection: ops, url: /hooks}
      steps:
        - {name: look, set: {seen: true}}
      """;

  @TempDir private Path directory;

  private Process start(int port, TestBroker broker, WebhookReceiver receiver) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            // Surefire hides the class path in the manifest of a jar, and names it in this
            // property.
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            OrchestratorApplication.class.getName(),
            "--server.port=" + port,
            "--doundo.partitions=2",
            "--doundo.step-topics.partitions=1",
            "--doundo.notify.timeout=1m",
            "--doundo.http.connections.ops.base-url=" + receiver.url(),
            "--doundo.http.connections.ops.allow-private=true",
            "--doundo.http.connections.ops.signing-secret=" + WebhookReceiver.SECRET,
            "--doundo.state-dir=" + directory.resolve("state"),
            "--doundo.kafka.bootstrap-servers=" + broker.bootstrap())
        .redirectErrorStream(true)
        .redirectOutput(
            ProcessBuilder.Redirect.appendTo(directory.resolve("orchestrator.log").toFile()))
        .start();
  }

  @Test
  void whatWasAcceptedAndNotStoredAsDeliveredIsToldOnceMoreUnderTheSameId() throws Exception {
    int port = FreePorts.find(1).get(0);
    Rest rest = new Rest(port);
    try (TestBroker broker = new TestBroker();
        WebhookReceiver receiver = new WebhookReceiver()) {
      CountDownLatch killed = new CountDownLatch(1);
      receiver.beforeAnswer(() -> awaitEnd(killed));
      Process orchestrator = start(port, broker, receiver);
      try {
        awaitReady(rest);
        assertThat(
                rest.post("/api/orchestrations", DOCUMENT, "Content-Type", "application/yaml")
                    .status())
            .isEqualTo(200);
        assertThat(
                rest.post(
                        "/api/orchestrations/execute",
                        "{\"orchestrationName\": \"told\", \"flowId\": \"told-1\", \"payload\": {}}")
                    .status())
            .isEqualTo(202);
        // The receiver has it, and its answer is on the way for ever.
        await().atMost(PATIENCE).until(() -> receiver.received().size() == 1);
        await().atMost(PATIENCE).until(() -> state(rest).equals("PENDING"));
        kill(orchestrator);
        killed.countDown();

        orchestrator = start(port, broker, receiver);
        awaitReady(rest);
        await().atMost(PATIENCE).until(() -> state(rest).equals("DELIVERED"));

        List<Webhook> told = receiver.received();
        assertThat(told).hasSize(2);
        assertThat(told).extracting(Webhook::id).containsOnly(told.get(0).id());
        assertThat(told).extracting(Webhook::body).containsOnly(told.get(0).body());
      } finally {
        kill(orchestrator);
      }
    }
  }

  private static String state(Rest rest) {
    return rest.get("/api/notifications?flowId=told-1")
        .json()
        .at("/notifications/0/state")
        .asString("");
  }

  private static void awaitEnd(CountDownLatch killed) {
    try {
      assertThat(killed.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void awaitReady(Rest rest) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptionsMatching(failure -> failure.getCause() instanceof IOException)
        .until(() -> rest.get("/actuator/health/readiness").status() == 200);
  }

  /** {@code kill -9}; returns when it is gone. */
  private static void kill(Process process) throws InterruptedException {
    if (!process.destroyForcibly().waitFor(30, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the process " + process.pid() + " does not end");
    }
  }
}
