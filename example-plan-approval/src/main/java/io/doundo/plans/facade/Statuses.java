package io.doundo.plans.facade;

import io.doundo.plans.draft.Draft;
import io.doundo.plans.fhir.PublishedPlan;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;

/** Where a plan stands, put together of all three services. */
@Component
class Statuses {

  /** A chain of rounds longer than any can be. */
  private static final int MOST_ROUNDS = 100;

  private static final Pattern EXCEPTION = Pattern.compile("^[\\w.$]+Exception: ");

  private final Dependencies dependencies;

  Statuses(Dependencies dependencies) {
    this.dependencies = dependencies;
  }

  /**
   * The newest round of a draft's approval.
   *
   * @param flow nothing while the orchestrator does not know it yet
   */
  private record Round(String flowId, Optional<ApprovalFlow> flow) {}

  /**
   * Where a plan stands.
   *
   * @param id of a draft, or of a plan
   */
  Map<String, Object> of(String id) {
    Optional<Draft> draft =
        dependencies.drafts("find", drafts -> drafts.find(id)).or(() -> newestOf(id));
    String planId = draft.map(Draft::planId).orElse(id);
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("planId", planId);
    put(status, "draftId", draft.map(Draft::draftId).orElse(null));
    putPlan(status, id, planId, draft.isPresent());
    put(status, "draftStatus", draft.map(found -> found.status().word()).orElse(null));
    Optional<Round> round = draft.flatMap(this::round);
    if (round.isEmpty()) {
      status.put("workflowStatus", "no_workflow");
      status.put("workflowActive", false);
    } else {
      putRound(status, round.get());
      if (round.get().flow().isEmpty()
          && draft.filter(found -> !found.status().isLocked()).isPresent()) {
        // The one who submitted it may not have come as far as to start its approval.
        status.put(
            "hint", "it is submitted and has not begun: if that does not change, submit it again");
      }
    }
    return status;
  }

  /** While its store is away, the rest of a draft's status is what people want to know. */
  private void putPlan(Map<String, Object> status, String id, String planId, boolean isDraft) {
    Optional<PublishedPlan> plan;
    boolean existed;
    try {
      plan = dependencies.plans("find", plans -> plans.find(planId));
      existed =
          plan.isPresent()
              || !dependencies.plans("history", plans -> plans.history(planId)).isEmpty();
    } catch (Problem e) {
      if (!isDraft || e.kind() != Problem.Kind.DEPENDENCY_UNAVAILABLE) {
        throw e;
      }
      status.put("planStatus", "unavailable");
      return;
    }
    if (!isDraft && !existed) {
      throw new Problem(Problem.Kind.PLAN_NOT_FOUND, "there is neither a draft nor a plan " + id);
    }
    status.put("planStatus", planStatus(plan, existed));
    put(status, "version", plan.map(PublishedPlan::version).orElse(null));
  }

  private Optional<Draft> newestOf(String planId) {
    List<Draft> drafts = dependencies.drafts("find", store -> store.ofPlan(planId));
    return drafts.stream().findFirst();
  }

  private static String planStatus(Optional<PublishedPlan> plan, boolean existed) {
    if (plan.isEmpty() || plan.get().plan() == null) {
      return existed ? "deleted" : "not_found";
    }
    return plan.get().plan().path("status").asString("unknown");
  }

  /**
   * The round that counts: one that has just been submitted, else the one that had the draft. None
   * when the orchestrator has forgotten it long after its end.
   */
  private Optional<Round> round(Draft draft) {
    String flowId = draft.flowId();
    String submitted = Submissions.flowId(draft);
    if (!draft.status().isLocked() && !submitted.equals(flowId)) {
      Optional<ApprovalFlow> flow = flow(submitted);
      if (flow.isPresent()) {
        return Optional.of(newest(new Round(submitted, flow)));
      }
    }
    if (flowId == null) {
      return Optional.empty();
    }
    Optional<ApprovalFlow> flow = flow(flowId);
    boolean isSubmitted = draft.status().isLocked() || submitted.equals(flowId);
    return flow.isPresent() || isSubmitted
        ? Optional.of(newest(new Round(flowId, flow)))
        : Optional.empty();
  }

  private Round newest(Round first) {
    Round round = first;
    for (int i = 0; i < MOST_ROUNDS; i++) {
      String next =
          round.flow().filter(ApprovalFlow::isCompleted).map(ApprovalFlow::next).orElse(null);
      if (next == null) {
        return round;
      }
      round = new Round(next, flow(next));
    }
    return round;
  }

  private Optional<ApprovalFlow> flow(String flowId) {
    return dependencies.orchestrator("flow", flows -> flows.flow(flowId));
  }

  private static void putRound(Map<String, Object> status, Round round) {
    status.put("processInstanceId", round.flowId());
    if (round.flow().isEmpty()) {
      status.put("workflowStatus", "PENDING");
      status.put("workflowActive", true);
      return;
    }
    ApprovalFlow flow = round.flow().get();
    status.put("workflowStatus", flow.status());
    status.put("workflowActive", !flow.isEnded());
    put(status, "round", flow.payload().path("round").asInt(1));
    put(status, "decision", flow.decision());
    Optional<JsonNode> step = flow.currentStep();
    put(status, "currentStep", step.map(at -> at.path("name").asString(null)).orElse(null));
    put(status, "problem", step.map(Statuses::problem).orElse(null));
  }

  /** What is wrong with a step, without the exception's class; null when nothing is. */
  private static @Nullable String problem(JsonNode step) {
    String error = step.path("errorMessage").asString(null);
    return error == null ? null : EXCEPTION.matcher(error).replaceFirst("");
  }

  private static void put(Map<String, Object> status, String name, @Nullable Object value) {
    if (value != null) {
      status.put(name, value);
    }
  }
}
