package io.doundo.orchestrator.core;

import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.Orchestration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything the orchestrator knows of one flow. Immutable; only {@link FlowDecider} makes new
 * ones. {@code steps} stand in the order of the definition's steps and are empty while it waits for
 * one.
 *
 * @param incarnation hash of the start record; tells this life of the flowId from an earlier one
 * @param definition null while {@code WAITING} and when {@code REJECTED}
 * @param parkReason set exactly while {@code PARKED}
 * @param reason why the flow is undoing, parked, abandoned or rejected
 * @param cancelReason a cancel that waits for the pivot in flight
 * @param start the start payload
 * @param startDigest hash of orchestration name and payload; tells a repeated start from a conflict
 * @param startedAt ms since the epoch
 * @param updatedAt when the last transition was made, ms since the epoch
 * @param endedAt ms since the epoch, or 0
 * @param deadlineAt when the flow is cancelled, or stops waiting for its definition; ms since the
 *     epoch, or 0
 * @param wakeAt when the flow's one timer is set for, ms since the epoch, or 0; never later than
 *     the earliest thing that is due
 * @param turns number of turns asked for so far
 * @param undoTurn the turn whose commit the first UNDO waits for, or 0
 * @param undoCommitted whether that turn is known to be committed
 * @param transitions number of transitions so far; numbers the audit records
 * @param controlIds the last control records carried out, newest last
 */
public record FlowState(
    String flowId,
    String incarnation,
    String orchestrationName,
    @Nullable DefinitionId definition,
    FlowStatus status,
    @Nullable ParkReason parkReason,
    boolean paused,
    @Nullable String reason,
    @Nullable String cancelReason,
    @Nullable String initiator,
    Content start,
    String startDigest,
    long startedAt,
    long updatedAt,
    long endedAt,
    long deadlineAt,
    long wakeAt,
    int turns,
    int undoTurn,
    boolean undoCommitted,
    int transitions,
    List<StepState> steps,
    List<String> controlIds) {

  public FlowState {
    steps = List.copyOf(steps);
    controlIds = List.copyOf(controlIds);
  }

  /**
   * The names of the steps whose effect, certain or possible, an ended flow leaves in the world:
   * those without UNDO, those an operator passed over, all of an abandoned flow.
   *
   * @param definition the flow's definition
   */
  public List<String> leftStanding(Orchestration definition) {
    if (status != FlowStatus.UNDONE && status != FlowStatus.ABANDONED) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i).evidence().mayHaveEffect()) {
        names.add(definition.steps().get(i).name());
      }
    }
    return names;
  }
}
