package io.doundo.plans.facade;

import io.doundo.plans.draft.Draft;
import io.doundo.plans.facade.Bodies.CompleteBody;
import io.doundo.plans.fhir.PublishedPlan;
import io.doundo.plans.json.PlanJson;
import io.doundo.plans.merge.Change;
import io.doundo.plans.merge.Changes;
import io.doundo.plans.merge.Comparison;
import io.doundo.plans.merge.Conflict;
import io.doundo.plans.merge.MergeResult;
import io.doundo.plans.merge.Resolution;
import io.doundo.plans.merge.ThreeWayMerge;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The tasks of approvals: to approve a plan, or to resolve the conflicts of one's own draft. Who
 * may complete one is checked here and again by the flow, which takes the first answer only.
 */
@Component
class Approvals {

  private static final int MOST_COMMENTS = 4_000;

  private final Dependencies dependencies;
  private final VersionConflicts conflicts;

  Approvals(Dependencies dependencies, VersionConflicts conflicts) {
    this.dependencies = dependencies;
    this.conflicts = conflicts;
  }

  /** The open tasks of a user, each with what is to be decided. */
  List<Map<String, Object>> tasks(String userId) {
    Set<TaskId> ids = new LinkedHashSet<>();
    dependencies.orchestrator(
        "tasks",
        flows -> {
          flows.tasks("assignee", userId, ids::add);
          flows.tasks("candidate", userId, ids::add);
          return ids;
        });
    List<Map<String, Object>> tasks = new ArrayList<>();
    for (TaskId id : ids) {
      dependencies
          .orchestrator("flow", flows -> flows.flow(id.flowId()))
          .ifPresent(
              flow ->
                  flow.step(id.step())
                      .filter(Approvals::isOpen)
                      .ifPresent(step -> tasks.add(shown(id, flow, step))));
    }
    return tasks;
  }

  private static boolean isOpen(JsonNode step) {
    return step.path("status").asString("").equals("WAITING") && step.path("task").isObject();
  }

  private static Map<String, Object> shown(TaskId id, ApprovalFlow flow, JsonNode step) {
    JsonNode payload = flow.payload();
    JsonNode merged = flow.merged();
    Map<String, Object> task = new LinkedHashMap<>();
    task.put("taskId", id.toString());
    task.put("processInstanceId", id.flowId());
    task.put("kind", id.step());
    task.put("title", step.path("task").path("title"));
    task.put("assignee", step.path("task").path("assignee"));
    task.put("candidates", step.path("task").path("candidates"));
    task.put("dueAt", step.path("task").path("dueAt"));
    task.put("draftId", payload.path("draftId"));
    task.put("draftName", payload.path("planName"));
    task.put("planId", payload.path("planId"));
    task.put("submittedBy", payload.path("submittedBy"));
    task.put("round", payload.path("round"));
    task.put("version", flow.version());
    task.put("conflictType", merged.path("conflictType"));
    task.put("conflicts", flow.conflicts());
    task.put("autoMerged", merged.path("moved").asBoolean(false) && flow.conflicts().isEmpty());
    task.put("changes", changes(merged));
    task.values().removeIf(value -> value instanceof JsonNode node && node.isMissingNode());
    return task;
  }

  private static List<Change> changes(JsonNode merged) {
    return merged.path("before") instanceof ObjectNode before
            && merged.path("plan") instanceof ObjectNode plan
        ? Changes.between(before, plan)
        : List.of();
  }

  /**
   * Completes a task.
   *
   * @return what has become of it
   */
  String complete(TaskId id, String userId, CompleteBody body) {
    ApprovalFlow flow =
        dependencies
            .orchestrator("flow", flows -> flows.flow(id.flowId()))
            .orElseThrow(() -> TaskId.notFound(id.toString()));
    JsonNode step =
        flow.step(id.step())
            .filter(found -> flow.isOfPlans() && TaskId.STEPS.contains(id.step()))
            .filter(found -> found.path("task").isObject())
            .orElseThrow(() -> TaskId.notFound(id.toString()));
    if (id.step().equals(TaskId.RESOLVE)) {
      requireOneOf(step.path("task"), userId, id);
      return resolve(id, flow, userId, body);
    }
    if (userId.equals(flow.payload().path("submittedBy").asString(""))) {
      throw new Problem(
          Problem.Kind.SUBMITTER_MAY_NOT_APPROVE,
          userId + " has submitted this draft, and may not approve it");
    }
    requireOneOf(step.path("task"), userId, id);
    return approve(id, flow, isOpen(step), userId, body);
  }

  private static void requireOneOf(JsonNode task, String userId, TaskId id) {
    boolean assigned = task.path("assignee").asString("").equals(userId);
    boolean candidate =
        task.path("candidates").valueStream().anyMatch(name -> name.asString("").equals(userId));
    if (!assigned && !candidate) {
      throw new Problem(
          Problem.Kind.NOT_YOUR_TASK, "the task %s is not for %s".formatted(id, userId));
    }
  }

  private String approve(
      TaskId id, ApprovalFlow flow, boolean open, String userId, CompleteBody body) {
    Boolean approved = body.approved();
    if (approved == null) {
      throw new Problem(
          Problem.Kind.BAD_REQUEST, "approved is missing: true to publish, false to reject");
    }
    ObjectNode answer = PlanJson.object();
    if (body.comments() != null) {
      if (body.comments().length() > MOST_COMMENTS) {
        throw new Problem(Problem.Kind.BAD_REQUEST, "comments must have at most 4000 characters");
      }
      answer.put("comments", body.comments());
    }
    if (approved && open) {
      requireCurrent(id, flow, userId, answer);
    }
    answer.put("approved", approved);
    complete(id, userId, answer);
    return approved ? "approved" : "rejected";
  }

  /**
   * Ends this round when the plan has been published anew since the task was made: what the
   * approver has seen is not what would come of it. The write itself compares the version once
   * more.
   */
  private void requireCurrent(TaskId id, ApprovalFlow flow, String userId, ObjectNode answer) {
    String planId = flow.payload().path("planId").asString("");
    Optional<PublishedPlan> current = dependencies.plans("find", plans -> plans.newest(planId));
    String now = current.map(PublishedPlan::version).orElse("");
    if (now.equals(flow.version())) {
      return;
    }
    ObjectNode moved = answer.deepCopy();
    moved.put("approved", false).put("moved", true);
    complete(id, userId, moved);
    Comparison.Type type =
        current.map(PublishedPlan::deleted).orElse(true)
            ? Comparison.Type.DELETED
            : flow.merged().path("before").isEmpty()
                ? Comparison.Type.ALREADY_EXISTS
                : Comparison.Type.VERSION_MISMATCH;
    conflicts.count(type, "approval");
    throw new Problem(
        Problem.Kind.VERSION_CONFLICT,
        "plan %s was changed by somebody else during the approval: nothing is published, both changes are merged and approved anew"
            .formatted(planId),
        Map.of(
            "conflictType",
            type == Comparison.Type.VERSION_MISMATCH ? "concurrent_modification" : type.word(),
            "expectedVersion",
            flow.version(),
            "currentVersion",
            now),
        null);
  }

  private String resolve(TaskId id, ApprovalFlow flow, String userId, CompleteBody body) {
    ObjectNode answer = PlanJson.object();
    if (Boolean.TRUE.equals(body.withdraw())) {
      complete(id, userId, answer.put("withdraw", true));
      return "withdrawn";
    }
    boolean deleted =
        flow.merged().path("conflictType").asString("").equals(Comparison.Type.DELETED.word());
    List<Resolution> resolutions = body.resolutions() == null ? List.of() : body.resolutions();
    List<Conflict> open = undecided(flow.conflicts(), resolutions);
    if (deleted ? !Boolean.TRUE.equals(body.recreate()) : !open.isEmpty()) {
      throw VersionConflicts.mergeRequired(
          flow.merged().path("conflictType").asString(""), null, flow.version(), open);
    }
    if (deleted) {
      answer.put("recreate", true);
    } else {
      requireMerged(flow, resolutions);
      answer.set("resolutions", PlanJson.MAPPER.valueToTree(resolutions));
    }
    complete(id, userId, answer);
    return "resolved";
  }

  /** Refuses resolutions that leave a conflict, or a plan that could not be published. */
  private void requireMerged(ApprovalFlow flow, List<Resolution> resolutions) {
    String planId = flow.payload().path("planId").asString("");
    String draftId = flow.payload().path("draftId").asString("");
    Draft draft =
        dependencies
            .drafts("find", drafts -> drafts.find(draftId))
            .orElseThrow(
                () -> new Problem(Problem.Kind.DRAFT_NOT_FOUND, "there is no draft " + draftId));
    ObjectNode current =
        dependencies
            .plans("find", plans -> plans.find(planId, flow.version()))
            .map(PublishedPlan::plan)
            .orElseThrow(
                () ->
                    new Problem(
                        Problem.Kind.PLAN_NOT_FOUND,
                        "plan %s has no version %s".formatted(planId, flow.version())));
    MergeResult merged = ThreeWayMerge.of(draft.baseOrEmpty(), draft.data(), current, resolutions);
    if (!merged.isClean()) {
      throw VersionConflicts.mergeRequired(
          flow.merged().path("conflictType").asString(""),
          draft.baseVersion(),
          flow.version(),
          merged.conflicts());
    }
    dependencies.requireValid(merged.plan());
  }

  private static List<Conflict> undecided(List<Conflict> all, List<Resolution> resolutions) {
    Set<String> decided = new HashSet<>();
    resolutions.forEach(resolution -> decided.add(resolution.path()));
    List<Conflict> open = all.stream().filter(one -> !decided.contains(one.path())).toList();
    all.forEach(one -> decided.remove(one.path()));
    if (!decided.isEmpty()) {
      throw new Problem(
          Problem.Kind.BAD_REQUEST,
          "there is no conflict at " + String.join(", ", decided.stream().sorted().toList()));
    }
    return open;
  }

  private void complete(TaskId id, String userId, ObjectNode answer) {
    dependencies.orchestrator(
        "complete",
        flows -> {
          flows.complete(id, userId, answer);
          return true;
        });
  }
}
