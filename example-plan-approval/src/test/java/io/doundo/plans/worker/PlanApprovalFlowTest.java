package io.doundo.plans.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.plans.draft.DraftStore;
import io.doundo.plans.fhir.PublishedPlans;
import io.doundo.worker.RegistrationOutcome;
import io.doundo.worker.SagaClient;
import io.doundo.worker.StartedFlow;
import io.doundo.worker.testkit.ExpectedTask;
import io.doundo.worker.testkit.TestFlow;
import io.doundo.worker.testkit.TestOrchestrator;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.io.Resource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** What the approval does when days pass: its deadlines, its escalation, and its last round. */
class PlanApprovalFlowTest {

  private static final String DOCUMENT = "registration-examples/plan-approval-registration.yaml";
  private static final Map<String, Object> APPROVED = Map.of("approved", true);
  private static final Map<String, Object> PLAN = Map.of("status", "active", "name", "Gold plus");
  private static final Map<String, Object> BEFORE = Map.of("status", "active", "name", "Gold");

  private final NoFurtherRounds sagas = new NoFurtherRounds();
  private final TestOrchestrator orchestrator =
      TestOrchestrator.of(DOCUMENT)
          .mayReplace("version")
          .with(
              new DraftSteps(
                  new DraftStore(
                      JdbcClient.create(
                          new DriverManagerDataSource("jdbc:postgresql://localhost:1/none"))),
                  new PublishedPlans(URI.create("http://localhost:1")),
                  sagas));

  /** A client that starts nothing. */
  private static final class NoFurtherRounds implements SagaClient {
    @Override
    public CompletableFuture<RegistrationOutcome> register(String location) {
      throw new AssertionError("nothing is registered");
    }

    @Override
    public CompletableFuture<RegistrationOutcome> register(Resource document) {
      throw new AssertionError("nothing is registered");
    }

    @Override
    public StartedFlow start(String orchestration, Object payload) {
      throw new AssertionError("no flow is started");
    }

    @Override
    public StartedFlow start(String orchestration, String flowId, Object payload) {
      throw new AssertionError("no flow is started, but " + flowId);
    }

    @Override
    public CompletableFuture<Void> signal(
        String flowId, String name, String signalId, Object payload) {
      throw new AssertionError("no signal is sent");
    }

    @Override
    public void close() {}
  }

  @AfterEach
  void close() {
    orchestrator.close();
  }

  private TestFlow submitted(int round) {
    Map<String, Object> payload = new HashMap<>();
    payload.put("draftId", "d1");
    payload.put("planId", "p1");
    payload.put("planName", "Gold plus");
    payload.put("revision", 3);
    payload.put("round", round);
    payload.put("submittedBy", "eve");
    payload.put("approvers", List.of("ann", "bob"));
    payload.put("escalation", List.of("cleo", "eve"));
    return orchestrator.start(payload).expectDo("markSubmitted").succeeds();
  }

  private static Map<String, Object> merged(Object... conflicts) {
    return Map.of(
        "version",
        "4",
        "before",
        BEFORE,
        "plan",
        PLAN,
        "moved",
        conflicts.length > 0,
        "conflictType",
        conflicts.length > 0 ? "version_mismatch" : "none",
        "conflicts",
        List.of(conflicts));
  }

  private TestFlow inApproval() {
    return submitted(1).expectDo("merge").with("draftId", "d1").succeeds(merged());
  }

  private TestFlow inConflict(int round) {
    return submitted(round)
        .expectDo("merge")
        .succeeds(merged(Map.of("path", "name", "draft", "Gold plus", "current", "Gold 2")));
  }

  @Test
  void anApproverHasFourteenDays() {
    TestFlow flow = inApproval();
    ExpectedTask task = flow.expectTask("approval");
    assertThat(task.candidates()).containsExactly("ann", "bob");
    assertThat(task.refusedTo("cleo", APPROVED)).contains("[ann, bob]");
    flow.passes(Duration.ofDays(14).minusMillis(1));
    assertThat(flow.openTasks()).containsExactly("approval");

    flow.expectTask("approval").completedBy("bob", APPROVED);
    flow.expectDo("publish")
        .with("version", "4")
        .with("plan", PLAN)
        .with("before", BEFORE)
        .succeeds(Map.of("written", true, "version", "5"));
    flow.expectDo("markDecided")
        .with("decision", "published")
        .with("by", "bob")
        .with("version", "5")
        .succeeds();
    flow.expectCompleted();
  }

  @Test
  void thenOthersDecideWhoHaveNotSubmittedIt() {
    TestFlow flow = inApproval().passes(Duration.ofDays(14));
    assertThat(flow.openTasks()).containsExactly("escalation");
    ExpectedTask task = flow.expectTask("escalation");
    assertThat(task.title()).isEqualTo("Escalated: approve Gold plus");
    assertThat(task.refusedTo("ann", APPROVED)).contains("[cleo, eve]");
    assertThat(task.refusedTo("eve", APPROVED)).contains("does not accept it");
    flow.passes(Duration.ofDays(4).minusMillis(1));

    flow.expectTask("escalation").completedBy("cleo", APPROVED);
    flow.expectDo("publish").succeeds(Map.of("written", true, "version", "5"));
    flow.expectDo("markDecided").with("decision", "published").with("by", "cleo").succeeds();
    flow.expectCompleted();
  }

  @Test
  void whoDecidesAfterTheEscalationMayReject() {
    TestFlow flow = inApproval().passes(Duration.ofDays(14));
    flow.expectTask("escalation")
        .completedBy("cleo", Map.of("approved", false, "comments", "too late"));
    flow.expectDo("markDecided")
        .with("decision", "rejected")
        .with("comments", "too late")
        .succeeds();
    flow.expectCompleted();
  }

  @Test
  void whatNobodyDecidesGoesBackToItsAuthor() {
    TestFlow flow = inApproval().passes(Duration.ofDays(14));
    assertThat(flow.openTasks()).containsExactly("escalation");
    flow.passes(Duration.ofDays(4));
    flow.expectUndo("markSubmitted").succeeds();
    flow.expectUndone();
  }

  @Test
  void anAuthorHasThirtyDaysToResolveAConflict() {
    TestFlow flow = inConflict(1);
    ExpectedTask task = flow.expectTask("resolve");
    assertThat(task.assignee()).isEqualTo("eve");
    flow.passes(Duration.ofDays(30).minusMillis(1));
    assertThat(flow.openTasks()).containsExactly("resolve");
    flow.passes(Duration.ofMillis(1));
    flow.expectUndo("markSubmitted").succeeds();
    flow.expectUndone();
  }

  @Test
  void aMergedPlanThatIsRefusedGoesBackToItsAuthor() {
    TestFlow flow = submitted(2).expectDo("merge").failsForGood("the FHIR store refused the plan");
    flow.expectUndo("markSubmitted").succeeds();
    flow.expectUndone();
  }

  /** The worker's own code counts the rounds. */
  @ParameterizedTest
  @ValueSource(ints = {20, 21})
  void afterTwentyRoundsTheDraftGoesBackToItsAuthor(int round) {
    TestFlow flow = inConflict(round);
    flow.expectTask("resolve")
        .completedBy(
            "eve", Map.of("resolutions", List.of(Map.of("path", "name", "choose", "draft"))));
    flow.expectDo("applyResolution").succeeds(Map.of("unresolved", 0));
    flow.expectDo("nextRound").handled();
    flow.expectUndo("markSubmitted").succeeds();
    flow.expectUndone();
    assertThat(flow.history().toString()).contains("gave up after 20 rounds");
  }

  /** Nothing is published over a version that the approver has not seen. */
  @Test
  void aWriterWhoIsFasterBeginsTheNextRound() {
    TestFlow flow = inApproval();
    flow.expectTask("approval").completedBy("ann", APPROVED);
    flow.expectDo("publish").findsItDone(Map.of("written", false, "version", ""));
    flow.expectDo("nextRound").with("round", 1).succeeds(Map.of("flowId", "plan-d1-3-2"));
    flow.expectCompleted();
  }
}
