package io.doundo.orchestrator.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.OrchestratorApplication;
import io.doundo.orchestrator.app.Rest;
import io.doundo.orchestrator.app.Rest.Reply;
import io.doundo.orchestrator.testing.AnsweringWorker;
import io.doundo.orchestrator.testing.TestBroker;
import io.doundo.protocol.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/** A bad version of a worker has run more flows than the lists hold, and all of them have ended. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RanOnJobIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int IN_LISTS = 15;
  private static final int OF_BAD = 60;
  private static final int OF_GOOD = 30;

  private static final String DOCUMENT =
      """
      orchestrationName: shop
      steps:
        - {seq: 1, name: charge}
        - {seq: 2, name: ship, failStep: retry, retry: {maxAttempts: 50, strategy: fixed, delay: 200ms}}
      """;

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
                "--doundo.step-topics.partitions=1",
                "--doundo.search.max-flows=" + IN_LISTS,
                "--doundo.state-dir=" + stateDir,
                "--doundo.kafka.bootstrap-servers=" + broker.bootstrap());
    rest =
        new Rest(application.getEnvironment().getRequiredProperty("local.server.port", int.class));
    await().atMost(PATIENCE).until(() -> rest.get("/actuator/health/readiness").status() == 200);
    worker = new AnsweringWorker(broker.bootstrap());
  }

  @AfterAll
  void stop() {
    if (worker != null) {
      worker.close();
    }
    if (application != null) {
      application.close();
    }
    broker.close();
  }

  @Test
  void allItsFlowsAreUndoneThoughTheListsHoldFewer() {
    Instant begin = Instant.now();
    Reply registered =
        rest.post("/api/orchestrations", DOCUMENT, "Content-Type", "application/yaml");
    assertThat(registered.status()).as(registered.http().body()).isEqualTo(200);

    worker.deploy("ship", "1.0");
    begin("bad-", OF_BAD);
    awaitMatched("1.0", begin, OF_BAD);
    worker.breakStep("ship", "the label cannot be printed");
    begin("both-", 1);
    awaitMatched("1.0", begin, OF_BAD + 1);
    worker.deploy("ship", "1.1");
    worker.mendStep("ship");
    awaitStatus("both-0", "COMPLETED");
    begin("good-", OF_GOOD);
    awaitMatched("1.1", begin, OF_GOOD + 1);

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              JsonNode list = rest.get("/api/flows?orchestration=shop&limit=500").json();
              assertThat(list.get("flows").size()).isBetween(1, IN_LISTS);
              assertThat(list.at("/total/count").intValue()).isEqualTo(list.get("flows").size());
            });

    Reply drafted = rest.post("/api/jobs", job("1.0", begin, false));
    assertThat(drafted.status()).as(drafted.http().body()).isEqualTo(201);
    assertThat(drafted.json().get("matched").intValue())
        .as("those of the version, and the one that ran on it first and then on another")
        .isEqualTo(OF_BAD + 1);
    String job = "/api/jobs/" + drafted.json().get("jobId").stringValue();
    assertThat(rest.post(job + "/start", "").status()).isEqualTo(200);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              JsonNode now = rest.get(job).json();
              assertThat(now.get("state").stringValue()).as(now.toString()).isEqualTo("DONE");
              assertThat(now.at("/outcome/undone").intValue()).isEqualTo(OF_BAD + 1);
            });
    for (int i = 0; i < OF_BAD; i++) {
      assertThat(status("bad-" + i)).isEqualTo("UNDONE");
    }
    assertThat(status("both-0")).isEqualTo("UNDONE");
    for (int i = 0; i < OF_GOOD; i++) {
      assertThat(status("good-" + i)).isEqualTo("COMPLETED");
    }
  }

  private void begin(String prefix, int count) {
    for (int i = 0; i < count; i++) {
      worker.send(
          Topics.EXECUTION_START,
          "{\"orchestrationName\": \"shop\", \"flowId\": \"%s%d\", \"payload\": {}}"
              .formatted(prefix, i));
    }
  }

  private void awaitMatched(String version, Instant begin, int count) {
    await("flows of " + version)
        .atMost(PATIENCE)
        .until(
            () ->
                rest.post("/api/jobs", job(version, begin, true)).json().path("matched").asInt(0)
                    == count);
  }

  private static String job(String version, Instant begin, boolean isDryRun) {
    return """
    {"verb": "UNDO", "reason": "a bad version", "perSecond": 500, "dryRun": %s,
     "ranOn": {"step": "ship", "workerVersion": "%s", "from": "%s", "to": "%s"}}
    """
        .formatted(isDryRun, version, begin, Instant.now().plusSeconds(1));
  }

  private void awaitStatus(String flowId, String status) {
    await(flowId).atMost(PATIENCE).until(() -> status(flowId).equals(status));
  }

  private String status(String flowId) {
    return rest.get("/api/flows/" + flowId).json().path("status").asString("");
  }
}
