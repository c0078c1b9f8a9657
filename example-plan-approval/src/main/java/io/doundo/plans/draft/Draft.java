package io.doundo.plans.draft;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.doundo.plans.json.PlanJson;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * A plan that somebody works on.
 *
 * @param planId of the plan that it becomes, or changes
 * @param revision rises with every change and every end of an approval
 * @param baseVersion the published version that it began with; null when there was none
 * @param base that version's content; null when there was none
 * @param data the plan as its author wants it
 * @param approvers who may approve it
 * @param escalation who decides when they do not; the approvers again when it is empty
 * @param submittedBy who submitted it last; null before the first time
 * @param flowId of the newest flow that it was submitted to; null before the first one
 * @param publishedVersion the version that its approval has published; null before
 */
public record Draft(
    String draftId,
    String planId,
    String name,
    DraftStatus status,
    long revision,
    @Nullable String baseVersion,
    @Nullable ObjectNode base,
    ObjectNode data,
    List<String> approvers,
    List<String> escalation,
    @Nullable String submittedBy,
    @JsonProperty("processInstanceId") @Nullable String flowId,
    @Nullable String comments,
    @Nullable String decidedBy,
    @Nullable String publishedVersion,
    Instant updatedAt) {

  public Draft {
    approvers = List.copyOf(approvers);
    escalation = List.copyOf(escalation);
  }

  /** A draft that nobody has submitted yet. */
  public static Draft fresh(String draftId, String planId) {
    return new Draft(
        draftId,
        planId,
        "",
        DraftStatus.DRAFT,
        0,
        null,
        null,
        PlanJson.object(),
        List.of(),
        List.of(),
        null,
        null,
        null,
        null,
        null,
        Instant.EPOCH);
  }

  /** What a merge begins with: the base, or nothing. */
  public ObjectNode baseOrEmpty() {
    return base == null ? PlanJson.object() : base;
  }

  /** With what its author has written. */
  public Draft with(
      String newName, ObjectNode newData, List<String> newApprovers, List<String> newEscalation) {
    return new Draft(
        draftId,
        planId,
        newName,
        status,
        revision,
        baseVersion,
        base,
        newData,
        newApprovers,
        newEscalation,
        submittedBy,
        flowId,
        comments,
        decidedBy,
        publishedVersion,
        updatedAt);
  }

  /** On another published version, or on none. */
  public Draft onto(@Nullable String newVersion, @Nullable ObjectNode newBase, ObjectNode merged) {
    return new Draft(
        draftId,
        planId,
        name,
        status,
        revision,
        newVersion,
        newBase,
        merged,
        approvers,
        escalation,
        submittedBy,
        flowId,
        comments,
        decidedBy,
        publishedVersion,
        updatedAt);
  }
}
