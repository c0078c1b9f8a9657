package io.doundo.plans.worker;

import io.doundo.plans.draft.Draft;
import io.doundo.plans.draft.DraftStatus;
import io.doundo.plans.draft.DraftStore;
import io.doundo.plans.fhir.PublishedPlan;
import io.doundo.plans.fhir.PublishedPlans;
import io.doundo.plans.merge.MergeResult;
import io.doundo.plans.merge.Resolution;
import io.doundo.plans.merge.ThreeWayMerge;
import io.doundo.worker.Do;
import io.doundo.worker.SagaClient;
import io.doundo.worker.SagaWorker;
import io.doundo.worker.StepContext;
import io.doundo.worker.StepFailedException;
import io.doundo.worker.Undo;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The steps that change a draft. Each says which flow it acts for, so one that is repeated, or
 * comes late, does nothing to a draft that has moved on.
 */
@SagaWorker("planApproval")
class DraftSteps {

  private static final int MOST_ROUNDS = 20;
  private static final int ACKNOWLEDGED_SECONDS = 30;

  /**
   * The payload of a flow.
   *
   * @param revision of the draft that was submitted
   * @param round from 1
   * @param previous the flow of the round before; null in the first round
   */
  record Submission(
      String draftId,
      String planId,
      String planName,
      long revision,
      int round,
      @Nullable String previous,
      String submittedBy,
      List<String> approvers,
      List<String> escalation) {}

  /** What the author of a draft has decided about its conflicts. */
  record Resolving(
      String draftId,
      String planId,
      String version,
      @Nullable List<Resolution> resolutions,
      boolean recreate) {}

  /**
   * What is left to resolve.
   *
   * @param unresolved how many conflicts have no resolution yet
   */
  record Resolved(int unresolved) {}

  /**
   * How the approval has ended.
   *
   * @param version that was published; empty when none was
   */
  record Decision(String draftId, String decision, String by, String comments, String version) {}

  /** The flow of the next round. */
  record NextRound(String flowId) {}

  private final DraftStore drafts;
  private final PublishedPlans plans;
  private final SagaClient sagas;

  DraftSteps(DraftStore drafts, PublishedPlans plans, SagaClient sagas) {
    this.drafts = drafts;
    this.plans = plans;
    this.sagas = sagas;
  }

  @Do("markSubmitted")
  void markSubmitted(Submission submission, StepContext step) {
    boolean locked =
        drafts.lock(
            submission.draftId(),
            submission.revision(),
            step.flowId(),
            submission.previous(),
            submission.submittedBy());
    if (!locked) {
      throw new StepFailedException(
          "the draft %s was changed, submitted by somebody else or deleted since revision %d was submitted"
              .formatted(submission.draftId(), submission.revision()));
    }
  }

  @Undo("markSubmitted")
  void giveBack(Submission submission, StepContext step) {
    drafts.unlock(submission.draftId(), step.flowId());
  }

  /** Puts the draft onto the published version, with what its author has decided. */
  @Do("applyResolution")
  Resolved applyResolution(Resolving resolving, StepContext step) {
    Draft draft = draft(resolving.draftId());
    if (resolving.recreate()) {
      drafts.rebase(draft.onto(null, null, draft.data()), step.flowId());
      return new Resolved(0);
    }
    if (resolving.version().isEmpty()) {
      return new Resolved(1);
    }
    Optional<PublishedPlan> current =
        Calls.read(() -> plans.find(resolving.planId(), resolving.version()));
    if (current.isEmpty() || current.get().plan() == null) {
      return new Resolved(1);
    }
    List<Resolution> resolutions =
        resolving.resolutions() == null ? List.of() : resolving.resolutions();
    MergeResult merged =
        ThreeWayMerge.of(draft.baseOrEmpty(), draft.data(), current.get().plan(), resolutions);
    if (merged.isClean()) {
      drafts.rebase(
          draft.onto(resolving.version(), current.get().plan(), merged.plan()), step.flowId());
    }
    return new Resolved(merged.conflicts().size());
  }

  @Do("markDecided")
  void markDecided(Decision decision, StepContext step) {
    DraftStatus status =
        switch (decision.decision()) {
          case "published" -> DraftStatus.APPROVED;
          case "rejected" -> DraftStatus.REJECTED;
          case "withdrawn" -> DraftStatus.DRAFT;
          default ->
              throw new StepFailedException(
                  "the decision must be published, rejected or withdrawn, but is "
                      + decision.decision());
        };
    drafts.decide(
        decision.draftId(),
        step.flowId(),
        status,
        decision.by(),
        decision.comments(),
        decision.version().isEmpty() ? null : decision.version());
  }

  @Undo("markDecided")
  void reopen(Decision decision, StepContext step) {
    drafts.reopen(decision.draftId(), step.flowId());
  }

  /**
   * Starts the next round under a flowId that only this round makes, so a repeated call starts
   * nothing.
   */
  @Do("nextRound")
  NextRound nextRound(Submission submission, StepContext step)
      throws InterruptedException, ExecutionException, TimeoutException {
    int round = submission.round() + 1;
    if (round > MOST_ROUNDS) {
      throw new StepFailedException(
          "the plan %s changes faster than it is approved: gave up after %d rounds"
              .formatted(submission.planId(), MOST_ROUNDS));
    }
    String flowId = "plan-%s-%d-%d".formatted(submission.draftId(), submission.revision(), round);
    Submission next =
        new Submission(
            submission.draftId(),
            submission.planId(),
            submission.planName(),
            submission.revision(),
            round,
            step.flowId(),
            submission.submittedBy(),
            submission.approvers(),
            submission.escalation());
    sagas
        .start(step.orchestration(), flowId, next)
        .accepted()
        .get(ACKNOWLEDGED_SECONDS, TimeUnit.SECONDS);
    return new NextRound(flowId);
  }

  private Draft draft(String draftId) {
    return drafts
        .find(draftId)
        .orElseThrow(() -> new StepFailedException("the draft " + draftId + " was deleted"));
  }
}
