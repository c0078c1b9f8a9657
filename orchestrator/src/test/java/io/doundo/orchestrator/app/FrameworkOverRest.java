package io.doundo.orchestrator.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.Rest.Reply;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.Json;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The workflow framework's paths: its shapes both ways, and what its clients do with them. */
abstract class FrameworkOverRest extends ServiceScenarios {

  private static final String LEAD =
      """
      {"name": "Submit Lead (v1)", "description": "to the carriers", "category": "leads",
       "metadata": {"owner": "sales"}, "timeout": 60000,
       "triggers": [{"type": "MANUAL", "config": {}, "isEnabled": true}],
       "steps": [
         {"id": "step.1", "name": "Get Lead", "type": "FUNCTION_CALL", "order": 1,
          "config": {"functionName": "getLead", "parameters": {"id": "{{leadId}}"}},
          "retryPolicy": {"maxAttempts": 1, "strategy": "FIXED", "initialDelay": 10, "maxDelay": 10,
                          "backoffMultiplier": 1}},
         {"id": "fwSend", "name": "Send Lead", "type": "FUNCTION_CALL", "order": 2,
          "config": {"functionName": "send", "parameters": {"made": "{{madeBy}}"}}}]}
      """;

  FrameworkOverRest(RunningService service) {
    super(service);
  }

  private static JsonNode json(String text) {
    return Json.MAPPER.readTree(text);
  }

  private JsonNode created(String document) {
    Reply reply = rest.post("/api/v1/workflows", document);
    assertThat(reply.status()).as(reply.http().body()).isEqualTo(201);
    return reply.json();
  }

  private JsonNode awaitEnd(String path) {
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                List.of("COMPLETED", "FAILED", "CANCELLED")
                    .contains(rest.get(path).json().path("status").asString("")));
    return rest.get(path).json();
  }

  @Test
  void aWorkflowIsReadBackAsItWasCreated() {
    JsonNode workflow = created(LEAD);
    assertThat(workflow.get("id").stringValue()).isEqualTo("submit-lead-v1");
    assertThat(workflow.get("version").intValue()).isEqualTo(1);
    assertThat(workflow.get("status").stringValue()).isEqualTo("ACTIVE");
    assertThat(Instant.parse(workflow.get("createdAt").stringValue()))
        .isEqualTo(Instant.parse(workflow.get("updatedAt").stringValue()));
    ObjectNode content = (ObjectNode) workflow.deepCopy();
    content.remove(List.of("id", "version", "status", "createdAt", "updatedAt"));
    assertThat(content).isEqualTo(json(LEAD));
    assertThat(rest.get("/api/v1/workflows/submit-lead-v1").json()).isEqualTo(workflow);
    assertThat(rest.get("/api/v1/orchestration/workflows/submit-lead-v1").json())
        .as("the prefix answers the same")
        .isEqualTo(workflow);
    assertThat(rest.get("/api/orchestrations/submit-lead-v1").json().get("title").stringValue())
        .as("and it is an orchestration as any other")
        .isEqualTo("Submit Lead (v1)");
    Reply again = rest.post("/api/v1/workflows", LEAD);
    assertThat(again.status()).isEqualTo(409);

    JsonNode paused =
        rest.put("/api/v1/workflows/submit-lead-v1", "{\"status\": \"PAUSED\"}").json();
    assertThat(paused.get("status").stringValue()).isEqualTo("PAUSED");
    assertThat(paused.get("version").intValue()).isEqualTo(1);
    assertThat(rest.post("/api/v1/workflows/submit-lead-v1/execute", "{}").status()).isEqualTo(409);
    JsonNode changed =
        rest.put(
                "/api/v1/workflows/submit-lead-v1",
                "{\"category\": \"sales\", \"status\": \"ACTIVE\"}")
            .json();
    assertThat(changed.get("category").stringValue()).isEqualTo("sales");
    assertThat(changed.get("version").intValue()).isEqualTo(2);
    assertThat(changed.get("status").stringValue()).isEqualTo("ACTIVE");
    assertThat(changed.get("steps")).isEqualTo(workflow.get("steps"));

    JsonNode list = rest.get("/api/v1/workflows?category=sales&limit=1&triggerType=MANUAL").json();
    assertThat(list.get("data")).hasSize(1);
    assertThat(list.get("data").get(0)).isEqualTo(changed);
    assertThat(list.get("pagination").toString())
        .isEqualTo(
            "{\"page\":1,\"limit\":1,\"total\":1,\"totalPages\":1,\"hasNext\":false,\"hasPrevious\":false}");
    assertThat(rest.get("/api/v1/workflows?status=ACTIVE&category=none").json().get("data"))
        .isEmpty();

    assertThat(rest.delete("/api/v1/workflows/submit-lead-v1").status()).isEqualTo(204);
    assertThat(rest.get("/api/v1/workflows/submit-lead-v1").status()).isEqualTo(404);
    assertThat(rest.get("/api/orchestrations/submit-lead-v1").json().get("status").stringValue())
        .isEqualTo("RETIRED");
    assertThat(created(LEAD).get("status").stringValue()).as("created anew").isEqualTo("ACTIVE");
  }

  @Test
  void aMistakeIsToldWithTheFieldOfTheWorkflow() {
    Reply refused =
        rest.post(
            "/api/v1/workflows",
            "{\"name\": \"wrong\", \"steps\": [{\"id\": \"a\", \"name\": \"a\", \"type\": \"WAIT\","
                + " \"config\": {\"duration\": 1, \"unit\": \"YEARS\"}}]}");
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.json().at("/problems/0/path").stringValue())
        .isEqualTo("steps[0].config.unit");
    assertThat(rest.post("/api/v1/workflows", "{\"name\": \"x\", \"steps\": []}").status())
        .isEqualTo(400);
    assertThat(rest.post("/api/v1/workflows", "[]").status()).isEqualTo(400);
    assertThat(rest.post("/api/v1/workflows", "{").status()).isEqualTo(400);
    assertThat(rest.get("/api/v1/workflows/nowhere/metrics").status()).isEqualTo(404);
    assertThat(rest.get("/api/v1/executions/nobody").status()).isEqualTo(404);
    assertThat(rest.get("/api/v1/workflows?page=0").status()).isEqualTo(400);
    assertThat(rest.get("/api/v1/executions?status=DONE").status()).isEqualTo(400);
  }

  @Test
  void anExecutionRunsAndIsShownWithItsSteps() {
    created(LEAD.replace("Submit Lead (v1)", "Run Lead"));
    worker.answer("step-1", "{\"madeBy\": \"getLead\"}");
    Reply accepted =
        rest.post("/api/v1/workflows/run-lead/execute", "{\"input\": {\"leadId\": \"lead_123\"}}");
    assertThat(accepted.status()).as(accepted.http().body()).isEqualTo(202);
    assertThat(accepted.json().get("workflowId").stringValue()).isEqualTo("run-lead");
    String id = accepted.json().get("id").stringValue();
    JsonNode execution = awaitEnd("/api/v1/executions/" + id);
    assertThat(execution.get("status").stringValue()).isEqualTo("COMPLETED");
    assertThat(execution.get("workflowVersion").intValue()).isEqualTo(1);
    assertThat(execution.at("/input/leadId").stringValue()).isEqualTo("lead_123");
    assertThat(execution.get("stepsExecuted"))
        .extracting(step -> step.get("stepId").stringValue())
        .containsExactly("step.1", "fwSend");
    assertThat(execution.at("/stepsExecuted/0/stepName").stringValue()).isEqualTo("Get Lead");
    assertThat(execution.at("/stepsExecuted/0/status").stringValue()).isEqualTo("COMPLETED");
    assertThat(execution.at("/stepsExecuted/0/output/madeBy").stringValue()).isEqualTo("getLead");
    assertThat(execution.at("/stepsExecuted/0/logs"))
        .extracting(line -> line.get("message").stringValue())
        .containsExactly("STEP_STARTED DO, attempt 1", "STEP_SUCCESS DO, attempt 1");
    assertThat(worker.received(id, "DO", "step-1")).hasToString("{\"id\":\"lead_123\"}");
    assertThat(worker.received(id, "DO", "fwSend")).hasToString("{\"made\":\"getLead\"}");

    worker.breakStep("fwSend", "the carrier refuses");
    String failed =
        rest.post("/api/v1/workflows/run-lead/execute", "{\"input\": {\"leadId\": \"2\"}}")
            .json()
            .get("id")
            .stringValue();
    JsonNode undone = awaitEnd("/api/v1/executions/" + failed);
    worker.mendStep("fwSend");
    assertThat(undone.get("status").stringValue()).isEqualTo("FAILED");
    assertThat(undone.get("error").stringValue()).contains("the carrier refuses");
    assertThat(undone.at("/stepsExecuted/1/status").stringValue()).isEqualTo("FAILED");

    await()
        .atMost(PATIENCE)
        .until(
            () ->
                rest.get("/api/v1/workflows/run-lead/metrics")
                        .json()
                        .path("failedExecutions")
                        .asInt(0)
                    == 1);
    JsonNode metrics = rest.get("/api/v1/workflows/run-lead/metrics").json();
    assertThat(metrics.get("totalExecutions").intValue()).isEqualTo(2);
    assertThat(metrics.get("successfulExecutions").intValue()).isEqualTo(1);
    assertThat(metrics.get("successRate").doubleValue()).isEqualTo(0.5);
    assertThat(metrics.get("averageExecutionTime").doubleValue()).isPositive();
    assertThat(metrics.get("lastExecutionStatus").stringValue()).isEqualTo("FAILED");
    JsonNode list = rest.get("/api/v1/executions?workflowId=run-lead&status=COMPLETED").json();
    assertThat(list.get("data")).hasSize(1);
    assertThat(list.at("/data/0/id").stringValue()).isEqualTo(id);
    JsonNode second = rest.get("/api/v1/executions?workflowId=run-lead&limit=1&page=2").json();
    assertThat(second.at("/pagination/hasPrevious").booleanValue()).isTrue();
    assertThat(second.at("/data/0/id").stringValue()).isEqualTo(id);
    String ofLead = "/api/v1/executions?workflowId=run-lead";
    assertThat(rest.get(ofLead + "&sortOrder=asc").json().at("/data/0/id").stringValue())
        .as("the one that was started first")
        .isEqualTo(id);
    assertThat(rest.get(ofLead + "&dateFrom=2001-01-01T00:00:00Z").json().get("data")).hasSize(2);
    assertThat(rest.get(ofLead + "&dateTo=2001-01-01T00:00:00Z").json().get("data")).isEmpty();
    assertThat(rest.get(ofLead + "&dateTo=yesterday").status()).isEqualTo(400);
    assertThat(rest.get(ofLead + "&sortOrder=up").status()).isEqualTo(400);
  }

  @Test
  void aRepeatedExecutionStartsNothingUnderTheSameKey() {
    created(LEAD.replace("Submit Lead (v1)", "Once Lead"));
    String path = "/api/v1/workflows/once-lead/execute";
    String[] key = {"Idempotency-Key", "once-1"};
    Reply first = rest.post(path, "{\"input\": {\"leadId\": \"1\"}}", key);
    assertThat(first.status()).as(first.http().body()).isEqualTo(202);
    assertThat(first.json().get("id").stringValue()).isEqualTo("once-1");
    awaitEnd("/api/v1/executions/once-1");

    Reply again = rest.post(path, "{\"input\": {\"leadId\": \"1\"}}", key);
    assertThat(again.status()).isEqualTo(202);
    assertThat(again.json().get("id").stringValue()).isEqualTo("once-1");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(rest.get("/api/v1/executions?workflowId=once-lead").json().path("data"))
                    .hasSize(1));
    assertThat(rest.post(path, "{\"input\": {\"leadId\": \"2\"}}", key).status()).isEqualTo(409);
    Reply refused = rest.post(path, "{}", "Idempotency-Key", "a~b");
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.json().get("detail").stringValue()).contains("Idempotency-Key", "'~'");
  }

  @Test
  void aCancelledExecutionIsShownAsSuch() {
    created(
        """
        {"name": "Slow Lead", "steps": [
          {"id": "nap", "name": "Nap", "type": "WAIT", "config": {"duration": 1, "unit": "HOURS"}}]}
        """);
    String id =
        rest.post("/api/v1/workflows/slow-lead/execute", "{}").json().get("id").stringValue();
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                rest.get("/api/v1/executions/" + id)
                    .json()
                    .path("currentStepId")
                    .asString("")
                    .equals("nap"));
    JsonNode running = rest.get("/api/v1/executions/" + id).json();
    assertThat(running.get("status").stringValue()).isEqualTo("RUNNING");
    assertThat(rest.get("/api/orchestration/active/" + id).json().get("status").stringValue())
        .isEqualTo("RUNNING");
    assertThat(rest.post("/api/flows/" + id + "/cancel", "{\"reason\": \"a test\"}").status())
        .isEqualTo(200);
    JsonNode cancelled = awaitEnd("/api/v1/executions/" + id);
    assertThat(cancelled.get("status").stringValue()).isEqualTo("CANCELLED");
    assertThat(cancelled.get("error").stringValue()).contains("a test");
  }

  @Test
  void aWorkflowComesOverKafkaAsWell() {
    worker.send(
        Topics.REGISTRATION,
        LEAD.replace("Submit Lead (v1)", "From Kafka").replace("step.1", "fwKafka"));
    await().atMost(PATIENCE).until(() -> rest.get("/api/v1/workflows/from-kafka").status() == 200);
  }

  /** As {@code doundo register} sends it. */
  @Test
  void aWorkflowIsRegisteredLikeAnyOrchestration() {
    String workflow = LEAD.replace("Submit Lead (v1)", "From Register").replace("step.1", "fwReg");
    Reply registered = rest.post("/api/orchestrations", workflow);
    assertThat(registered.status()).as(registered.http().body()).isEqualTo(200);
    assertThat(registered.json().at("/registrations/0/status").asString("")).isEqualTo("SUCCESS");
    assertThat(rest.get("/api/v1/workflows/from-register").json().get("steps"))
        .isEqualTo(json(workflow).get("steps"));

    Reply wrong = rest.post("/api/orchestrations", workflow.replaceFirst("FUNCTION_CALL", "CALL"));
    assertThat(wrong.status()).isEqualTo(400);
    assertThat(wrong.http().body()).contains("steps[0].type");
  }

  @Test
  void stepsThatComeWithTheRequestRunSideBySideOrAfterEachOther() {
    String request =
        """
        {"requestId": "adhoc-1", "context": {"leadId": "l"},
         "options": {"timeout": 300000, "maxConcurrentSteps": 2},
         "steps": [
           {"id": "fwA", "name": "A", "type": "FUNCTION_CALL", "config": {"functionName": "a"}},
           {"id": "fwB", "name": "B", "type": "FUNCTION_CALL", "config": {"functionName": "b"}}]}
        """;
    Reply accepted = rest.post("/api/orchestration/execute", request);
    assertThat(accepted.status()).as(accepted.http().body()).isEqualTo(202);
    assertThat(accepted.json().get("requestId").stringValue()).isEqualTo("adhoc-1");
    JsonNode done = awaitEnd("/api/orchestration/active/adhoc-1");
    assertThat(done.get("status").stringValue()).isEqualTo("COMPLETED");
    assertThat(done.get("steps"))
        .extracting(step -> step.get("stepId").stringValue())
        .containsExactlyInAnyOrder("fwA", "fwB");
    assertThat(done.get("duration").longValue()).isNotNegative();
    assertThat(rest.post("/api/orchestration/execute", request).status())
        .as("repeated, it starts nothing")
        .isEqualTo(202);
    assertThat(
            rest.post(
                    "/api/orchestration/execute",
                    request.replace("\"leadId\": \"l\"", "\"leadId\": \"m\""))
                .status())
        .isEqualTo(409);
    Reply graph =
        rest.post(
            "/api/orchestration/execute",
            request
                .replace("adhoc-1", "adhoc-2")
                .replace("\"name\": \"B\"", "\"dependsOn\": [\"fwA\"], \"name\": \"B\""));
    assertThat(graph.status()).as(graph.http().body()).isEqualTo(202);
    JsonNode inOrder = awaitEnd("/api/orchestration/active/adhoc-2");
    assertThat(Instant.parse(inOrder.at("/steps/1/startedAt").stringValue()))
        .isAfterOrEqualTo(Instant.parse(inOrder.at("/steps/0/completedAt").stringValue()));
    assertThat(rest.get("/api/v1/workflows").json().toString()).doesNotContain("adhoc-");
    assertThat(rest.get("/api/orchestration/active").json().isArray()).isTrue();
    assertThat(rest.post("/api/orchestration/execute", "{}").status()).isEqualTo(400);
  }

  @Test
  void aTemplateMakesWorkflows() {
    String template =
        """
        {"name": "Lead Template", "category": "templates-test", "isPublic": true,
         "parameters": [
           {"name": "function", "type": "string", "required": true},
           {"name": "attempts", "type": "integer", "required": false, "defaultValue": 2}],
         "definition": {"name": "Lead", "metadata": {"owner": "sales"}, "steps": [
           {"id": "fwCall", "name": "Call", "type": "FUNCTION_CALL",
            "config": {"functionName": "{{ param.function }}", "parameters": {"id": "{{leadId}}"}},
            "retryPolicy": {"maxAttempts": "{{ param.attempts }}", "strategy": "FIXED",
                            "initialDelay": 10, "maxDelay": 10, "backoffMultiplier": 1}}]}}
        """;
    Reply made = rest.post("/api/templates", template);
    assertThat(made.status()).as(made.http().body()).isEqualTo(201);
    assertThat(made.json().get("id").stringValue()).isEqualTo("lead-template");
    assertThat(made.json().get("version").intValue()).isEqualTo(1);
    assertThat(rest.post("/api/templates", template).status()).isEqualTo(409);
    assertThat(rest.get("/api/templates/lead-template").json()).isEqualTo(made.json());
    JsonNode list = rest.get("/api/templates?category=templates-test&sortBy=name").json();
    assertThat(list.get("data")).containsExactly(made.json());
    assertThat(list.at("/pagination/total").intValue()).isEqualTo(1);

    String path = "/api/templates/lead-template/instantiate";
    Reply workflow =
        rest.post(
            path,
            "{\"templateId\": \"lead-template\", \"name\": \"Lead From Template\","
                + " \"parameterValues\": {\"function\": \"call\"}, \"metadata\": {\"for\": \"acme\"}}");
    assertThat(workflow.status()).as(workflow.http().body()).isEqualTo(201);
    assertThat(workflow.json().get("id").stringValue()).isEqualTo("lead-from-template");
    assertThat(workflow.json().get("metadata").toString())
        .isEqualTo("{\"owner\":\"sales\",\"for\":\"acme\"}");
    assertThat(workflow.json().at("/steps/0/retryPolicy/maxAttempts").intValue()).isEqualTo(2);
    String id =
        rest.post(
                "/api/v1/workflows/lead-from-template/execute",
                "{\"input\": {\"leadId\": \"l-1\"}}")
            .json()
            .get("id")
            .stringValue();
    assertThat(awaitEnd("/api/v1/executions/" + id).get("status").stringValue())
        .isEqualTo("COMPLETED");
    assertThat(worker.received(id, "DO", "fwCall")).hasToString("{\"id\":\"l-1\"}");

    assertThat(
            rest.post(
                    path,
                    "{\"name\": \"Lead From Template\", \"parameterValues\": {\"function\": \"f\"}}")
                .status())
        .isEqualTo(409);
    Reply missing = rest.post(path, "{\"name\": \"Another\"}");
    assertThat(missing.status()).isEqualTo(400);
    assertThat(missing.json().at("/problems/0/path").stringValue())
        .isEqualTo("parameterValues.function");
    assertThat(rest.post(path, "{\"values\": {}}").status()).isEqualTo(400);

    Reply changed =
        rest.put("/api/templates/lead-template", template.replace("templates-test", "other"));
    assertThat(changed.json().get("version").intValue()).isEqualTo(2);
    assertThat(changed.json().get("createdAt")).isEqualTo(made.json().get("createdAt"));
    assertThat(rest.delete("/api/templates/lead-template").status()).isEqualTo(204);
    assertThat(rest.get("/api/templates/lead-template").status()).isEqualTo(404);
    assertThat(rest.post(path, "{}").status()).isEqualTo(404);
    assertThat(rest.get("/api/v1/workflows/lead-from-template").status())
        .as("what was made of it stays")
        .isEqualTo(200);
  }

  @Test
  void aTemplateMakesOrchestrationsOfOurFormToo() {
    Reply made =
        rest.post(
            "/api/templates",
            """
            id: pauseTemplate
            name: A pause
            parameters: [ { name: pause, type: string, defaultValue: 10ms } ]
            definition:
              steps: [ { name: pause, wait: "{{ param.pause }}" } ]
            """,
            "Content-Type",
            YAML);
    assertThat(made.status()).as(made.http().body()).isEqualTo(201);
    Reply ours =
        rest.post("/api/templates/pauseTemplate/instantiate", "{\"name\": \"shortPause\"}");
    assertThat(ours.status()).as(ours.http().body()).isEqualTo(201);
    assertThat(ours.json().get("orchestrationName").stringValue()).isEqualTo("shortPause");
    assertThat(execute("shortPause").get("status").stringValue()).isEqualTo("COMPLETED");
    assertThat(
            rest.post("/api/templates/pauseTemplate/instantiate", "{\"name\": \"shortPause\"}")
                .status())
        .isEqualTo(409);
    Reply wrong =
        rest.post("/api/templates", "{\"name\": \"x\", \"definition\": {\"steps\": [{}]}}");
    assertThat(wrong.status()).isEqualTo(400);
    assertThat(wrong.json().at("/problems/0/path").stringValue()).startsWith("definition.");
  }

  @Test
  void healthIsShownUnderTheFrameworksPaths() {
    for (String path : List.of("/health", "/api/v1/orchestration/health")) {
      Reply health = rest.get(path);
      assertThat(health.status()).as(path).isEqualTo(200);
      assertThat(health.json().get("status").stringValue()).isEqualTo("healthy");
    }
    assertThat(rest.get("/ready").json().get("status").stringValue()).isEqualTo("ready");
  }
}
