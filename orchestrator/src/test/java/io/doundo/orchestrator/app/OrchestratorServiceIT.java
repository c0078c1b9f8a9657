package io.doundo.orchestrator.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.Rest.Reply;
import io.doundo.orchestrator.testing.TestBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/** The whole application on a real broker, seen through nothing but HTTP. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OrchestratorServiceIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String YAML = "application/yaml";

  @TempDir private Path stateDir;

  private TestBroker broker;
  private AnsweringWorker worker;
  private ConfigurableApplicationContext application;
  private Rest rest;

  @BeforeAll
  void start() {
    broker = new TestBroker();
    application =
        new SpringApplicationBuilder(OrchestratorApplication.class)
            .run(
                "--server.port=0",
                "--doundo.partitions=4",
                "--doundo.step-topics.partitions=2",
                "--doundo.state-dir=" + stateDir,
                "--doundo.kafka.bootstrap-servers=" + broker.bootstrap());
    rest =
        new Rest(application.getEnvironment().getRequiredProperty("local.server.port", int.class));
    await().atMost(PATIENCE).until(() -> rest.get("/actuator/health/readiness").status() == 200);
    worker = new AnsweringWorker(broker.bootstrap());
  }

  @AfterAll
  void stop() {
    worker.close();
    application.close();
    broker.close();
  }

  @Test
  void aRegisteredOrchestrationRunsToItsEnd() {
    register("shipping", "pack", "label", "send");
    String flowId = UUID.randomUUID().toString();
    Reply reply =
        rest.post(
            "/api/orchestrations/execute?wait=30s",
            """
            {"orchestrationName": "shipping", "flowId": "%s", "payload": {"order": 4711.10}}"""
                .formatted(flowId));
    assertThat(reply.status()).isEqualTo(200);
    JsonNode flow = reply.json();
    assertThat(flow.get("flowId").stringValue()).isEqualTo(flowId);
    assertThat(flow.get("status").stringValue()).isEqualTo("COMPLETED");
    assertThat(flow.get("version").intValue()).isEqualTo(1);
    assertThat(flow.get("steps"))
        .extracting(step -> step.get("status").stringValue())
        .containsExactly("DO_SUCCESS", "DO_SUCCESS", "DO_SUCCESS");
    assertThat(flow.at("/steps/1/result/madeBy").stringValue()).isEqualTo("label");
    assertThat(reply.http().body()).contains("4711.10");
    assertThat(rest.get("/api/flows/" + flowId).json().get("status").stringValue())
        .isEqualTo("COMPLETED");
  }

  private void register(String name, String... steps) {
    StringBuilder document = new StringBuilder("orchestrationName: " + name + "\nsteps:\n");
    for (int i = 0; i < steps.length; i++) {
      document.append("  - {seq: %d, name: %s}\n".formatted(i + 1, steps[i]));
    }
    Reply reply = rest.post("/api/orchestrations", document.toString(), "Content-Type", YAML);
    assertThat(reply.status()).as(reply.http().body()).isEqualTo(200);
    assertThat(reply.json().at("/registrations/0/status").stringValue()).isEqualTo("SUCCESS");
  }
}
