package io.doundo.plans;

import static io.doundo.plans.testing.PlanClient.plan;
import static io.doundo.plans.testing.PlanClient.user;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.plans.fhir.PublishedPlan;
import io.doundo.plans.http.JsonHttp;
import io.doundo.plans.http.JsonResponse;
import io.doundo.plans.http.UnreachableException;
import io.doundo.plans.json.PlanJson;
import io.doundo.plans.testing.PlanJourneys;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What is refused, to whom, and in which words. */
class PlanRefusalsIT extends PlanJourneys {

  @Test
  void ofTwoApproversAtOnceOneDecides() throws Exception {
    String planId = published("two");
    client.save(planId, planId, plan("Gold plus", 10), "ann", "bob");
    client.submit(planId, "eve");
    String taskId = client.task("ann", planId, "approval", 1).path("taskId").asString();
    List<Integer> answers =
        atOnce(
            () -> client.decide(taskId, "ann", true).status(),
            () -> client.decide(taskId, "bob", true).status());
    assertThat(answers).containsExactlyInAnyOrder(200, 409);
    client.draftIs(planId, "approved");
    assertThat(client.history(planId)).as("published once").hasSize(2);
  }

  @Test
  void aDoubleSubmitIsOneApproval() throws Exception {
    String planId = id("double");
    client.save(planId, planId, plan("Gold", 10), "ann");
    String path = "/api/plans/" + planId + "/submit";
    List<Integer> answers =
        atOnce(
            () -> client.call("POST", path, user("eve")).status(),
            () -> client.call("POST", path, user("eve")).status());
    assertThat(answers).containsExactly(202, 202);
    client.draftIs(planId, "in_approval");
    client.task("ann", planId, "approval", 1);
    String first = client.submit(planId, "eve");
    assertThat(client.submit(planId, "eve")).isEqualTo(first);
    JsonResponse other = client.call("POST", path, user("zoe"));
    assertThat(other.status()).isEqualTo(409);
    assertThat(other.body().path("error").asString()).isEqualTo("already_submitted");
    assertThat(client.data("GET", "/api/tasks?userId=ann", null).valueStream())
        .filteredOn(task -> task.path("draftId").asString().equals(planId))
        .hasSize(1);
    ObjectNode change = user("eve").set("data", plan("Gold", 99));
    assertThat(client.call("PUT", "/api/drafts/" + planId, change).body().path("error").asString())
        .isEqualTo("not_editable");
  }

  @Test
  void ofTwoWhoSubmitAtOnceOneIsTheSubmitter() throws Exception {
    for (String zoesWay : List.of("/api/plans/%s/submit", "/api/drafts/%s/resubmit")) {
      for (int i = 0; i < 3; i++) {
        String planId = id("rivals");
        client.save(planId, planId, plan("Gold", 10), "ann");
        List<JsonResponse> answers =
            atOnce(
                () -> client.call("POST", "/api/plans/" + planId + "/submit", user("eve")),
                () -> client.call("POST", zoesWay.formatted(planId), user("zoe")));
        assertThat(answers).extracting(JsonResponse::status).containsExactlyInAnyOrder(202, 409);
        String first = answers.get(0).isOk() ? "eve" : "zoe";
        JsonResponse refusal = answers.get(answers.get(0).isOk() ? 1 : 0);
        assertThat(refusal.body().path("error").asString()).isEqualTo("already_submitted");
        assertThat(refusal.body().path("message").asString()).endsWith("submitted by " + first);
        assertThat(client.task("ann", planId, "approval", 1).path("submittedBy").asString())
            .isEqualTo(first);
        assertThat(client.submit(planId, first)).as("the first one may repeat it").isNotEmpty();
      }
    }
  }

  @Test
  void theSubmitterDoesNotApprove() {
    String planId = id("self");
    client.save(planId, planId, plan("Gold", 10), "ann", "eve");
    client.submit(planId, "eve");
    JsonNode task = client.task("ann", planId, "approval", 1);
    JsonResponse own = client.decide(task.path("taskId").asString(), "eve", true);
    assertThat(own.status()).isEqualTo(403);
    assertThat(own.body().path("error").asString()).isEqualTo("submitter_may_not_approve");
    assertThat(client.completeDirectly(task, "eve", APPROVED).isOk())
        .as("nor past the façade")
        .isFalse();
    assertThat(client.completeDirectly(task, "zoe", APPROVED).isOk())
        .as("nor does a stranger, past the façade")
        .isFalse();
    JsonResponse stranger = client.decide(task.path("taskId").asString(), "zoe", true);
    assertThat(stranger.body().path("error").asString()).isEqualTo("not_your_task");
    assertThat(client.published(planId)).isEmpty();

    String alone = id("alone");
    client.save(alone, alone, plan("Gold", 10), "eve");
    assertThat(
            client
                .call("POST", "/api/plans/" + alone + "/submit", user("eve"))
                .body()
                .path("error")
                .asString())
        .isEqualTo("invalid_plan");
  }

  @Test
  void aDraftMayNotBeTooLarge() {
    String planId = id("large");
    ObjectNode large = plan("Gold", 10);
    large.putObject("text").put("status", "additional").put("div", "x".repeat(150_000));
    ObjectNode body = user("eve").put("planId", planId);
    body.set("data", large);
    body.putArray("approvers").add("ann");
    JsonResponse refused = client.call("PUT", "/api/drafts/" + planId, body);
    assertThat(refused.status()).isEqualTo(413);
    assertThat(refused.body().path("error").asString()).isEqualTo("too_large");
    assertThat(refused.body().path("message").asString())
        .contains("may have at most 131072")
        .contains(planId);
    assertThat(client.call("GET", "/api/drafts/" + planId, null).status()).isEqualTo(404);

    // Of a body that is much too large not even all is read.
    for (int size : List.of(300_000, 5_000_000)) {
      JsonResponse huge =
          client.call(
              "POST",
              "/api/plans/" + planId + "/submit",
              user("eve").put("draftId", "x".repeat(size)));
      assertThat(huge.status()).isEqualTo(413);
      assertThat(huge.body().path("message").asString()).contains("at most 262144 bytes");
    }

    // The largest one goes all the way, with an older version of it that is published.
    ObjectNode fitting = plan("Gold", 10);
    String div = "<div xmlns=\"http://www.w3.org/1999/xhtml\">%s</div>";
    fitting
        .putObject("text")
        .put("status", "additional")
        .put("div", div.formatted("y".repeat(130_000)));
    client.publish(planId, fitting);
    fitting.withObject("text").put("div", div.formatted("x".repeat(130_000)));
    client.save(planId, planId, fitting, "ann");
    client.submit(planId, "eve");
    client.approve(client.task("ann", planId, "approval", 1), "ann");
    client.draftIs(planId, "approved");
    assertThat(content(planId).path("text").path("div").asString()).contains("xxx");
  }

  @Test
  void aMergedPlanThatIsNotValidIsApprovedByNobody() {
    // An extension has either a value or extensions of its own, and each side adds one of them.
    String planId = id("invalid");
    ObjectNode extended = plan("Gold", 10);
    extended.putArray("extension").addObject().put("id", "e").put("url", "urn:e");
    client.publish(planId, extended.deepCopy());
    ObjectNode mine = extended.deepCopy();
    ((ObjectNode) mine.path("extension").path(0)).put("valueString", "x");
    ObjectNode theirs = extended.deepCopy();
    ((ObjectNode) theirs.path("extension").path(0))
        .putArray("extension")
        .addObject()
        .put("url", "urn:inner")
        .put("valueString", "y");
    client.save(planId, planId, mine, "ann");
    String flow = client.submit(planId, "eve");
    JsonNode task = client.task("ann", planId, "approval", 1);
    client.publish(planId, theirs);
    assertThat(client.decide(task.path("taskId").asString(), "ann", true).status()).isEqualTo(409);

    client.flowIs(flow + "-2", "UNDONE");
    JsonNode status = client.draftIs(planId, "draft");
    assertThat(status.path("workflowActive").asBoolean(true)).isFalse();
    assertThat(status.path("problem").asString()).contains("the FHIR store refused the plan");
    assertThat(client.history(planId)).hasSize(2);
    JsonResponse again = client.call("POST", "/api/drafts/" + planId + "/resubmit", user("eve"));
    assertThat(again.status()).as("nor does a merge that is asked for").isEqualTo(422);
    assertThat(client.draft(planId).path("data").path("extension").path(0).has("valueString"))
        .as("the draft is as its author left it")
        .isTrue();
    assertThat(client.draft(planId).path("data").path("extension").path(0).has("extension"))
        .isFalse();
  }

  @Test
  void aResolutionThatIsNotValidIsRefusedToItsAuthor() {
    String planId = published("bad-resolution");
    client.save(planId, planId, plan("Gold plus", 10), "ann");
    client.submit(planId, "eve");
    JsonNode task = client.task("ann", planId, "approval", 1);
    client.publish(planId, plan("Gold minus", 10));
    assertThat(client.decide(task.path("taskId").asString(), "ann", true).status()).isEqualTo(409);
    JsonNode resolve = client.task("eve", planId, "resolve", 2);
    String complete = "/api/tasks/" + resolve.path("taskId").asString() + "/complete";
    ObjectNode decided = user("eve");
    decided.putArray("resolutions").addObject().put("path", "name").putObject("value").put("a", 1);
    JsonResponse refused = client.call("POST", complete, decided);
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.body().path("message").asString())
        .contains("the FHIR store refused the plan");
    assertThat(client.task("eve", planId, "resolve", 2)).as("it stays open").isNotNull();
  }

  @Test
  void plansAreFoundByTheirIdentifiersAndBadPlansAreRefused() {
    String planId = id("identified");
    ObjectNode plan = plan("Gold", 10);
    plan.putArray("identifier").addObject().put("system", "urn:plans").put("value", planId);
    client.publish(planId, plan);
    JsonNode found = client.data("GET", "/api/plans?identifier=urn:plans%7C" + planId, null);
    assertThat(found).hasSize(1);
    assertThat(found.path(0).path("planId").asString()).isEqualTo(planId);

    String bad = id("bad");
    client.save(bad, bad, PlanJson.object().put("colour", "red"), "ann");
    JsonResponse refused = client.call("POST", "/api/plans/" + bad + "/submit", user("eve"));
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.body().path("message").asString()).contains("colour");
    assertThat(client.call("GET", "/api/plans/x%3Fidentifier=y", null).status()).isEqualTo(400);
    assertThat(client.decide("no-flow.approval", "ann", true).body().path("error").asString())
        .isEqualTo("task_not_found");
    assertThat(client.call("GET", "/api/drafts/none", null).body().path("error").asString())
        .isEqualTo("draft_not_found");
    assertThat(
            client
                .call("PUT", "/api/drafts/x", user("eve").put("colour", "red"))
                .body()
                .path("message")
                .asString())
        .contains("colour");
    assertThat(client.history(planId).stream().map(PublishedPlan::version)).containsExactly("1");
  }

  @Test
  void theHealthNamesWhatIsAwayAndKeysAreAskedFor() {
    JsonHttp anybody = new JsonHttp("façade", stack.facadeUrl(), Duration.ofSeconds(10), Map.of());
    JsonResponse health =
        await()
            .atMost(Duration.ofSeconds(60))
            .until(
                () -> {
                  try {
                    return anybody.send("GET", "/api/health", null, Map.of());
                  } catch (UnreachableException e) {
                    return new JsonResponse(503, PlanJson.object(), Map.of());
                  }
                },
                JsonResponse::isOk);
    assertThat(health.body().path("dependencies").valueStream())
        .allSatisfy(probed -> assertThat(probed.path("latencyMs").isNumber()).isTrue());
    assertThat(health.body().path("note").asString()).startsWith("No database");
    assertThat(health.body().path("dependencies").propertyNames())
        .containsExactly("drafts", "fhirStore", "orchestrator");
    assertThat(anybody.send("GET", "/api/plans", null, Map.of()).status()).isEqualTo(401);
    assertThat(anybody.send("GET", "/actuator/metrics", null, Map.of()).status()).isEqualTo(401);
    JsonHttp ann =
        new JsonHttp(
            "façade",
            stack.facadeUrl(),
            Duration.ofSeconds(10),
            Map.of("X-API-Key", stack.annsKey(), "Content-Type", "application/json"));
    assertThat(ann.send("GET", "/api/tasks?userId=ann", null, Map.of()).status()).isEqualTo(200);
    assertThat(ann.send("GET", "/api/tasks?userId=bob", null, Map.of()).status()).isEqualTo(403);
    JsonResponse meters = client.call("GET", "/actuator/metrics/plan.dependency", null);
    assertThat(meters.body().path("availableTags").toString())
        .contains("dependency", "operation", "outcome");
  }
}
