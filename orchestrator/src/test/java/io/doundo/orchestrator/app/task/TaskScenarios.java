package io.doundo.orchestrator.app.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.Rest;
import io.doundo.orchestrator.app.Rest.Reply;
import io.doundo.orchestrator.testing.AnsweringWorker;
import io.doundo.orchestrator.testing.TestBroker;
import io.doundo.protocol.json.Json;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** The base of the scenarios with tasks: a running application, and short methods for requests. */
abstract class TaskScenarios {

  static final Duration PATIENCE = Duration.ofSeconds(60);

  /** A request with any manager; the buyer is not among the deciders. */
  static final String PURCHASE =
      "{\"item\": \"laptop\", \"amount\": 1200, \"buyer\": \"eve\", \"manager\": \"%s\"}";

  final TestBroker broker;
  final AnsweringWorker worker;
  final Rest rest;
  private final RunningTasks running;

  TaskScenarios(RunningTasks running) {
    this.running = running;
    broker = running.broker();
    worker = running.worker();
    rest = running.rest();
  }

  final void register(String document) {
    running.register(document);
  }

  Reply get(String caller, String path) {
    return rest.get(path, "X-API-Key", "key of " + caller);
  }

  Reply post(String caller, String path, String body) {
    return rest.post(path, body, "X-API-Key", "key of " + caller);
  }

  Reply complete(String caller, String flow, String step, String payload) {
    return post(caller, "/api/tasks/complete", body(flow, step, "\"payload\": " + payload));
  }

  static String body(String flow, String step, String more) {
    return "{\"flowId\": \"%s\", \"step\": \"%s\", %s}".formatted(flow, step, more);
  }

  /** Starts a flow and waits until the step is open. */
  void begin(String orchestration, String flow, String payload, String step) {
    Reply reply =
        post(
            "admin",
            "/api/orchestrations/execute",
            "{\"orchestrationName\": \"%s\", \"flowId\": \"%s\", \"payload\": %s}"
                .formatted(orchestration, flow, payload));
    assertThat(reply.status()).as(reply.http().body()).isLessThan(300);
    await().atMost(PATIENCE).until(() -> status(flow, step).equals("WAITING"));
  }

  JsonNode flow(String flow) {
    return get("admin", "/api/flows/" + flow).json();
  }

  JsonNode step(String flow, String name) {
    for (JsonNode step : flow(flow).path("steps")) {
      if (step.path("name").asString("").equals(name)) {
        return step;
      }
    }
    return Json.MAPPER.missingNode();
  }

  String status(String flow, String step) {
    return step(flow, step).path("status").asString("");
  }

  void expectEnd(String flow, String status) {
    await().atMost(PATIENCE).until(() -> flow(flow).path("status").asString("").equals(status));
  }

  Set<String> listed(String caller, String query) {
    Set<String> flows = new HashSet<>();
    for (JsonNode task : get(caller, "/api/tasks" + query).json().path("tasks")) {
      flows.add(task.path("flowId").asString("") + ' ' + task.path("step").asString(""));
    }
    return flows;
  }
}
