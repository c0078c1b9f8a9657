package io.doundo.plans.facade;

import io.doundo.plans.draft.Draft;
import io.doundo.plans.draft.DraftStatus;
import io.doundo.plans.facade.Bodies.DraftBody;
import io.doundo.plans.fhir.PublishedPlan;
import io.doundo.plans.json.PlanJson;
import io.doundo.plans.merge.Comparison;
import io.doundo.plans.merge.Conflict;
import io.doundo.plans.merge.Resolution;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/**
 * Keeps drafts and submits them. The flow of a submission has an id that is made of the draft and
 * its revision: the same revision submitted twice is one approval.
 */
@Component
class Submissions {

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]{0,47}");
  private static final int MOST_PEOPLE = 50;

  /**
   * The largest plan, in bytes of JSON. An approval carries it several times, beside the published
   * one and each of its conflicts, in a record of at most 1 MB.
   */
  static final int LARGEST_PLAN = 128 * 1024;

  private final Dependencies dependencies;
  private final VersionConflicts conflicts;

  Submissions(Dependencies dependencies, VersionConflicts conflicts) {
    this.dependencies = dependencies;
    this.conflicts = conflicts;
  }

  /** The draft. */
  Draft draft(String draftId) {
    requireId("the id of the draft", draftId);
    return dependencies
        .drafts("find", drafts -> drafts.find(draftId))
        .orElseThrow(
            () -> new Problem(Problem.Kind.DRAFT_NOT_FOUND, "there is no draft " + draftId));
  }

  /** Keeps a draft. A new one begins with what is published now. */
  Draft save(String draftId, DraftBody body) {
    Optional<Draft> before = dependencies.drafts("find", drafts -> drafts.find(draftId));
    String planId =
        body.planId() != null ? body.planId() : before.map(Draft::planId).orElse(draftId);
    requireId("the id of the draft", draftId);
    requireId("planId", planId);
    ObjectNode data = body.data();
    if (data == null) {
      throw new Problem(Problem.Kind.BAD_REQUEST, "data is missing: the plan's own fields");
    }
    if (before.isPresent() && !before.get().planId().equals(planId)) {
      throw new Problem(
          Problem.Kind.NOT_EDITABLE,
          "draft %s is of plan %s, and cannot become one of %s"
              .formatted(draftId, before.get().planId(), planId));
    }
    if (body.revision() != null
        && body.revision() != before.map(Draft::revision).orElse(0L).longValue()) {
      throw notEditable(draftId);
    }
    return save(begun(before, draftId, planId, body, data));
  }

  /**
   * The draft as it is to be kept: on the version that its author has seen, so that what others
   * have published since is a conflict, and is not written over.
   */
  private Draft begun(
      Optional<Draft> before, String draftId, String planId, DraftBody body, ObjectNode data) {
    Draft draft = before.orElseGet(() -> Draft.fresh(draftId, planId));
    String seen = body.baseVersion();
    if (seen == null && draft.status() == DraftStatus.APPROVED) {
      // Work goes on with what was published of it.
      seen = draft.publishedVersion();
    }
    if (seen != null) {
      draft = seen.equals(draft.baseVersion()) ? draft : onto(draft, seen, data);
    } else if (before.isEmpty()) {
      Optional<PublishedPlan> current = dependencies.plans("find", plans -> plans.find(planId));
      draft =
          draft.onto(
              current.map(PublishedPlan::version).orElse(null),
              current.map(PublishedPlan::plan).orElse(null),
              data);
    }
    String name = body.name() != null ? body.name() : name(draft, data);
    return draft.with(
        name,
        data,
        people("approvers", body.approvers(), draft.approvers()),
        people("escalation", body.escalation(), draft.escalation()));
  }

  private Draft onto(Draft draft, String version, ObjectNode data) {
    PublishedPlan seen =
        dependencies
            .plans("find", plans -> plans.find(draft.planId(), version))
            .orElseThrow(
                () ->
                    new Problem(
                        Problem.Kind.BAD_REQUEST,
                        "baseVersion: plan %s has no version %s"
                            .formatted(draft.planId(), version)));
    return draft.onto(version, seen.plan(), data);
  }

  private static String name(Draft draft, ObjectNode data) {
    String name = data.path("name").asString("");
    return !draft.name().isEmpty() ? draft.name() : name.isEmpty() ? draft.planId() : name;
  }

  private static List<String> people(
      String field, @Nullable List<String> given, List<String> before) {
    if (given == null) {
      return before;
    }
    if (given.size() > MOST_PEOPLE
        || given.stream().anyMatch(name -> name == null || name.isBlank())) {
      throw new Problem(
          Problem.Kind.BAD_REQUEST, field + " must be at most 50 names, none of them empty");
    }
    return given.stream().distinct().toList();
  }

  /** Refuses what is no id of a draft or a plan. */
  static void requireId(String what, String id) {
    if (!ID.matcher(id).matches()) {
      throw new Problem(
          Problem.Kind.BAD_REQUEST,
          "%s must be 1 to 48 letters, digits and hyphens, but is \"%s\"".formatted(what, id));
    }
  }

  /**
   * Keeps a draft.
   *
   * @throws Problem when it is too large, was changed since, or is in approval
   */
  private Draft save(Draft draft) {
    int size = PlanJson.MAPPER.writeValueAsBytes(draft.data()).length;
    if (size > LARGEST_PLAN) {
      throw new Problem(
          Problem.Kind.TOO_LARGE,
          "the plan of draft %s has %d bytes of JSON, and may have at most %d"
              .formatted(draft.draftId(), size, LARGEST_PLAN));
    }
    return dependencies
        .drafts("save", drafts -> drafts.save(draft))
        .orElseThrow(() -> notEditable(draft.draftId()));
  }

  private static Problem notEditable(String draftId) {
    return new Problem(
        Problem.Kind.NOT_EDITABLE,
        "draft %s is in approval, or was changed by somebody else: read it again"
            .formatted(draftId));
  }

  /**
   * Submits a draft, if it is on the published version.
   *
   * @param revision that is meant: a submission that is repeated after the decision is refused;
   *     null for whatever there is
   * @param data null for the draft as it is
   */
  Map<String, Object> submit(
      String draftId, String userId, @Nullable Long revision, @Nullable ObjectNode data) {
    Draft draft = draft(draftId);
    if (draft.status().isLocked()) {
      return submitted(draft, userId);
    }
    requireRevision(draft, revision);
    if (data != null && !PlanJson.same(data, draft.data())) {
      draft = save(draft.with(draft.name(), data, draft.approvers(), draft.escalation()));
    }
    VersionConflicts.Compared compared = conflicts.compare(draft, List.of());
    if (compared.comparison().type() != Comparison.Type.NONE) {
      conflicts.count(compared.comparison().type(), "submit");
      throw VersionConflicts.atSubmit(draft, compared);
    }
    requireApprovable(draft, draft.data(), userId);
    return start(draft, userId);
  }

  /**
   * Puts a draft onto the published version and submits it.
   *
   * @param revision that is meant; null for whatever there is
   * @param recreate whether a plan that was deleted is to be published anew
   */
  Map<String, Object> resubmit(
      String draftId,
      String userId,
      @Nullable Long revision,
      List<Resolution> resolutions,
      boolean recreate) {
    Draft draft = draft(draftId);
    if (draft.status().isLocked()) {
      return submitted(draft, userId);
    }
    requireRevision(draft, revision);
    VersionConflicts.Compared compared = conflicts.compare(draft, resolutions);
    Comparison comparison = compared.comparison();
    if (!comparison.unused().isEmpty()) {
      throw new Problem(
          Problem.Kind.BAD_REQUEST, "there is no conflict at " + sorted(comparison.unused()));
    }
    boolean recreated = comparison.type() == Comparison.Type.DELETED && recreate;
    if (!comparison.isClean() && !recreated) {
      throw VersionConflicts.mergeRequired(
          comparison.type().word(),
          draft.baseVersion(),
          compared.currentVersion(),
          comparison.conflicts());
    }
    requireApprovable(draft, comparison.plan(), userId);
    boolean merged = comparison.type() != Comparison.Type.NONE;
    if (merged) {
      draft =
          save(
              draft.onto(
                  compared.currentVersion(),
                  compared.current().map(PublishedPlan::plan).orElse(null),
                  comparison.plan()));
    }
    Map<String, Object> answer = start(draft, userId);
    answer.put("autoMerged", merged && resolutions.isEmpty() && !recreated);
    return answer;
  }

  private static void requireRevision(Draft draft, @Nullable Long revision) {
    if (revision != null && revision != draft.revision()) {
      throw new Problem(
          Problem.Kind.NOT_EDITABLE,
          "draft %s was changed or decided since revision %d: read it again"
              .formatted(draft.draftId(), revision));
    }
  }

  private static String sorted(Iterable<String> paths) {
    List<String> all = new ArrayList<>();
    paths.forEach(all::add);
    all.sort(null);
    return String.join(", ", all);
  }

  /** The answer to one who submits what is in approval already. */
  private static Map<String, Object> submitted(Draft draft, String userId) {
    if (!userId.equals(draft.submittedBy())) {
      throw new Problem(
          Problem.Kind.ALREADY_SUBMITTED,
          "draft %s was already submitted by %s".formatted(draft.draftId(), draft.submittedBy()));
    }
    return pending(draft, Objects.requireNonNull(draft.flowId()));
  }

  /** Refuses a draft that nobody else may approve, and a plan that could not be published. */
  private void requireApprovable(Draft draft, ObjectNode plan, String userId) {
    if (others(draft.approvers(), userId).isEmpty()) {
      throw new Problem(
          Problem.Kind.INVALID_PLAN,
          "draft %s names no approver but %s, who submits it".formatted(draft.draftId(), userId));
    }
    dependencies.requireValid(plan);
  }

  private static List<String> others(List<String> people, String userId) {
    return people.stream().filter(name -> !name.equals(userId)).toList();
  }

  /**
   * Starts the approval. Of several people who submit the same revision at once, the first one is
   * its submitter, and the others are told.
   */
  private Map<String, Object> start(Draft given, String userId) {
    Draft draft = ofItsOwnFlow(given);
    String flowId = flowId(draft);
    if (!dependencies.drafts(
        "claim", drafts -> drafts.claim(draft.draftId(), draft.revision(), flowId, userId))) {
      return notFirst(draft, userId);
    }
    ObjectNode payload = PlanJson.object();
    payload
        .put("draftId", draft.draftId())
        .put("planId", draft.planId())
        .put("planName", draft.name())
        .put("revision", draft.revision())
        .put("round", 1)
        .put("submittedBy", userId);
    List<String> others = others(draft.approvers(), userId);
    payload.set("approvers", PlanJson.MAPPER.valueToTree(others));
    List<String> escalation = others(draft.escalation(), userId);
    payload.set(
        "escalation", PlanJson.MAPPER.valueToTree(escalation.isEmpty() ? others : escalation));
    if (!dependencies.orchestrator("start", flows -> flows.start(flowId, payload))) {
      throw new Problem(
          Problem.Kind.ALREADY_SUBMITTED,
          "draft %s was just submitted by somebody else".formatted(draft.draftId()));
    }
    return pending(draft, flowId);
  }

  /** What the draft says after all about a submission that was not the first one. */
  private Map<String, Object> notFirst(Draft mine, String userId) {
    Draft now = draft(mine.draftId());
    boolean isClaimed = now.revision() == mine.revision() && flowId(mine).equals(now.flowId());
    if (isClaimed || now.status().isLocked()) {
      return submitted(now, userId);
    }
    throw notEditable(mine.draftId());
  }

  /** A flow that ended before it had the draft has used up the id of this revision. */
  private Draft ofItsOwnFlow(Draft draft) {
    boolean usedUp =
        dependencies
            .orchestrator("flow", flows -> flows.flow(flowId(draft)))
            .filter(ApprovalFlow::isEnded)
            .isPresent();
    return usedUp ? save(draft) : draft;
  }

  /** The flow of the first round of a draft's revision. */
  static String flowId(Draft draft) {
    return "plan-%s-%d".formatted(draft.draftId(), draft.revision());
  }

  private static Map<String, Object> pending(Draft draft, String flowId) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("processInstanceId", flowId);
    answer.put("status", "pending_approval");
    answer.put("draftId", draft.draftId());
    answer.put("planId", draft.planId());
    return answer;
  }

  /** Whether a draft could be submitted, and what stands in its way. */
  Map<String, Object> check(String draftId) {
    Draft draft = draft(draftId);
    VersionConflicts.Compared compared = conflicts.compare(draft, List.of());
    Comparison comparison = compared.comparison();
    List<Conflict> found = comparison.conflicts();
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("revision", draft.revision());
    answer.put("hasConflict", comparison.type() != Comparison.Type.NONE);
    answer.put("canAutoMerge", comparison.isClean());
    answer.putAll(
        VersionConflicts.versions(
            comparison.type().word(), draft.baseVersion(), compared.currentVersion(), found));
    return answer;
  }
}
