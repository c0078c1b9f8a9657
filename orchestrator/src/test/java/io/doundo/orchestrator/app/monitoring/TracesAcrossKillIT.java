package io.doundo.orchestrator.app.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.OrchestratorApplication;
import io.doundo.orchestrator.app.Rest;
import io.doundo.orchestrator.testing.AnsweringWorker;
import io.doundo.orchestrator.testing.FreePorts;
import io.doundo.orchestrator.testing.OtlpReceiver;
import io.doundo.orchestrator.testing.OtlpReceiver.ReceivedSpan;
import io.doundo.orchestrator.testing.TestBroker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The orchestrator is killed while a flow waits for the second attempt of a step. Deep, as the
 * broker gives the audit log to the next process only when the session of the killed one has ended.
 */
@Tag("deep")
class TracesAcrossKillIT {

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final String DOCUMENT =
      """
      orchestrationName: traced
      steps:
        - {seq: 1, name: first}
        - {seq: 2, name: second, failStep: retry, retry: {maxAttempts: 2, strategy: fixed, delay: 5s}}
      """;

  @TempDir private Path directory;

  private Process start(int port, String bootstrapServers, String traces) throws IOException {
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
            "--doundo.traces.endpoint=" + traces,
            "--doundo.traces.sampled=1",
            "--doundo.state-dir=" + directory.resolve("state"),
            "--doundo.kafka.bootstrap-servers=" + bootstrapServers)
        .redirectErrorStream(true)
        .redirectOutput(
            ProcessBuilder.Redirect.appendTo(directory.resolve("orchestrator.log").toFile()))
        .start();
  }

  @Test
  void aFlowWithARetryAndAnUndoIsOneTraceThoughTheOrchestratorWasKilled() throws Exception {
    int port = FreePorts.find(1).get(0);
    Rest rest = new Rest(port);
    try (TestBroker broker = new TestBroker();
        OtlpReceiver traces = new OtlpReceiver();
        AnsweringWorker worker = new AnsweringWorker(broker.bootstrap())) {
      Process orchestrator = start(port, broker.bootstrap(), traces.endpoint());
      try {
        awaitReady(rest);
        assertThat(
                rest.post("/api/orchestrations", DOCUMENT, "Content-Type", "application/yaml")
                    .status())
            .isEqualTo(200);
        // The consumer group of the traces begins at the end of the log.
        await()
            .atMost(PATIENCE)
            .pollInterval(Duration.ofSeconds(1))
            .until(
                () -> {
                  start(rest, "");
                  return traces.spans().stream()
                      .anyMatch(span -> span.name().equals("flow traced"));
                });
        worker.breakStep("second");
        start(rest, ", \"flowId\": \"killed\"");
        await()
            .atMost(PATIENCE)
            .until(
                () ->
                    rest.get("/api/flows/killed/timeline")
                        .http()
                        .body()
                        .contains("STEP_RETRY_TRIGGERED"));
        kill(orchestrator);
        orchestrator = start(port, broker.bootstrap(), traces.endpoint());
        awaitReady(rest);
        await()
            .atMost(PATIENCE)
            .until(
                () ->
                    rest.get("/api/flows/killed")
                        .json()
                        .path("status")
                        .asString("")
                        .equals("UNDONE"));
        String traceId = rest.get("/api/flows/killed").json().get("traceId").stringValue();
        await()
            .atMost(PATIENCE)
            .until(
                () ->
                    ofTrace(traces, traceId).stream()
                        .anyMatch(span -> span.name().equals("flow traced")));
        assertWhole(ofTrace(traces, traceId));
      } finally {
        kill(orchestrator);
      }
    }
  }

  private static void assertWhole(List<ReceivedSpan> trace) {
    Set<String> ids = trace.stream().map(ReceivedSpan::spanId).collect(Collectors.toSet());
    assertThat(Set.copyOf(trace)).as("no span has two contents").hasSize(ids.size());
    assertThat(trace)
        .allSatisfy(
            span ->
                assertThat(span.parentId().isEmpty() || ids.contains(span.parentId()))
                    .as(span.toString())
                    .isTrue());
    assertThat(Set.copyOf(trace))
        .extracting(ReceivedSpan::name)
        .contains("flow started", "DO first", "flow undoing", "UNDO first")
        .filteredOn(name -> name.equals("DO second"))
        .as("two attempts")
        .hasSize(2);
  }

  private static List<ReceivedSpan> ofTrace(OtlpReceiver traces, String traceId) {
    return traces.spans().stream().filter(span -> span.traceId().equals(traceId)).toList();
  }

  private static void start(Rest rest, String further) {
    assertThat(
            rest.post(
                    "/api/orchestrations/execute",
                    "{\"orchestrationName\": \"traced\"%s, \"payload\": {}}".formatted(further))
                .status())
        .isEqualTo(202);
  }

  private static void awaitReady(Rest rest) {
    await()
        .atMost(PATIENCE)
        .ignoreExceptionsMatching(TracesAcrossKillIT::isAway)
        .until(() -> rest.get("/actuator/health/readiness").status() == 200);
  }

  /** The client of the tests wraps what the connection throws. */
  private static boolean isAway(Throwable failure) {
    return failure.getCause() instanceof IOException;
  }

  /** {@code kill -9}; returns when it is gone. */
  private static void kill(Process process) throws InterruptedException {
    if (!process.destroyForcibly().waitFor(30, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the process " + process.pid() + " does not end");
    }
  }
}
