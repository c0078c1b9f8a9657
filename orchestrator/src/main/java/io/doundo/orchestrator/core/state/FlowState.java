package io.doundo.orchestrator.core.state;

import io.doundo.orchestrator.core.state.parts.PartLife;
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
 * @param definition null while {@code WAITING} and when {@code REJECTED}
 * @param parkReason set exactly while {@code PARKED}
 * @param reason why the flow is undoing, parked, abandoned or rejected
 * @param cancelReason a cancel that waits for the pivot in flight
 * @param transitions number of transitions so far; numbers the audit records
 * @param notes what else is remembered
 * @param signals the signals that it has received
 * @param life what it was told as a part; {@link PartLife#NONE} for a flow that stands alone
 */
public record FlowState(
    FlowOrigin origin,
    @Nullable DefinitionId definition,
    FlowStatus status,
    @Nullable ParkReason parkReason,
    boolean paused,
    @Nullable String reason,
    @Nullable String cancelReason,
    FlowTimes times,
    TurnState turns,
    int transitions,
    List<StepState> steps,
    FlowNotes notes,
    FlowSignals signals,
    PartLife life) {

  public FlowState {
    steps = List.copyOf(steps);
  }

  /** The state of a flow that stands alone. */
  public FlowState(
      FlowOrigin origin,
      @Nullable DefinitionId definition,
      FlowStatus status,
      @Nullable ParkReason parkReason,
      boolean paused,
      @Nullable String reason,
      @Nullable String cancelReason,
      FlowTimes times,
      TurnState turns,
      int transitions,
      List<StepState> steps,
      FlowNotes notes,
      FlowSignals signals) {
    this(
        origin,
        definition,
        status,
        parkReason,
        paused,
        reason,
        cancelReason,
        times,
        turns,
        transitions,
        steps,
        notes,
        signals,
        PartLife.NONE);
  }

  /** The state of a flow that has received no signal. */
  public FlowState(
      FlowOrigin origin,
      @Nullable DefinitionId definition,
      FlowStatus status,
      @Nullable ParkReason parkReason,
      boolean paused,
      @Nullable String reason,
      @Nullable String cancelReason,
      FlowTimes times,
      TurnState turns,
      int transitions,
      List<StepState> steps,
      FlowNotes notes) {
    this(
        origin,
        definition,
        status,
        parkReason,
        paused,
        reason,
        cancelReason,
        times,
        turns,
        transitions,
        steps,
        notes,
        FlowSignals.NONE);
  }

  public String flowId() {
    return origin.flowId();
  }

  /** Hash of the start record; distinguishes this flow from an earlier one with the same flowId. */
  public String incarnation() {
    return origin.incarnation();
  }

  public String orchestrationName() {
    return origin.orchestrationName();
  }

  /**
   * This state, parked by a fault of the engine, without asking anything of its definition: for a
   * flow on which the decider fails too. A flow that waits for its definition stays as it is.
   *
   * @param at the orchestrator's clock, ms since the epoch
   * @param error of what, for the operator
   */
  public FlowState faulted(long at, String error) {
    if (status.isTerminal() || status == FlowStatus.WAITING) {
      return this;
    }
    return new FlowState(
        origin,
        definition,
        FlowStatus.PARKED,
        ParkReason.ENGINE_FAULT,
        paused,
        "internal error while processing this flow: " + error,
        cancelReason,
        new FlowTimes(at, times.endedAt(), 0, 0),
        turns,
        transitions + 1,
        steps,
        notes,
        signals,
        life);
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
      PartsState parts = steps.get(i).parts();
      if (steps.get(i).effect().mayExist() || (parts != null && parts.leavesStanding())) {
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

  /** Whether the flow sends nothing: an operator has paused it, or a flow above it. */
  public boolean isPaused() {
    return paused || life.paused();
  }

  /**
   * Whether the flow can leave the live store: it has ended, has told its parts until when they are
   * kept, and, if it is a part itself, its parent has told it. One on which the orchestrator has
   * failed stays there until it has asked its parts again.
   */
  public boolean mayBeArchived() {
    boolean isAwaited = origin.partOf() != null && life.keptUntil() == 0;
    if (!status.isTerminal() || isAwaited || times.wakeAt() > 0) {
      return false;
    }
    for (StepState step : steps) {
      PartsState parts = step.parts();
      if (parts != null && !parts.isReleased()) {
        return false;
      }
    }
    return true;
  }
}
