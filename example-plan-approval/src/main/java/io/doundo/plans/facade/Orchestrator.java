package io.doundo.plans.facade;

import io.doundo.plans.http.JsonHttp;
import io.doundo.plans.http.JsonResponse;
import io.doundo.plans.http.UnreachableException;
import io.doundo.plans.json.PlanJson;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The orchestrator, over REST. Every method throws {@link UnreachableException} when it does not
 * answer. Thread-safe.
 */
final class Orchestrator {

  /** The orchestration of an approval. */
  static final String PLAN_APPROVAL = "planApproval";

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;

  private final JsonHttp http;

  Orchestrator(URI base, @Nullable String apiKey) {
    Map<String, String> headers = new HashMap<>();
    headers.put("Content-Type", "application/json");
    if (apiKey != null) {
      headers.put("X-API-Key", apiKey);
    }
    this.http = new JsonHttp("The orchestrator", base, LIMIT, headers);
  }

  /**
   * Starts an approval; the same start twice is one.
   *
   * @return false when the flowId has been used with another payload
   */
  boolean start(String flowId, JsonNode payload) {
    ObjectNode start = PlanJson.object();
    start.put("orchestrationName", PLAN_APPROVAL).put("flowId", flowId).set("payload", payload);
    JsonResponse answer = http.send("POST", "/api/orchestrations/execute", start, Map.of());
    if (answer.status() == CONFLICT) {
      return false;
    }
    required(answer);
    return true;
  }

  /** A flow as the orchestrator shows it; nothing when it knows none. */
  Optional<ApprovalFlow> flow(String flowId) {
    JsonResponse answer = http.send("GET", "/api/flows/" + encoded(flowId), null, Map.of());
    return answer.status() == NOT_FOUND
        ? Optional.empty()
        : Optional.of(new ApprovalFlow(required(answer)));
  }

  /**
   * The open tasks of approvals.
   *
   * @param role {@code assignee} or {@code candidate}
   * @param each receives each task's flowId and step
   */
  void tasks(String role, String userId, Consumer<TaskId> each) {
    String cursor = "";
    do {
      ObjectNode page =
          required(
              http.send(
                  "GET",
                  "/api/tasks?limit=100&orchestration=%s&%s=%s%s"
                      .formatted(PLAN_APPROVAL, role, encoded(userId), cursor),
                  null,
                  Map.of()));
      for (JsonNode task : page.path("tasks")) {
        each.accept(
            new TaskId(task.required("flowId").asString(), task.required("step").asString()));
      }
      String next = page.path("nextCursor").asString("");
      cursor = next.isEmpty() ? "" : "&cursor=" + encoded(next);
    } while (!cursor.isEmpty());
  }

  /**
   * Completes a task on behalf of a user. The same answer by the same user twice is one.
   *
   * @throws Problem when it is not open any more, or its step does not accept the answer
   */
  void complete(TaskId task, String userId, ObjectNode answer) {
    String repeated = task + "/" + userId + "/" + answer;
    ObjectNode body = PlanJson.object();
    body.put("flowId", task.flowId()).put("step", task.step()).put("onBehalfOf", userId);
    body.put(
        "controlId", UUID.nameUUIDFromBytes(repeated.getBytes(StandardCharsets.UTF_8)).toString());
    body.set("payload", answer);
    JsonResponse response = http.send("POST", "/api/tasks/complete", body, Map.of());
    if (response.status() == CONFLICT || response.status() == NOT_FOUND) {
      throw new Problem(Problem.Kind.TASK_CLOSED, response.reason());
    }
    required(response);
  }

  void probe() {
    required(http.probe("/actuator/health/readiness"));
  }

  private static ObjectNode required(JsonResponse answer) {
    if (!answer.isOk()) {
      throw new Problem(
          Problem.Kind.BAD_REQUEST, "the orchestrator refused the request: " + answer.reason());
    }
    return answer.body();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
