package io.doundo.orchestrator.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.Rest.Reply;
import io.doundo.orchestrator.testing.AnsweringWorker;
import io.doundo.orchestrator.testing.TestBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The application without an audit log: flows run, and requests that need the log are refused. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WithoutAuditIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private TestBroker broker;
  private AnsweringWorker worker;
  private ConfigurableApplicationContext application;
  private Rest rest;

  @BeforeAll
  void start(@TempDir Path stateDir) {
    broker = new TestBroker();
    application =
        new SpringApplicationBuilder(OrchestratorApplication.class)
            .run(
                "--server.port=0",
                "--doundo.partitions=2",
                "--doundo.audit=off",
                "--doundo.state-dir=" + stateDir,
                "--doundo.kafka.bootstrap-servers=" + broker.bootstrap());
    rest =
        new Rest(application.getEnvironment().getRequiredProperty("local.server.port", int.class));
    await().atMost(PATIENCE).until(() -> rest.get("/actuator/health/readiness").status() == 200);
    worker = new AnsweringWorker(broker.bootstrap());
    Reply registered =
        rest.post(
            "/api/orchestrations",
            "{orchestrationName: quiet, steps: [{seq: 1, name: once}]}",
            "Content-Type",
            "application/yaml");
    assertThat(registered.status()).as(registered.http().body()).isEqualTo(200);
  }

  @AfterAll
  void stop() {
    worker.close();
    application.close();
    broker.close();
  }

  @Test
  void aFlowRunsToItsEndAndAVerbIsWrittenWithoutAnOutcome() {
    assertThat(start("f-1", "").status()).isEqualTo(202);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(rest.get("/api/flows/f-1").json().path("status").asString(""))
                    .isEqualTo("COMPLETED"));
    Reply undo = rest.post("/api/flows/f-1/undo", "{\"controlId\": \"u-1\"}");
    assertThat(undo.status()).isEqualTo(202);
    assertThat(undo.json().path("note").asString("")).contains("With doundo.audit off");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(rest.get("/api/flows/f-1").json().path("status").asString(""))
                    .isEqualTo("UNDONE"));
  }

  @Test
  void requestsThatNeedTheAuditLogAreRefusedAtOnce() {
    for (String path : List.of("/api/flows/f-2/timeline", "/api/flows/f-2/events")) {
      assertOff(rest.get(path));
    }
    assertOff(start("f-2", "?wait=60s"));
    assertOff(
        rest.post(
            "/api/jobs",
            "{\"verb\": \"UNDO\", \"filter\": \"status=COMPLETED\", \"reason\": \"all wrong\"}"));
    assertThat(rest.get("/api/flows/f-2").status()).as("nothing was started").isEqualTo(404);
  }

  private Reply start(String flowId, String query) {
    return rest.post(
        "/api/orchestrations/execute" + query,
        "{\"orchestrationName\": \"quiet\", \"flowId\": \"%s\", \"payload\": {}}"
            .formatted(flowId));
  }

  private static void assertOff(Reply reply) {
    assertThat(reply.status()).isEqualTo(501);
    assertThat(reply.json().path("type").asString("")).isEqualTo("urn:doundo:problem:audit-off");
    assertThat(reply.json().path("detail").asString("")).contains("doundo.audit is off");
  }
}
