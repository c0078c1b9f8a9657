package io.doundo.plans.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.plans.fhir.PublishedPlan;
import io.doundo.plans.fhir.PublishedPlans;
import io.doundo.plans.http.JsonHttp;
import io.doundo.plans.http.JsonResponse;
import io.doundo.plans.http.UnreachableException;
import io.doundo.plans.json.PlanJson;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What people and other writers do, over HTTP. */
public final class PlanClient {

  /** Longer than the timeout of a step and the longest delay of its retry together. */
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final JsonHttp facade;
  private final JsonHttp orchestrator;
  private final PublishedPlans plans;

  public PlanClient(PlanStack stack) {
    this(stack.facadeUrl(), stack.key(), stack.orchestratorUrl(), stack.fhirUrl());
  }

  PlanClient(URI facade, String key, URI orchestrator, URI fhir) {
    this.facade = new JsonHttp("façade", facade, LIMIT, json("X-API-Key", key));
    this.orchestrator =
        new JsonHttp("orchestrator", orchestrator, LIMIT, json("Accept", "application/json"));
    this.plans = new PublishedPlans(fhir);
  }

  private static Map<String, String> json(String name, String value) {
    return Map.of("Content-Type", "application/json", name, value);
  }

  /** A plan with two fields that change apart from each other. */
  public static ObjectNode plan(String name, int copay) {
    ObjectNode plan = PlanJson.object();
    plan.put("status", "active").put("name", name);
    ObjectNode coverage = plan.putArray("coverage").addObject().put("id", "medical");
    coverage.putObject("type").put("text", "medical");
    ObjectNode benefit = coverage.putArray("benefit").addObject().put("id", "visit");
    benefit.putObject("type").put("text", "visit");
    benefit.put("requirement", "copay " + copay);
    return plan;
  }

  /** The answer of the façade, whatever it is. */
  public JsonResponse call(String method, String path, @Nullable JsonNode body) {
    return facade.send(method, path, body, Map.of());
  }

  /** The data of a successful answer. */
  public JsonNode data(String method, String path, @Nullable JsonNode body) {
    JsonResponse answer = call(method, path, body);
    assertThat(answer.isOk()).as("%s %s: %s", method, path, answer.body()).isTrue();
    return answer.body().path("data");
  }

  public JsonNode save(String draftId, String planId, ObjectNode plan, String... approvers) {
    ObjectNode body = PlanJson.object();
    body.put("userId", "eve").put("planId", planId).put("name", "Plan " + planId);
    body.set("data", plan);
    body.set("approvers", PlanJson.MAPPER.valueToTree(List.of(approvers)));
    return data("PUT", "/api/drafts/" + draftId, body);
  }

  /** Submits a draft; returns its flow. */
  public String submit(String draftId, String userId) {
    return data("POST", "/api/plans/" + draftId + "/submit", user(userId))
        .path("processInstanceId")
        .asString();
  }

  public static ObjectNode user(String userId) {
    return PlanJson.object().put("userId", userId);
  }

  /** Waits for a task of a draft. */
  public JsonNode task(String userId, String draftId, String kind, int round) {
    return await("task " + kind + " of " + draftId + " for " + userId + " in round " + round)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> find(userId, draftId, kind, round), Optional::isPresent)
        .orElseThrow();
  }

  private Optional<JsonNode> find(String userId, String draftId, String kind, int round) {
    return answered(() -> call("GET", "/api/tasks?userId=" + userId, null))
        .flatMap(
            answer ->
                answer
                    .body()
                    .path("data")
                    .valueStream()
                    .filter(task -> task.path("draftId").asString("").equals(draftId))
                    .filter(task -> task.path("kind").asString("").equals(kind))
                    .filter(task -> task.path("round").asInt(0) == round)
                    .findFirst());
  }

  /** Approves or rejects. */
  public JsonResponse decide(String taskId, String userId, boolean approved) {
    ObjectNode body = user(userId).put("approved", approved).put("comments", "seen by " + userId);
    return call("POST", "/api/tasks/" + taskId + "/complete", body);
  }

  /** Approves, again while no answer comes. */
  public void approve(JsonNode task, String userId) {
    String taskId = task.path("taskId").asString();
    JsonResponse answer =
        await("the answer to " + taskId)
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(200))
            .until(() -> answered(() -> decide(taskId, userId, true)), Optional::isPresent)
            .orElseThrow();
    assertThat(answer.isOk()).as("approved: %s", answer.body()).isTrue();
  }

  /** Completes a task at the orchestrator, past the façade. */
  public JsonResponse completeDirectly(JsonNode task, String userId, ObjectNode answer) {
    String taskId = task.path("taskId").asString();
    int dot = taskId.lastIndexOf('.');
    ObjectNode body = PlanJson.object();
    body.put("flowId", taskId.substring(0, dot)).put("step", taskId.substring(dot + 1));
    body.put("onBehalfOf", userId).set("payload", answer);
    return orchestrator.send("POST", "/api/tasks/complete", body, Map.of());
  }

  /** Waits until the status of a plan or draft is as wanted. */
  public JsonNode status(String id, String what, Predicate<JsonNode> wanted) {
    AtomicReference<@Nullable JsonNode> last = new AtomicReference<>();
    await(what + " of " + id)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .conditionEvaluationListener(
            condition -> {
              if (condition.getRemainingTimeInMS() < 200) {
                System.err.println("last status of " + id + ": " + last.get());
              }
            })
        .until(
            () -> {
              Optional<JsonNode> status =
                  answered(() -> call("GET", "/api/plans/" + id + "/status", null))
                      .map(answer -> answer.body().path("data"));
              status.ifPresent(last::set);
              return status.filter(wanted).isPresent();
            });
    return Objects.requireNonNull(last.get());
  }

  /** Waits until a draft has this status. */
  public JsonNode draftIs(String draftId, String status) {
    return status(
        draftId,
        "draft status " + status,
        found -> found.path("draftStatus").asString("").equals(status));
  }

  public JsonNode draft(String draftId) {
    return data("GET", "/api/drafts/" + draftId, null);
  }

  /** The answer, unless a process is away at the moment. */
  private static Optional<JsonResponse> answered(Supplier<JsonResponse> call) {
    try {
      return Optional.of(call.get());
    } catch (UnreachableException e) {
      return Optional.empty();
    }
  }

  /** Undoes a published plan, as an operator. */
  public void undo(String flowId) {
    JsonResponse answer =
        orchestrator.send("POST", "/api/flows/" + flowId + "/undo", PlanJson.object(), Map.of());
    assertThat(answer.isOk()).as("undo: %s", answer.body()).isTrue();
  }

  /** Cancels an approval, as an operator. */
  public void cancel(String flowId) {
    JsonResponse answer =
        orchestrator.send("POST", "/api/flows/" + flowId + "/cancel", PlanJson.object(), Map.of());
    assertThat(answer.isOk()).as("cancel: %s", answer.body()).isTrue();
  }

  public JsonNode flow(String flowId) {
    return orchestrator.send("GET", "/api/flows/" + flowId, null, Map.of()).body();
  }

  /** Waits until a flow has this status. */
  public JsonNode flowIs(String flowId, String status) {
    await(flowId + " is " + status)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> flow(flowId).path("status").asString(""), status::equals);
    return flow(flowId);
  }

  /** Somebody else publishes a plan, without the approval. */
  public String publish(String planId, ObjectNode plan) {
    String expected = plans.newest(planId).map(PublishedPlan::version).orElse(null);
    return plans.write(planId, plan, expected, "urn:somebody-else").orElseThrow();
  }

  /** Somebody else deletes a plan. */
  public void delete(String planId) {
    assertThat(plans.delete(planId, plans.find(planId).orElseThrow().version())).isTrue();
  }

  public Optional<PublishedPlan> published(String planId) {
    return plans.find(planId);
  }

  /** Newest first. */
  public List<PublishedPlan> history(String planId) {
    return plans.history(planId);
  }
}
