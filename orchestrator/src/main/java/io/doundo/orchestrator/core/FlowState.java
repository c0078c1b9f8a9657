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
 * @param headers the start's own body headers, a JSON object, or null; they travel with every
 *     command
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
 * @param notes what else is remembered
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
    @Nullable Content headers,
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
    FlowNotes notes) {

  public FlowState {
    steps = List.copyOf(steps);
  }

  /**
   * This state, parked by a fault of the engine, without asking anything of its definition: for a
   * flow on which the decider fails too. A flow that waits for its definition stays as it is.
   */
  public FlowState faulted(FlowEvent.EngineFailed event) {
    if (status.isTerminal() || status == FlowStatus.WAITING) {
      return this;
    }
    return new FlowState(
        flowId,
        incarnation,
        orchestrationName,
        definition,
        FlowStatus.PARKED,
        ParkReason.ENGINE_FAULT,
        paused,
        "the orchestrator fails on this flow: " + event.error(),
        cancelReason,
        initiator,
        start,
        headers,
        startDigest,
        startedAt,
        event.at(),
        endedAt,
        0,
        0,
        turns,
        undoTurn,
        undoCommitted,
        transitions + 1,
        steps,
        notes);
  }

  /**
   * The steps whose effect, certain or possible, an ended flow leaves in the world: those without
   * UNDO, those an operator passed over, all of an abandoned flow.
   *
   * @return their places in the definition, in its order
   */
  public List<Integer> standingSteps() {
    if (status != FlowStatus.UNDONE && status != FlowStatus.ABANDONED) {
      return List.of();
    }
    List<Integer> standing = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i).evidence().mayHaveEffect()) {
        standing.add(i);
      }
    }
    return standing;
  }

  /**
   * The names of these steps.
   *
   * @param definition the flow's definition
   */
  public List<String> leftStanding(Orchestration definition) {
    return standingSteps().stream().map(step -> definition.steps().get(step).name()).toList();
  }
}
