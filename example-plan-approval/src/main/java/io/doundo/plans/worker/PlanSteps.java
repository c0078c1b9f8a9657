package io.doundo.plans.worker;

import io.doundo.plans.draft.Draft;
import io.doundo.plans.draft.DraftStore;
import io.doundo.plans.fhir.PublishedPlan;
import io.doundo.plans.fhir.PublishedPlans;
import io.doundo.plans.json.PlanJson;
import io.doundo.plans.merge.Comparison;
import io.doundo.plans.merge.Conflict;
import io.doundo.worker.Do;
import io.doundo.worker.SagaWorker;
import io.doundo.worker.StepContext;
import io.doundo.worker.StepFailedException;
import io.doundo.worker.Undo;
import io.doundo.worker.Undoing;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The steps that read and write published plans. A write names the version it replaces, which the
 * store compares in the write itself, and carries the flow as its source, by which a later look
 * finds out whether it was made.
 */
@SagaWorker("planApproval")
class PlanSteps {

  private static final String CONFLICTS = "plan.version.conflicts";

  /** Takes the place of a plan for the moment between its creation and its deletion. */
  private static final ObjectNode PLACEHOLDER = PlanJson.object().put("status", "retired");

  record Merging(String draftId, String planId) {}

  /**
   * The plan to approve.
   *
   * @param version that it replaces, which may be a deletion; empty when there never was one
   * @param before that version's content; empty when nothing is published
   * @param plan both changes together; meaningful only without conflicts
   * @param moved whether the plan was published anew since the draft was begun
   * @param conflictType in {@link Comparison.Type}'s words
   * @param conflicts what a person has to decide
   */
  record Merged(
      String version,
      ObjectNode before,
      ObjectNode plan,
      boolean moved,
      String conflictType,
      List<Conflict> conflicts) {}

  /**
   * The plan to publish.
   *
   * @param version that it replaces, which may be a deletion; empty when there never was one
   * @param before that version's content; empty when nothing was published
   */
  record Publishing(String planId, String version, ObjectNode before, ObjectNode plan) {

    @Nullable String expected() {
      return version.isEmpty() ? null : version;
    }

    boolean replaces() {
      return !before.isEmpty();
    }
  }

  /**
   * What became of it.
   *
   * @param written false when somebody else was faster; nothing is written then
   * @param version the new one; empty when nothing is written
   */
  record Published(boolean written, String version) {}

  private final DraftStore drafts;
  private final PublishedPlans plans;
  private final MeterRegistry meters;

  PlanSteps(DraftStore drafts, PublishedPlans plans, MeterRegistry meters) {
    this.drafts = drafts;
    this.plans = plans;
    this.meters = meters;
  }

  /**
   * Puts the draft and what is published now together. A plan that the store would not accept fails
   * the step, so that nobody approves it.
   */
  @Do("merge")
  Merged merge(Merging merging, StepContext step) {
    Draft draft =
        drafts
            .find(merging.draftId())
            .orElseThrow(
                () -> new StepFailedException("the draft " + merging.draftId() + " was deleted"));
    Optional<PublishedPlan> current = Calls.read(() -> plans.newest(merging.planId()));
    Comparison compared =
        Comparison.of(
            draft.baseVersion(),
            draft.baseOrEmpty(),
            draft.data(),
            current.map(PublishedPlan::version).orElse(null),
            current.map(PublishedPlan::plan).orElse(null),
            List.of());
    if (compared.type() != Comparison.Type.NONE) {
      count(compared.type(), "merge");
    }
    if (compared.isClean()) {
      requireValid(compared.plan());
    }
    drafts.markConflict(merging.draftId(), step.flowId(), !compared.isClean());
    return new Merged(
        current.map(PublishedPlan::version).orElse(""),
        compared.current(),
        compared.plan(),
        compared.type() != Comparison.Type.NONE,
        compared.type().word(),
        compared.conflicts());
  }

  private void requireValid(ObjectNode plan) {
    Calls.read(
        () -> {
          plans.validate(plan);
          return true;
        });
  }

  @Do("publish")
  Published publish(Publishing publishing, StepContext step) {
    String source = source(step);
    if (step.again() || step.attempt() > 1) {
      Optional<PublishedPlan> mine = writtenBy(publishing.planId(), source);
      if (mine.isPresent()) {
        return new Published(true, mine.get().version());
      }
    }
    Optional<String> version =
        Calls.write(
            () ->
                plans.write(publishing.planId(), publishing.plan(), publishing.expected(), source));
    if (version.isPresent()) {
      return new Published(true, version.get());
    }
    // It may still be this flow's own earlier call that was faster.
    Optional<PublishedPlan> mine = writtenBy(publishing.planId(), source);
    if (mine.isPresent()) {
      return new Published(true, mine.get().version());
    }
    count(Comparison.Type.VERSION_MISMATCH, "write");
    return step.unchanged(new Published(false, ""));
  }

  /**
   * Puts the former version back, as a new one, or deletes a plan that did not exist before. What
   * somebody else has published since stays: then a person has to decide.
   */
  @Undo("publish")
  void withdraw(Undoing<Publishing, Published> undoing, StepContext step) {
    if (undoing.result().map(result -> !result.written()).orElse(false)) {
      return;
    }
    Publishing publishing = undoing.request();
    String undo = source(step) + ":undo";
    Optional<PublishedPlan> mine = writtenBy(publishing.planId(), source(step));
    if (mine.isEmpty()) {
      blockLateWrite(publishing, undo);
      mine = writtenBy(publishing.planId(), source(step));
    }
    if (mine.isPresent()) {
      putBack(publishing, mine.get().version(), undo);
    }
  }

  private void putBack(Publishing publishing, String replaced, String undo) {
    boolean done =
        publishing.replaces()
            ? Calls.write(
                    () -> plans.write(publishing.planId(), publishing.before(), replaced, undo))
                .isPresent()
            : Calls.write(() -> plans.delete(publishing.planId(), replaced));
    if (!done && !isPutBack(publishing, undo)) {
      throw new StepFailedException(
          "plan %s was changed by somebody else since version %s was published: it is left as it is"
              .formatted(publishing.planId(), replaced));
    }
  }

  /** Whether an earlier call has done it, or somebody else has deleted what was to be deleted. */
  private boolean isPutBack(Publishing publishing, String undo) {
    return publishing.replaces()
        ? writtenBy(publishing.planId(), undo).isPresent()
        : Calls.read(() -> plans.find(publishing.planId())).isEmpty();
  }

  /**
   * Nobody knows whether the write was made, and it is not there. One that is still on its way
   * expects the version from before: another one is written over that, so that it comes too late.
   * Where nothing was published, nothing is published afterwards either.
   */
  private void blockLateWrite(Publishing publishing, String undo) {
    String planId = publishing.planId();
    if (writtenBy(planId, undo).isEmpty()) {
      ObjectNode content = publishing.replaces() ? publishing.before() : PLACEHOLDER;
      Calls.write(() -> plans.write(planId, content, publishing.expected(), undo));
    }
    if (!publishing.replaces()) {
      Calls.read(() -> plans.find(planId))
          .filter(version -> undo.equals(version.source()))
          .ifPresent(version -> Calls.write(() -> plans.delete(planId, version.version())));
    }
  }

  private Optional<PublishedPlan> writtenBy(String planId, String source) {
    return Calls.read(() -> plans.writtenBy(planId, source));
  }

  private static String source(StepContext step) {
    return "urn:doundo:" + step.flowId();
  }

  private void count(Comparison.Type type, String found) {
    meters.counter(CONFLICTS, "type", type.word(), "found", found).increment();
  }
}
