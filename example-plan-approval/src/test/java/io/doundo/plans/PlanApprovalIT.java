package io.doundo.plans;

import static io.doundo.plans.testing.PlanClient.plan;
import static io.doundo.plans.testing.PlanClient.user;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.plans.http.JsonHttp;
import io.doundo.plans.http.JsonResponse;
import io.doundo.plans.testing.PlanJourneys;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The journeys of the plan approval, each with what the stores hold in the end. */
class PlanApprovalIT extends PlanJourneys {

  @Test
  void aPlanIsSubmittedApprovedAndPublished() {
    String planId = id("publish");
    client.save(planId, planId, plan("Gold", 10), "ann", "bob");
    String flow = client.submit(planId, "eve");
    JsonNode task = client.task("ann", planId, "approval", 1);
    assertThat(task.path("submittedBy").asString()).isEqualTo("eve");
    assertThat(task.path("changes").valueStream().map(change -> change.path("path").asString()))
        .containsExactlyInAnyOrder("status", "name", "coverage");
    assertThat(client.published(planId)).as("nothing is published before").isEmpty();
    assertThat(client.draft(planId).path("status").asString()).isEqualTo("in_approval");

    assertThat(client.decide(task.path("taskId").asString(), "ann", true).isOk()).isTrue();
    JsonNode status = client.draftIs(planId, "approved");
    assertThat(status.path("planStatus").asString()).isEqualTo("active");
    assertThat(status.path("version").asString()).isEqualTo("1");
    client.flowIs(flow, "COMPLETED");
    assertThat(client.flow(flow).path("result").path("decision").asString()).isEqualTo("published");
    assertThat(content(planId)).isEqualTo(plan("Gold", 10));
    assertThat(sources(planId)).containsExactly("urn:doundo:" + flow);
    JsonNode draft = client.draft(planId);
    assertThat(draft.path("decidedBy").asString()).isEqualTo("ann");
    assertThat(draft.path("comments").asString()).isEqualTo("seen by ann");
    assertThat(draft.path("publishedVersion").asString()).isEqualTo("1");
  }

  @Test
  void aRejectedPlanIsNotPublishedAndMayBeSubmittedAgain() {
    String planId = published("reject");
    client.save(planId, planId, plan("Gold plus", 10), "ann");
    String flow = client.submit(planId, "eve");
    JsonNode task = client.task("ann", planId, "approval", 1);
    assertThat(client.decide(task.path("taskId").asString(), "ann", false).isOk()).isTrue();
    client.draftIs(planId, "rejected");
    client.flowIs(flow, "COMPLETED");
    assertThat(client.flow(flow).path("result").path("decision").asString()).isEqualTo("rejected");
    assertThat(client.history(planId)).hasSize(1);

    ObjectNode late = user("eve").put("revision", 1);
    assertThat(client.call("POST", "/api/plans/" + planId + "/submit", late).status())
        .as("a submission that is repeated after the decision is no new one")
        .isEqualTo(409);
    String again = client.submit(planId, "eve");
    assertThat(again).isNotEqualTo(flow);
    client.approve(client.task("ann", planId, "approval", 1), "ann");
    client.draftIs(planId, "approved");
    assertThat(content(planId)).isEqualTo(plan("Gold plus", 10));
  }

  @Test
  void aConcurrentChangeOfOtherFieldsIsMergedAndApprovedAnew() {
    String planId = published("merge");
    client.save(planId, planId, plan("Gold plus", 10), "ann");
    client.submit(planId, "eve");
    JsonNode task = client.task("ann", planId, "approval", 1);
    client.publish(planId, plan("Gold", 20));

    JsonResponse moved = client.decide(task.path("taskId").asString(), "ann", true);
    assertThat(moved.status()).isEqualTo(409);
    assertThat(moved.body().path("error").asString()).isEqualTo("version_conflict");
    assertThat(moved.body().path("data").path("currentVersion").asString()).isEqualTo("2");

    JsonNode second = client.task("ann", planId, "approval", 2);
    assertThat(second.path("autoMerged").asBoolean()).isTrue();
    assertThat(second.path("changes").valueStream().map(change -> change.path("path").asString()))
        .containsExactly("name");
    client.approve(second, "ann");
    client.draftIs(planId, "approved");
    assertThat(content(planId)).isEqualTo(plan("Gold plus", 20));
    assertThat(client.history(planId)).hasSize(3);
  }

  @Test
  void aClashIsResolvedByHand() {
    String planId = published("clash");
    client.save(planId, planId, plan("Gold plus", 15), "ann");
    client.submit(planId, "eve");
    JsonNode task = client.task("ann", planId, "approval", 1);
    client.publish(planId, plan("Gold", 20));
    assertThat(client.decide(task.path("taskId").asString(), "ann", true).status()).isEqualTo(409);

    JsonNode resolve = client.task("eve", planId, "resolve", 2);
    assertThat(client.draft(planId).path("status").asString()).isEqualTo("conflict");
    String path = "coverage[medical].benefit[visit].requirement";
    assertThat(resolve.path("conflicts")).hasSize(1);
    JsonNode conflict = resolve.path("conflicts").path(0);
    assertThat(conflict.path("path").asString()).isEqualTo(path);
    assertThat(conflict.path("base").asString()).isEqualTo("copay 10");
    assertThat(conflict.path("draft").asString()).isEqualTo("copay 15");
    assertThat(conflict.path("current").asString()).isEqualTo("copay 20");
    String complete = "/api/tasks/" + resolve.path("taskId").asString() + "/complete";
    assertThat(client.call("POST", complete, user("eve")).body().path("error").asString())
        .isEqualTo("manual_merge_required");
    ObjectNode wrong = user("eve");
    wrong.putArray("resolutions").addObject().put("path", "name").put("choose", "draft");
    assertThat(client.call("POST", complete, wrong).status()).isEqualTo(400);
    ObjectNode decided = user("eve");
    decided.putArray("resolutions").addObject().put("path", path).put("value", "copay 18");
    assertThat(client.call("POST", complete, user("bob")).body().path("error").asString())
        .isEqualTo("not_your_task");
    client.data("POST", complete, decided);

    client.approve(client.task("ann", planId, "approval", 3), "ann");
    client.draftIs(planId, "approved");
    assertThat(content(planId)).isEqualTo(plan("Gold plus", 18).deepCopy());
    assertThat(client.history(planId)).hasSize(3);
  }

  @Test
  void aConflictBeforeTheSubmissionIsMergedOrDecidedThere() {
    String planId = published("before");
    client.save(planId, planId, plan("Gold plus", 15), "ann");
    client.publish(planId, plan("Gold", 20));
    JsonNode check = client.data("GET", "/api/drafts/" + planId + "/check-conflict", null);
    assertThat(check.path("hasConflict").asBoolean()).isTrue();
    assertThat(check.path("conflictType").asString()).isEqualTo("version_mismatch");
    assertThat(check.path("canAutoMerge").asBoolean()).isFalse();
    JsonResponse submit = client.call("POST", "/api/plans/" + planId + "/submit", user("eve"));
    assertThat(submit.status()).isEqualTo(409);
    assertThat(submit.body().path("data").path("conflictType").asString())
        .isEqualTo("concurrent_modification");
    String resubmit = "/api/drafts/" + planId + "/resubmit";
    JsonResponse clash = client.call("POST", resubmit, user("eve"));
    assertThat(clash.status()).isEqualTo(409);
    assertThat(clash.body().path("data").path("conflicts")).hasSize(1);
    ObjectNode decided = user("eve");
    decided
        .putArray("resolutions")
        .addObject()
        .put("path", clash.body().path("data").path("conflicts").path(0).path("path").asString())
        .put("choose", "current");
    client.data("POST", resubmit, decided);
    client.approve(client.task("ann", planId, "approval", 1), "ann");
    client.draftIs(planId, "approved");
    assertThat(content(planId)).isEqualTo(plan("Gold plus", 20));
  }

  @Test
  void theLabelsOfAPlanAreKept() {
    String planId = id("labels");
    ObjectNode labelled = plan("Gold", 10);
    labelled
        .putObject("meta")
        .putArray("security")
        .addObject()
        .put("system", "urn:labels")
        .put("code", "R");
    client.publish(planId, labelled);
    ObjectNode change = content(planId).put("name", "Gold plus");
    client.save(planId, planId, change, "ann");
    String flow = client.submit(planId, "eve");
    client.approve(client.task("ann", planId, "approval", 1), "ann");
    client.draftIs(planId, "approved");
    assertThat(content(planId)).isEqualTo(labelled.deepCopy().put("name", "Gold plus"));
    assertThat(sources(planId)).containsExactly("urn:doundo:" + flow, "urn:somebody-else");
    client.undo(flow);
    client.flowIs(flow, "UNDONE");
    assertThat(content(planId)).isEqualTo(labelled);
  }

  @Test
  void whatTheAuthorHasNotSeenIsNotWrittenOver() {
    String planId = published("seen");
    client.publish(planId, plan("Gold", 20));
    ObjectNode body = user("eve").put("planId", planId).put("baseVersion", "1");
    body.set("data", plan("Gold plus", 10));
    body.putArray("approvers").add("ann");
    client.data("PUT", "/api/drafts/" + planId, body);
    assertThat(
            client
                .data("GET", "/api/drafts/" + planId + "/check-conflict", null)
                .path("conflictType")
                .asString())
        .isEqualTo("version_mismatch");
    client.data("POST", "/api/drafts/" + planId + "/resubmit", user("eve"));
    client.approve(client.task("ann", planId, "approval", 1), "ann");
    client.draftIs(planId, "approved");
    assertThat(content(planId)).as("both changes").isEqualTo(plan("Gold plus", 20));

    // Work on the approved draft goes on with what was published of it.
    client.publish(planId, plan("Gold plus", 30));
    client.save(planId, planId, plan("Platinum", 20), "ann");
    assertThat(client.draft(planId).path("baseVersion").asString()).isEqualTo("3");
    client.data("POST", "/api/drafts/" + planId + "/resubmit", user("eve"));
    client.approve(client.task("ann", planId, "approval", 1), "ann");
    client.draftIs(planId, "approved");
    assertThat(content(planId)).isEqualTo(plan("Platinum", 30));
    assertThat(client.call("PUT", "/api/drafts/" + planId, body.put("baseVersion", "77")).status())
        .isEqualTo(400);
  }

  @Test
  void anApprovedPlanIsUndone() {
    String planId = published("undo");
    client.save(planId, planId, plan("Gold plus", 10), "ann");
    String flow = client.submit(planId, "eve");
    client.approve(client.task("ann", planId, "approval", 1), "ann");
    client.draftIs(planId, "approved");
    client.undo(flow);
    client.flowIs(flow, "UNDONE");
    assertThat(content(planId)).as("the former version is back").isEqualTo(plan("Gold", 10));
    assertThat(client.history(planId)).hasSize(3);
    assertThat(client.draft(planId).path("status").asString()).isEqualTo("draft");

    String created = id("undo-new");
    client.save(created, created, plan("Silver", 5), "ann");
    String creation = client.submit(created, "eve");
    client.approve(client.task("ann", created, "approval", 1), "ann");
    client.draftIs(created, "approved");
    client.undo(creation);
    client.flowIs(creation, "UNDONE");
    assertThat(client.published(created)).as("what did not exist before is gone").isEmpty();
  }

  @Test
  void theUndoLeavesWhatSomebodyElseHasPublishedSince() {
    String planId = published("undo-late");
    client.save(planId, planId, plan("Gold plus", 10), "ann");
    String flow = client.submit(planId, "eve");
    client.approve(client.task("ann", planId, "approval", 1), "ann");
    client.draftIs(planId, "approved");
    client.publish(planId, plan("Gold plus", 30));
    client.undo(flow);
    JsonNode parked = client.flowIs(flow, "PARKED");
    assertThat(parked.toString()).contains("changed by somebody else since version 2");
    assertThat(content(planId)).isEqualTo(plan("Gold plus", 30));
  }

  @Test
  void anotherWriterBetweenTheCheckAndTheWriteIsFoundByTheWrite() {
    String planId = published("race");
    client.save(planId, planId, plan("Gold plus", 10), "ann");
    client.submit(planId, "eve");
    JsonNode task = client.task("ann", planId, "approval", 1);
    client.publish(planId, plan("Gold", 20));
    // Past the façade, whose check would have found it: only the store's own comparison is left.
    assertThat(client.completeDirectly(task, "ann", APPROVED).isOk()).isTrue();
    client.approve(client.task("ann", planId, "approval", 2), "ann");
    client.draftIs(planId, "approved");
    assertThat(content(planId)).as("both changes").isEqualTo(plan("Gold plus", 20));
    assertThat(client.history(planId)).hasSize(3);
    JsonHttp workers =
        new JsonHttp("workers", stack.workersUrl(), Duration.ofSeconds(10), Map.of());
    JsonResponse meter =
        workers.send(
            "GET", "/actuator/metrics/plan.version.conflicts?tag=found:write", null, Map.of());
    assertThat(meter.isOk()).isTrue();
    assertThat(meter.body().toString()).doesNotContain(planId);
  }

  @Test
  void aPlanDeletedMeanwhileIsPublishedAnewOrWithdrawn() {
    String planId = published("deleted");
    client.save(planId, planId, plan("Gold plus", 10), "ann");
    client.submit(planId, "eve");
    JsonNode task = client.task("ann", planId, "approval", 1);
    client.delete(planId);
    assertThat(client.completeDirectly(task, "ann", APPROVED).isOk()).isTrue();
    JsonNode resolve = client.task("eve", planId, "resolve", 2);
    assertThat(resolve.path("conflictType").asString()).isEqualTo("deleted");
    client.data(
        "POST",
        "/api/tasks/" + resolve.path("taskId").asString() + "/complete",
        user("eve").put("recreate", true));
    client.approve(client.task("ann", planId, "approval", 3), "ann");
    client.draftIs(planId, "approved");
    assertThat(content(planId)).isEqualTo(plan("Gold plus", 10));

    String other = published("withdrawn");
    client.save(other, other, plan("Gold plus", 10), "ann");
    client.submit(other, "eve");
    JsonNode second = client.task("ann", other, "approval", 1);
    client.delete(other);
    JsonResponse gone = client.decide(second.path("taskId").asString(), "ann", true);
    assertThat(gone.body().path("data").path("conflictType").asString()).isEqualTo("deleted");
    JsonNode withdraw = client.task("eve", other, "resolve", 2);
    client.data(
        "POST",
        "/api/tasks/" + withdraw.path("taskId").asString() + "/complete",
        user("eve").put("withdraw", true));
    JsonNode status = client.draftIs(other, "draft");
    assertThat(status.path("planStatus").asString()).isEqualTo("deleted");
  }
}
