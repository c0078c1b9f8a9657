package io.doundo.examples.approval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.worker.testkit.ExpectedTask;
import io.doundo.worker.testkit.TestFlow;
import io.doundo.worker.testkit.TestOrchestrator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The examples with tasks, with SDK workers: each of their paths, and an undo from its end. */
class TaskExamplesTest {

  private static final Map<String, Object> PURCHASE =
      Map.of("item", "laptop", "amount", 1200, "buyer", "eve", "manager", "ann");
  private static final Map<String, Object> DOCUMENT =
      Map.of("title", "Handbook", "author", "eve", "reviewers", List.of("ann", "editors"));
  private static final Map<String, Object> APPROVED = Map.of("approved", true);
  private static final String FLOW = "flow-1";

  private final PurchaseWorker purchases = new PurchaseWorker();
  private final ReviewWorker reviews = new ReviewWorker();
  private final TestOrchestrator approval =
      TestOrchestrator.of(document("approval-registration.yaml")).with(purchases);
  private final TestOrchestrator review =
      TestOrchestrator.of(document("document-review-registration.yaml")).with(reviews);

  private static String document(String file) {
    try {
      return Files.readString(Path.of("..", "registration-examples", file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @AfterEach
  void close() {
    approval.close();
    review.close();
  }

  @Test
  void thePurchaseIsApprovedInTimeAndUndone() {
    TestFlow flow = approval.start(PURCHASE).runToEnd();
    assertThat(flow.openTasks()).containsExactly("approval");
    ExpectedTask task = flow.expectTask("approval");
    assertThat(task.title()).isEqualTo("Approve laptop for eve: 1200 EUR");
    assertThat(task.refusedTo("bob", APPROVED)).isEqualTo("it is for [ann]");
    assertThat(task.refusedTo("ann", Map.of("approved", "yes"))).contains("does not fit the form");
    task.completedBy("ann", APPROVED).runToEnd().expectCompleted();
    assertThat(purchases.standing(FLOW)).containsExactly("budget", "order");
    assertThatThrownBy(task::assignee).hasMessageContaining("not open any more: it is DO_SUCCESS");

    flow.undo().runToEnd().expectUndone();
    assertThat(purchases.standing(FLOW)).isEmpty();
  }

  @Test
  void theBuyerDoesNotApprove() {
    TestFlow flow = approval.start(PURCHASE).runToEnd();
    ExpectedTask task = flow.expectTask("approval").assignedTo("eve");
    assertThat(task.refusedTo("eve", APPROVED)).contains("step approval does not accept it");
    task.assignedTo("bob").completedBy("bob", APPROVED).runToEnd().expectCompleted();
  }

  @Test
  void theRejectedPurchaseGivesTheBudgetBack() {
    TestFlow flow = approval.start(PURCHASE).runToEnd();
    assertThat(purchases.standing(FLOW)).containsExactly("budget");
    flow.expectTask("approval")
        .completedBy("ann", Map.of("approved", false))
        .runToEnd()
        .expectUndone();
    assertThat(purchases.standing(FLOW)).isEmpty();
  }

  @Test
  void aDirectorApprovesAfterTheEscalation() {
    TestFlow flow = approval.start(PURCHASE).runToEnd().passes(Duration.ofHours(24)).runToEnd();
    ExpectedTask task = flow.expectTask("secondApproval");
    assertThat(task.assignee()).isNull();
    assertThat(task.candidates()).containsExactly("directors");
    assertThat(task.refusedTo("ann", APPROVED)).isEqualTo("it is for [directors]");
    task.completedBy("dora", APPROVED, "directors").runToEnd().expectCompleted();
    flow.undo().runToEnd().expectUndone();
    assertThat(purchases.standing(FLOW)).as("a message owes no undo").containsExactly("message");
  }

  @Test
  void whatNobodyDecidesIsUndone() {
    TestFlow flow = approval.start(PURCHASE).runToEnd().passes(Duration.ofHours(24)).runToEnd();
    flow.passes(Duration.ofHours(4)).runToEnd().expectUndone();
    assertThat(purchases.standing(FLOW)).containsExactly("message");
  }

  @Test
  void thePurchaseIsUndoneWhileItWaits() {
    approval.start(PURCHASE).runToEnd().cancel().runToEnd().expectUndone();
    assertThat(purchases.standing(FLOW)).isEmpty();
    approval
        .start(PURCHASE)
        .runToEnd()
        .passes(Duration.ofHours(24))
        .runToEnd()
        .cancel()
        .runToEnd()
        .expectUndone();
    assertThat(purchases.standing("flow-2")).containsExactly("message");
  }

  @Test
  void anAcceptedDocumentIsPublishedAndUndone() {
    TestFlow flow = review.start(DOCUMENT).runToEnd();
    flow.expectTask("review")
        .completedBy("dora", Map.of("verdict", "accept"), "editors")
        .runToEnd()
        .expectCompleted();
    assertThat(reviews.standing()).containsExactly("draft", "Handbook reviewed by dora", "closed");
    flow.undo().runToEnd().expectUndone();
    assertThat(reviews.standing()).isEmpty();
  }

  @Test
  void aReturnedDocumentIsNotPublished() {
    TestFlow flow = review.start(DOCUMENT).runToEnd();
    ExpectedTask task = flow.expectTask("review");
    assertThat(task.refusedTo("ann", Map.of("verdict", "return"))).contains("comment");
    task.completedBy("ann", Map.of("verdict", "return", "comment", "no index"))
        .runToEnd()
        .expectCompleted();
    assertThat(reviews.standing()).containsExactly("draft", "letter to eve: no index", "closed");
  }

  @Test
  void aDocumentThatNobodyReviewsIsWithdrawn() {
    review.start(DOCUMENT).runToEnd().passes(Duration.ofDays(5)).runToEnd().expectUndone();
    assertThat(reviews.standing()).isEmpty();
  }
}
