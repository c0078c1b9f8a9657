package io.doundo.orchestrator.app.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.app.Rest.Reply;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Tasks over REST: who completes them, in what order they are listed, and what follows. */
abstract class TasksOverRest extends TaskScenarios {

  TasksOverRest(RunningTasks running) {
    super(running);
  }

  @Test
  void aPurchaseIsApprovedByItsManagerAndByNobodyElse() {
    begin("purchaseApproval", "p-1", PURCHASE.formatted("ann"), "approval");
    await().atMost(PATIENCE).until(() -> listed("ann", "").contains("p-1 approval"));
    assertThat(listed("dora", "")).doesNotContain("p-1 approval");
    assertThat(listed("vera", "?assignee=ann")).contains("p-1 approval");
    assertThat(listed("ann", "?mine=true")).contains("p-1 approval");
    assertThat(listed("vera", "?mine=true")).as("nothing is for her").isEmpty();
    JsonNode task = step("p-1", "approval").path("task");
    assertThat(task.path("title").asString("")).isEqualTo("Approve laptop for eve: 1200 EUR");
    assertThat(task.path("form").path("required")).hasToString("[\"approved\"]");

    Reply stranger = complete("dora", "p-1", "approval", "{\"approved\": true}");
    assertThat(stranger.status()).isEqualTo(403);
    Reply unknown = complete("dora", "p-0", "approval", "{\"approved\": true}");
    assertThat(unknown.status()).as("it does not tell which flows there are").isEqualTo(403);
    assertThat(withoutId(stranger))
        .contains("of flow \\\"p-1\\\" is for dora")
        .isEqualTo(withoutId(unknown).replace("p-0", "p-1"));
    assertThat(complete("vera", "p-1", "approval", "{\"approved\": true}").status()).isEqualTo(403);

    Reply unfit = complete("ann", "p-1", "approval", "{\"approved\": \"yes\"}");
    assertThat(unfit.status()).isEqualTo(422);
    assertThat(unfit.json().at("/violations/0/at").asString("")).isEqualTo("/approved");

    Reply completed = complete("ann", "p-1", "approval", "{\"approved\": true}");
    assertThat(completed.status()).as(completed.http().body()).isEqualTo(200);
    Reply second = complete("ann", "p-1", "approval", "{\"approved\": false}");
    assertThat(second.status()).isEqualTo(409);
    assertThat(second.json().path("detail").asString("")).contains("completed by ann");
    expectEnd("p-1", "COMPLETED");
    await().atMost(PATIENCE).until(() -> !listed("admin", "").contains("p-1 approval"));
  }

  /** The server makes an id for each request that has none. */
  private static String withoutId(Reply reply) {
    return reply.http().body().replaceFirst("\"controlId\":\"[^\"]+\"", "");
  }

  @Test
  void ofTwoAnswersAtOnceTheFirstCounts() {
    begin("purchaseApproval", "p-2", PURCHASE.formatted("ann"), "approval");
    List<Reply> replies =
        List.of("\"c-1\"", "\"c-2\"").parallelStream()
            .map(
                id ->
                    post(
                        "ann",
                        "/api/tasks/complete",
                        body(
                            "p-2",
                            "approval",
                            "\"payload\": {\"approved\": true}, \"controlId\": " + id)))
            .toList();
    assertThat(replies).extracting(Reply::status).containsExactlyInAnyOrder(200, 409);
    int first = replies.get(0).status() == 200 ? 1 : 2;
    Reply repeated =
        post(
            "ann",
            "/api/tasks/complete",
            body(
                "p-2",
                "approval",
                "\"payload\": {\"approved\": true}, \"controlId\": \"c-" + first + "\""));
    assertThat(repeated.status()).as("the same outcome").isEqualTo(200);
  }

  @Test
  void aRejectedPurchaseIsUndone() {
    begin("purchaseApproval", "p-3", PURCHASE.formatted("ann"), "approval");
    assertThat(complete("ann", "p-3", "approval", "{\"approved\": false}").status()).isEqualTo(200);
    expectEnd("p-3", "UNDONE");
    assertThat(status("p-3", "reserveBudget")).isEqualTo("UNDO_SUCCESS");
    assertThat(flow("p-3").path("reason").asString("")).contains("laptop is not approved by ann");
  }

  @Test
  void aDirectorDecidesWhenTheManagerDoesNot() {
    begin("hasty", "h-1", PURCHASE.formatted("ann"), "secondApproval");
    await().atMost(PATIENCE).until(() -> listed("dora", "").contains("h-1 secondApproval"));
    assertThat(listed("vera", "?candidate=directors&orchestration=hasty"))
        .containsExactly("h-1 secondApproval");
    assertThat(complete("ann", "h-1", "secondApproval", "{\"approved\": true}").status())
        .isEqualTo(403);
    assertThat(complete("dora", "h-1", "secondApproval", "{\"approved\": true}").status())
        .isEqualTo(200);
    expectEnd("h-1", "COMPLETED");
    assertThat(status("h-1", "approval")).isEqualTo("GIVEN_UP");
  }

  @Test
  void whatNobodyDecidesIsUndone() {
    assertThat(
            post(
                    "admin",
                    "/api/orchestrations/execute",
                    "{\"orchestrationName\": \"hopeless\", \"flowId\": \"h-2\", \"payload\": %s}"
                        .formatted(PURCHASE.formatted("ann")))
                .status())
        .isLessThan(300);
    expectEnd("h-2", "UNDONE");
    assertThat(status("h-2", "secondApproval")).isEqualTo("FAILED");
    assertThat(status("h-2", "reserveBudget")).isEqualTo("UNDO_SUCCESS");
    assertThat(flow("h-2").path("leftStanding"))
        .as("only what owes no undo")
        .extracting(JsonNode::stringValue)
        .containsExactly("tellDirectors");
  }

  @Test
  void aDocumentIsReviewedByAMemberOfAGroup() {
    String document =
        "{\"title\": \"Handbook\", \"author\": \"eve\", \"reviewers\": [\"ann\", \"editors\"]}";
    begin("documentReview", "d-1", document, "review");
    begin("documentReview", "d-2", document, "review");
    Reply unfit = complete("dora", "d-1", "review", "{\"verdict\": \"return\"}");
    assertThat(unfit.status()).isEqualTo(422);
    assertThat(unfit.json().path("detail").asString("")).contains("comment");
    assertThat(complete("dora", "d-1", "review", "{\"verdict\": \"accept\"}").status())
        .isEqualTo(200);
    assertThat(
            complete("ann", "d-2", "review", "{\"verdict\": \"return\", \"comment\": \"no index\"}")
                .status())
        .isEqualTo(200);
    expectEnd("d-1", "COMPLETED");
    expectEnd("d-2", "COMPLETED");
    assertThat(status("d-1", "publish")).isEqualTo("DO_SUCCESS");
    assertThat(worker.received("d-1", "DO", "publish"))
        .hasToString("{\"title\":\"Handbook\",\"reviewer\":\"dora\"}");
    assertThat(status("d-2", "publish")).isEqualTo("NOT_TAKEN");

    Reply undone = post("admin", "/api/flows/d-1/undo", "");
    assertThat(undone.status()).isEqualTo(200);
    expectEnd("d-1", "UNDONE");
    assertThat(status("d-1", "publish")).isEqualTo("UNDO_SUCCESS");
    assertThat(status("d-1", "storeDraft")).isEqualTo("UNDO_SUCCESS");
  }

  @Test
  void aTaskIsAssignedAndGivenBack() {
    begin("purchaseApproval", "a-1", PURCHASE.formatted("ann"), "approval");
    Reply stranger =
        post("dora", "/api/tasks/assign", body("a-1", "approval", "\"assignee\": null"));
    assertThat(stranger.status()).isEqualTo(403);
    Reply toOther =
        post("ann", "/api/tasks/assign", body("a-1", "approval", "\"assignee\": \"eve\""));
    assertThat(toOther.status()).as("not to others").isEqualTo(403);
    Reply byOperator =
        post("olga", "/api/tasks/assign", body("a-1", "approval", "\"assignee\": \"directors\""));
    assertThat(byOperator.status()).as(byOperator.http().body()).isEqualTo(200);
    assertThat(complete("ann", "a-1", "approval", "{\"approved\": true}").status()).isEqualTo(403);
    Reply claimed =
        post("dora", "/api/tasks/assign", body("a-1", "approval", "\"assignee\": \"dora\""));
    assertThat(claimed.status()).isEqualTo(200);
    Reply changed =
        post(
            "olga",
            "/api/tasks/assign",
            body("a-1", "approval", "\"assignee\": \"ann\", \"expect\": {\"transition\": 1}"));
    assertThat(changed.status()).isEqualTo(409);
    assertThat(changed.json().path("detail").asString("")).contains("CHANGED_MEANWHILE");
    assertThat(complete("dora", "a-1", "approval", "{\"approved\": true}").status()).isEqualTo(200);
    assertThat(get("admin", "/api/flows/a-1/timeline").http().body())
        .contains("from ann to directors by olga", "from directors to dora by dora");
    assertThat(
            post("olga", "/api/tasks/assign", body("a-1", "order", "\"assignee\": \"ann\""))
                .status())
        .isEqualTo(404);
  }

  @Test
  void tasksAreListedByWhenTheyAreDueInPages() {
    register(
        """
        orchestrationName: pages
        steps:
          - parallel:
              - { name: late, task: { title: "Late", assignee: ann, due: 1ms } }
              - { name: soon, task: { title: "Soon", assignee: ann, due: 1h } }
              - { name: ever, task: { title: "Ever", assignee: ann } }
        """);
    begin("pages", "g-1", "{}", "ever");
    await().atMost(PATIENCE).until(() -> listed("ann", "?orchestration=pages").size() == 3);
    List<String> steps = new ArrayList<>();
    String cursor = "";
    do {
      JsonNode page = get("ann", "/api/tasks?orchestration=pages&limit=1&cursor=" + cursor).json();
      assertThat(page.path("complete").asBoolean(false)).isTrue();
      steps.add(page.at("/tasks/0/step").asString(""));
      cursor = page.path("nextCursor").asString("");
    } while (!cursor.isEmpty());
    assertThat(steps).containsExactly("late", "soon", "ever");
    assertThat(listed("ann", "?orchestration=pages&overdue=true")).containsExactly("g-1 late");
    assertThat(listed("ann", "?orchestration=pages&overdue=false"))
        .containsExactlyInAnyOrder("g-1 soon", "g-1 ever");
    assertThat(get("ann", "/api/tasks?cursor=nonsense").status()).isEqualTo(400);
    assertThat(get("ann", "/api/tasks?limit=0").status()).isEqualTo(400);
    assertThat(get("ann", "/api/flows").status()).as("TASKS sees tasks only").isEqualTo(403);
    assertThat(get("ann", "/api/flows/g-1").status()).isEqualTo(403);
    assertThat(post("ann", "/api/flows/g-1/cancel", "").status()).isEqualTo(403);
    Reply unknown = complete("admin", "g-1", "nothing", "{}");
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(complete("admin", "no-such-flow", "ever", "{}").status()).isEqualTo(404);
    assertThat(post("admin", "/api/flows/g-1/cancel", "").status()).isEqualTo(200);
    Reply withdrawn = complete("ann", "g-1", "ever", "{}");
    assertThat(withdrawn.status()).isEqualTo(409);
    assertThat(withdrawn.json().path("detail").asString("")).contains("it is NOT_TAKEN");
  }
}
