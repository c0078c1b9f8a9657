package io.doundo.orchestrator.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.Rest.Reply;
import io.doundo.orchestrator.testing.TestBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** Two instances share the flows; whichever is asked, the answer is the same. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TwoInstancesIT {

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private final List<ConfigurableApplicationContext> applications = new ArrayList<>();
  private final List<Rest> instances = new ArrayList<>();
  private TestBroker broker;
  private AnsweringWorker worker;

  @BeforeAll
  void start(@TempDir Path data) {
    broker = new TestBroker();
    for (int i = 0; i < 2; i++) {
      applications.add(
          new SpringApplicationBuilder(OrchestratorApplication.class)
              .run(
                  "--server.port=0",
                  "--doundo.partitions=4",
                  "--doundo.state-dir=" + data.resolve("instance-" + i),
                  "--doundo.advertised-address=localhost:" + (1_000 + i),
                  "--doundo.kafka.bootstrap-servers=" + broker.bootstrap()));
      instances.add(
          new Rest(
              applications
                  .get(i)
                  .getEnvironment()
                  .getRequiredProperty("local.server.port", int.class)));
    }
    worker = new AnsweringWorker(broker.bootstrap());
    instances.forEach(
        instance ->
            await()
                .atMost(PATIENCE)
                .until(() -> instance.get("/actuator/health/readiness").status() == 200));
  }

  @AfterAll
  void stop() {
    worker.close();
    applications.forEach(ConfigurableApplicationContext::close);
    broker.close();
  }

  @Test
  void everyFlowIsSeenFromBothSides() {
    Reply registered =
        instances
            .get(0)
            .post(
                "/api/orchestrations",
                "{orchestrationName: shared, steps: [{seq: 1, name: do-it}]}");
    assertThat(registered.status()).as(registered.http().body()).isEqualTo(200);
    await()
        .atMost(PATIENCE)
        .until(() -> instances.get(1).get("/api/orchestrations/shared").status() == 200);
    List<String> flowIds = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      Reply reply =
          instances
              .get(i % 2)
              .post(
                  "/api/orchestrations/execute?wait=60s",
                  "{\"orchestrationName\": \"shared\", \"flowId\": \"flow-" + i + "\"}");
      assertThat(reply.status()).as(reply.http().body()).isEqualTo(200);
      assertThat(reply.json().get("status").stringValue()).isEqualTo("COMPLETED");
      flowIds.add(reply.json().get("flowId").stringValue());
    }
    for (String flowId : flowIds) {
      for (Rest instance : instances) {
        await()
            .atMost(PATIENCE)
            .untilAsserted(
                () ->
                    assertThat(
                            instance.get("/api/flows/" + flowId).json().path("status").asString(""))
                        .isEqualTo("COMPLETED"));
        assertThat(instance.get("/api/flows/" + flowId + "/timeline").json().get("events"))
            .extracting(event -> event.get("type").stringValue())
            .startsWith("FLOW_STARTED")
            .endsWith("FLOW_COMPLETED");
      }
    }
    for (int i = 0; i < flowIds.size(); i++) {
      Reply undone = instances.get(i % 2).post("/api/flows/" + flowIds.get(i) + "/undo", "");
      assertThat(undone.status()).as(undone.http().body()).isEqualTo(200);
    }
    assertThat(instances)
        .allSatisfy(
            instance ->
                assertThat(instance.get("/actuator/health").json().get("status").stringValue())
                    .isEqualTo("UP"));
  }
}
