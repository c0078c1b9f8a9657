package io.doundo.orchestrator.app.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.OrchestratorApplication;
import io.doundo.orchestrator.app.Rest;
import io.doundo.orchestrator.app.http.Curl.Answer;
import io.doundo.orchestrator.testing.TestBroker;
import io.doundo.protocol.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;

/**
 * The commands of the framework's own documentation, as it prints them, against the application and
 * a partner that answers; only the ports differ. Then its list of what to try, over real HTTP.
 */
@TestInstance(Lifecycle.PER_CLASS)
class FrameworkCurlsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String CREATE =
      """
      curl -X POST http://localhost:3000/api/v1/workflows \\
        -H "Content-Type: application/json" \\
        -d '{
          "name": "Submit Lead to Multiple Carriers",
          "category": "lead_distribution",
          "status": "ACTIVE",
          "triggers": [
            {
              "type": "EVENT",
              "config": {"eventType": "lead.qualified"},
              "isEnabled": true
            }
          ],
          "steps": [
            {
              "id": "step_1",
              "name": "Get Lead",
              "type": "HTTP_REQUEST",
              "order": 1,
              "config": {
                "method": "GET",
                "url": "http://localhost:3000/api/v1/leads/{{leadId}}"
              }
            }
          ]
        }'
      """;

  private static final String EXECUTE =
      """
      curl -X POST http://localhost:3000/api/v1/workflows/{id}/execute \\
        -H "Content-Type: application/json" \\
        -d '{
          "input": {
            "leadId": "lead_123"
          }
        }'
      """;

  private final Curl curl = new Curl();
  private final TestBroker broker = new TestBroker();
  private CarrierPartner partner;
  private ConfigurableApplicationContext application;
  private Rest rest;
  private int port;
  private String workflowId = "";

  @BeforeAll
  void start(@TempDir Path stateDir) throws IOException {
    partner = new CarrierPartner();
    application =
        new SpringApplicationBuilder(OrchestratorApplication.class)
            .run(
                "--server.port=0",
                "--doundo.partitions=2",
                "--doundo.http.allow-loopback=true",
                "--doundo.http.clock-tolerance=0",
                "--doundo.state-dir=" + stateDir,
                "--doundo.kafka.bootstrap-servers=" + broker.bootstrap());
    port = application.getEnvironment().getRequiredProperty("local.server.port", int.class);
    rest = new Rest(port);
    await().atMost(PATIENCE).until(() -> rest.get("/actuator/health/readiness").status() == 200);
    Answer created = run(CREATE);
    assertThat(created.status()).as(created.body()).isEqualTo(201);
    workflowId = created.json().path("id").asString("");
  }

  @AfterAll
  void stop() {
    application.close();
    broker.close();
    partner.close();
  }

  /** Runs a command: its own address is the application's, one in its body the partner's. */
  private Answer run(String command) {
    int body = command.indexOf("-d '");
    String head = body < 0 ? command : command.substring(0, body);
    String content = body < 0 ? "" : command.substring(body);
    return curl.run(
        head.replace("localhost:3000", "localhost:" + port)
                .replace("localhost:3001", "localhost:" + port)
                .replace("localhost:3002", "localhost:" + port)
                .replace("\"", "'")
            + content.replace("localhost:3000", "localhost:" + partner.port()));
  }

  private JsonNode ended(String executionId) {
    return await()
        .atMost(PATIENCE)
        .until(
            () -> rest.get("/api/v1/executions/" + executionId).json(),
            execution ->
                List.of("COMPLETED", "FAILED", "CANCELLED")
                    .contains(execution.path("status").asString("")));
  }

  private String execute(String id, String lead) {
    Answer begun = run(EXECUTE.replace("{id}", id).replace("lead_123", lead));
    assertThat(begun.status()).as(begun.body()).isEqualTo(202);
    return begun.json().path("id").asString("");
  }

  @Test
  void theExampleIsCreatedExecutedAndLookedAt() {
    assertThat(workflowId).isEqualTo("submit-lead-to-multiple-carriers");
    String id = execute(workflowId, "lead_123");
    JsonNode execution = ended(id);
    assertThat(execution.path("status").asString("")).as("%s", execution).isEqualTo("COMPLETED");
    assertThat(execution.path("input").toString()).isEqualTo("{\"leadId\":\"lead_123\"}");
    assertThat(execution.at("/stepsExecuted/0/stepId").asString("")).isEqualTo("step_1");
    assertThat(execution.at("/stepsExecuted/0/stepName").asString("")).isEqualTo("Get Lead");
    assertThat(execution.at("/stepsExecuted/0/output").toString()).contains("lead_123");
    assertThat(partner.requestsAbout("lead_123")).containsExactly("GET /api/v1/leads/lead_123");
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                rest.get("/api/v1/workflows/" + workflowId + "/metrics")
                        .json()
                        .path("successfulExecutions")
                        .asInt()
                    > 0);
  }

  @Test
  void everyPathOfTheListAnswersUnderBothPrefixes() {
    String id = execute(workflowId, "lead_paths");
    ended(id);
    for (String prefix : List.of("/api/v1", "/api/v1/orchestration")) {
      for (String path :
          List.of(
              "/workflows",
              "/workflows/" + workflowId,
              "/executions",
              "/executions/" + id,
              "/workflows/" + workflowId + "/metrics")) {
        assertThat(run("curl http://localhost:3001" + prefix + path).status())
            .as(prefix + path)
            .isEqualTo(200);
      }
    }
    for (String path :
        List.of(
            "/api/v1/orchestration/health",
            "/api/orchestration/active",
            "/api/orchestration/active/" + id,
            "/health",
            "/ready")) {
      assertThat(run("curl http://localhost:3002" + path).status()).as(path).isEqualTo(200);
    }
  }

  @Test
  void aWorkflowIsPutAndDeleted() {
    Answer created = run(CREATE.replace("Submit Lead to Multiple Carriers", "Put And Deleted"));
    assertThat(created.status()).as(created.body()).isEqualTo(201);
    Answer put =
        run(
            "curl -X PUT http://localhost:3000/api/v1/workflows/put-and-deleted -H 'Content-Type:"
                + " application/json' -d '{\"category\": \"other\"}'");
    assertThat(put.status()).as(put.body()).isEqualTo(200);
    assertThat(put.json().path("version").asInt()).isEqualTo(2);
    String path = "http://localhost:3000/api/v1/workflows/put-and-deleted";
    assertThat(run("curl -X DELETE " + path).status()).isEqualTo(204);
    assertThat(run("curl " + path).status()).isEqualTo(404);
  }

  @Test
  void theEventOfItsTriggerStartsIt() throws Exception {
    await()
        .atMost(PATIENCE)
        .until(
            () -> rest.get("/actuator/health").http().body().contains('"' + Topics.TRIGGER + '"'));
    String event = "{\"eventType\": \"%s\", \"data\": {\"leadId\": \"%s\"}}";
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrap()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (String text :
          List.of(
              event.formatted("lead.created", "lead_other"),
              event.formatted("lead.qualified", "lead_event"))) {
        producer.send(new ProducerRecord<>(Topics.TRIGGER, text.getBytes(UTF_8))).get();
      }
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(partner.requests())
                    .as(
                        "%s %s %s",
                        rest.get("/api/v1/executions").http().body(),
                        rest.get("/api/dead-letters").http().body(),
                        rest.get("/actuator/prometheus")
                            .http()
                            .body()
                            .lines()
                            .filter(line -> line.contains("trigger"))
                            .toList())
                    .contains("GET /api/v1/leads/lead_event"));
    assertThat(partner.requestsAbout("lead_other")).isEmpty();
  }

  @Test
  void aRequestToItsWebhookStartsIt() {
    Answer created =
        run(
            CREATE
                .replace("Submit Lead to Multiple Carriers", "Hooked Lead")
                .replace("\"EVENT\"", "\"WEBHOOK\"")
                .replace("{\"eventType\": \"lead.qualified\"}", "{}"));
    assertThat(created.status()).as(created.body()).isEqualTo(201);
    Answer hook =
        run(
            "curl -X POST http://localhost:3000/api/hooks/hooked-lead/webhook-1 -H 'Content-Type:"
                + " application/json' -d '{\"leadId\": \"lead_hook\"}'");
    assertThat(hook.status()).as(hook.body()).isEqualTo(202);
    JsonNode execution = ended(hook.json().path("flowId").asString(""));
    assertThat(execution.path("status").asString("")).isEqualTo("COMPLETED");
    assertThat(partner.requestsAbout("lead_hook")).containsExactly("GET /api/v1/leads/lead_hook");
  }

  private static final String RESET =
      "curl -X POST http://localhost:3000/api/v1/circuit-breakers/service-a-api/reset";

  private static final String CONFIGURE =
      """
      curl -X PUT http://localhost:3000/api/v1/circuit-breakers/service-a-api/config \\
        -H "Content-Type: application/json" \\
        -d '{
          "threshold": 10,
          "timeout": 120000,
          "halfOpenMaxCalls": 5
        }'
      """;

  @Test
  void aBreakerIsConfiguredResetAndDeleted() {
    Answer configured = run(CONFIGURE);
    assertThat(configured.status()).as(configured.body()).isEqualTo(200);
    assertThat(configured.json().path("threshold").asInt()).isEqualTo(10);
    assertThat(configured.json().path("timeout").asInt()).isEqualTo(120_000);
    assertThat(configured.json().path("halfOpenMaxCalls").asInt()).isEqualTo(5);
    Answer reset = run(RESET);
    assertThat(reset.status()).as(reset.body()).isEqualTo(200);
    assertThat(reset.json().path("state").asString("")).isEqualTo("CLOSED");
    for (String prefix : List.of("/api/v1", "/api/v1/orchestration")) {
      String path = "http://localhost:3001" + prefix + "/circuit-breakers";
      assertThat(run("curl " + path).json().path("data").valueStream())
          .extracting(one -> one.path("serviceId").asString(""))
          .contains("service-a-api");
      assertThat(run("curl " + path + "/service-a-api").json().path("threshold").asInt())
          .isEqualTo(10);
    }
    assertThat(run(CONFIGURE.replace("\"timeout\": 120000", "\"timeout\": \"long\"")).status())
        .isEqualTo(400);
    String path = "http://localhost:3000/api/v1/circuit-breakers/service-a-api";
    assertThat(run("curl -X DELETE " + path).status()).isEqualTo(204);
    await().atMost(PATIENCE).until(() -> run("curl " + path).status() == 404);
    Answer unknown = run(RESET + " -H 'Idempotency-Key: reset-1'");
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.json().path("controlId").asString("")).isEqualTo("reset-1");
    assertThat(run(RESET).json().path("controlId").asString("")).isNotEmpty();
  }

  @Test
  void aBreakerHoldsAStepUntilItsServiceIsThereAgain() {
    Answer configured =
        run(
            CONFIGURE
                .replace("service-a-api", "slow-api")
                .replace("\"threshold\": 10", "\"threshold\": 1")
                .replace("120000", "1000"));
    assertThat(configured.status()).as(configured.body()).isEqualTo(200);
    Answer created =
        run(
            CREATE
                .replace("Submit Lead to Multiple Carriers", "Slow Lead")
                .replace("/api/v1/leads/", "/slow/")
                .replace("\"method\": \"GET\",", "\"method\": \"GET\", \"breaker\": \"slow-api\",")
                // The breaker opens between the two attempts.
                .replace(
                    "\"order\": 1,",
                    "\"order\": 1, \"retryPolicy\": {\"maxAttempts\": 3, \"strategy\": \"FIXED\","
                        + " \"initialDelay\": 2000, \"maxDelay\": 2000, \"backoffMultiplier\": 1},"));
    assertThat(created.status()).as(created.body()).isEqualTo(201);
    JsonNode execution = ended(execute("slow-lead", "lead_slow"));
    assertThat(execution.path("status").asString("")).as("%s", execution).isEqualTo("COMPLETED");
    assertThat(partner.requestsAbout("lead_slow"))
        .containsExactly("GET /slow/lead_slow", "GET /slow/lead_slow");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(rest.get("/api/breakers/slow-api").json().path("recent").valueStream())
                    .extracting(entry -> entry.path("type").asString(""))
                    .contains("BREAKER_OPENED"));
  }

  /** Variables, a condition, side by side, a loop, a retry, and what is taken back. */
  private static final String ALL =
      """
      curl -X POST http://localhost:3000/api/v1/workflows \\
        -H "Content-Type: application/json" \\
        -d '{
          "name": "All Kinds",
          "category": "lead_distribution",
          "steps": [
            {"id": "lead", "name": "Get Lead", "type": "HTTP_REQUEST", "order": 1,
             "config": {"method": "GET", "url": "http://localhost:3000/api/v1/leads/{{leadId}}",
                        "extractResponse": {"type": "JSON_PATH", "path": "$.data", "variableName": "lead"}}},
            {"id": "page", "name": "Read a page", "type": "HTTP_REQUEST", "order": 2,
             "config": {"method": "GET", "url": "http://localhost:3000/page/{{leadId}}",
                        "extractResponse": {"type": "REGEX", "path": "id=\\"number\\">([0-9]{4})<",
                                            "variableName": "number"}}},
            {"id": "isGood", "name": "Is it good?", "type": "CONDITIONAL", "order": 3,
             "config": {"conditions": [{"field": "lead.score", "operator": "gte", "value": 50}],
                        "trueStepId": "good", "falseStepId": "poor"}},
            {"id": "good", "name": "Good", "type": "HTTP_REQUEST",
             "config": {"method": "POST", "url": "http://localhost:3000/good/{{leadId}}",
                        "body": {"number": "{{number}}", "score": "{{lead.score}}"},
                        "undo": {"http": {"delete": "http://localhost:3000/good/{{ payload.leadId }}"}}}},
            {"id": "poor", "name": "Poor", "type": "HTTP_REQUEST",
             "config": {"method": "POST", "url": "http://localhost:3000/poor/{{leadId}}", "undo": "none"}},
            {"id": "both", "name": "Both", "type": "PARALLEL", "order": 4,
             "config": {"steps": ["left", "right"], "waitForAll": true, "maxConcurrency": 2}},
            {"id": "left", "name": "Left", "type": "HTTP_REQUEST",
             "config": {"method": "POST", "url": "http://localhost:3000/left/{{leadId}}",
                        "undo": {"http": {"delete": "http://localhost:3000/left/{{ payload.leadId }}"}}}},
            {"id": "right", "name": "Right", "type": "HTTP_REQUEST",
             "config": {"method": "GET", "url": "http://localhost:3000/slow/{{leadId}}"},
             "retryPolicy": {"maxAttempts": 5, "strategy": "FIXED", "initialDelay": 10,
                             "maxDelay": 10, "backoffMultiplier": 1}},
            {"id": "each", "name": "Each carrier", "type": "FOR_EACH", "order": 5,
             "config": {"inputVariable": "lead.carriers", "itemVariable": "carrier",
                        "steps": ["send"], "maxConcurrency": 1}},
            {"id": "send", "name": "Send", "type": "HTTP_REQUEST",
             "config": {"method": "PUT", "url": "http://localhost:3000/{{carrier}}/{{leadId}}",
                        "undo": {"http": {"delete": "http://localhost:3000/{{ carrier }}/{{ payload.leadId }}"}}}},
            {"id": "end", "name": "End", "type": "HTTP_REQUEST", "order": 6,
             "config": {"method": "POST", "url": "http://localhost:3000/final/{{leadId}}", "undo": "none"}}
          ]
        }'
      """;

  @Test
  void everyKindOfStepRunsOverHttpAndIsTakenBack() {
    Answer created = run(ALL);
    assertThat(created.status()).as(created.body()).isEqualTo(201);
    JsonNode good = ended(execute("all-kinds", "lead_good"));
    assertThat(good.path("status").asString("")).as("%s", good).isEqualTo("COMPLETED");
    assertThat(partner.requestsAbout("lead_good"))
        .containsExactlyInAnyOrder(
            "GET /api/v1/leads/lead_good",
            "GET /page/lead_good",
            "POST /good/lead_good {\"number\":\"4711\",\"score\":80}",
            "POST /left/lead_good",
            "GET /slow/lead_good",
            "GET /slow/lead_good",
            "PUT /alpha/lead_good",
            "PUT /bravo/lead_good",
            "POST /final/lead_good");

    JsonNode low = ended(execute("all-kinds", "lead_low"));
    assertThat(low.path("status").asString("")).as("%s", low).isEqualTo("COMPLETED");
    assertThat(partner.requestsAbout("lead_low"))
        .contains("POST /poor/lead_low")
        .doesNotContain("POST /good/lead_low");

    JsonNode declined = ended(execute("all-kinds", "lead_declined"));
    assertThat(declined.path("status").asString("")).as("%s", declined).isEqualTo("FAILED");
    assertThat(declined.path("error").asString("")).contains("422");
    assertThat(partner.requestsAbout("lead_declined"))
        .filteredOn(request -> request.startsWith("DELETE"))
        .containsExactlyInAnyOrder(
            "DELETE /good/lead_declined",
            "DELETE /left/lead_declined",
            "DELETE /alpha/lead_declined",
            "DELETE /bravo/lead_declined");
    assertThat(declined.path("stepsExecuted").valueStream())
        .filteredOn(step -> step.path("stepId").asString("").equals("left"))
        .extracting(step -> step.path("status").asString(""))
        .containsExactly("CANCELLED");
  }

  @Test
  void stepsOfARequestRunOverHttp() {
    Answer accepted =
        run(
            """
            curl -X POST http://localhost:3002/api/orchestration/execute \\
              -H "Content-Type: application/json" \\
              -d '{
                "requestId": "request-1",
                "context": {"leadId": "lead_request"},
                "options": {"timeout": 30000, "maxConcurrentSteps": 2, "stopOnFirstError": true},
                "steps": [
                  {"id": "a", "name": "A", "type": "HTTP_REQUEST",
                   "config": {"method": "GET", "url": "http://localhost:3000/api/v1/leads/{{leadId}}"}},
                  {"id": "b", "name": "B", "type": "HTTP_REQUEST", "dependsOn": ["a"],
                   "config": {"method": "POST", "url": "http://localhost:3000/b/{{data.id}}",
                              "undo": "none"}}
                ]
              }'
            """);
    assertThat(accepted.status()).as(accepted.body()).isEqualTo(202);
    JsonNode done =
        await()
            .atMost(PATIENCE)
            .until(
                () -> rest.get("/api/orchestration/active/request-1").json(),
                one -> one.path("completedAt").isString());
    assertThat(done.path("status").asString("")).as("%s", done).isEqualTo("COMPLETED");
    assertThat(partner.requestsAbout("lead_request"))
        .containsExactly("GET /api/v1/leads/lead_request", "POST /b/lead_request");
  }
}
