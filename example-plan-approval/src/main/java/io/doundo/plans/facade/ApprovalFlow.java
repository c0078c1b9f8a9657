package io.doundo.plans.facade;

import io.doundo.plans.json.PlanJson;
import io.doundo.plans.merge.Conflict;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** One round of an approval, as the orchestrator shows it. */
record ApprovalFlow(ObjectNode view) {

  private static final TypeReference<List<Conflict>> CONFLICTS = new TypeReference<>() {};
  private static final Set<String> ENDED = Set.of("COMPLETED", "UNDONE", "ABANDONED", "REJECTED");
  private static final Set<String> UNDER_WAY =
      Set.of(
          "WAITING",
          "IN_PROGRESS",
          "ARMED",
          "DO_FAIL",
          "IN_DOUBT",
          "UNDOING",
          "UNDO_FAIL",
          "RETRY_EXHAUSTED",
          "FAILED");

  String flowId() {
    return view.required("flowId").asString();
  }

  String status() {
    return view.required("status").asString();
  }

  boolean isEnded() {
    return ENDED.contains(status());
  }

  /** Whether it is an approval of a plan, and not a flow of another orchestration. */
  boolean isOfPlans() {
    return view.path("orchestrationName").asString("").equals(Orchestrator.PLAN_APPROVAL);
  }

  /** Whether it has published a plan or ended otherwise as it should. */
  boolean isCompleted() {
    return status().equals("COMPLETED");
  }

  JsonNode payload() {
    return view.path("payload");
  }

  /** How it has ended; null before. */
  @Nullable String decision() {
    return view.path("result").path("decision").asString(null);
  }

  /** The flow of the next round; null when there is none. */
  @Nullable String next() {
    String next = view.path("result").path("next").asString("");
    return next.isEmpty() ? null : next;
  }

  Optional<JsonNode> step(String name) {
    return view.path("steps")
        .valueStream()
        .filter(step -> step.path("name").asString("").equals(name))
        .findFirst();
  }

  /** The step that it is at; nothing between two steps and at its end. */
  Optional<JsonNode> currentStep() {
    return view.path("steps")
        .valueStream()
        .filter(step -> UNDER_WAY.contains(step.path("status").asString("")))
        .findFirst();
  }

  /** What the merge has found; a missing node before. */
  JsonNode merged() {
    return step("merge").map(step -> step.path("result")).orElse(PlanJson.object());
  }

  /** The version that is approved here; empty when there was none. */
  String version() {
    return merged().path("version").asString("");
  }

  List<Conflict> conflicts() {
    JsonNode conflicts = merged().path("conflicts");
    return conflicts.isArray() ? PlanJson.MAPPER.convertValue(conflicts, CONFLICTS) : List.of();
  }
}
