package io.doundo.orchestrator.streams.state;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.core.state.PartStatus;
import io.doundo.orchestrator.core.state.StepEffect;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.parts.ParentVerb;
import io.doundo.orchestrator.core.state.parts.PartPlace;
import io.doundo.orchestrator.core.state.parts.PartsPhase;
import java.util.List;

/** How the enums of the core are stored. The lists are part of the schema: only append to them. */
public final class StoredCodes {

  static final EnumCodes<FlowStatus> STATUSES =
      new EnumCodes<>(
          FlowStatus.class,
          List.of(
              FlowStatus.WAITING,
              FlowStatus.IN_PROGRESS,
              FlowStatus.COMPLETED,
              FlowStatus.UNDOING,
              FlowStatus.UNDONE,
              FlowStatus.PARKED,
              FlowStatus.ABANDONED,
              FlowStatus.REJECTED));

  public static final EnumCodes<ParkReason> PARK_REASONS =
      new EnumCodes<>(
          ParkReason.class,
          List.of(
              ParkReason.UNDO_FAILED,
              ParkReason.PIVOT_IN_DOUBT,
              ParkReason.FORWARD_EXHAUSTED,
              ParkReason.ESCALATED,
              ParkReason.ENGINE_FAULT));

  static final EnumCodes<StepStatus> STEP_STATUSES =
      new EnumCodes<>(
          StepStatus.class,
          List.of(
              StepStatus.PENDING,
              StepStatus.ARMED,
              StepStatus.IN_PROGRESS,
              StepStatus.DO_SUCCESS,
              StepStatus.DO_FAIL,
              StepStatus.RETRY_EXHAUSTED,
              StepStatus.FAILED,
              StepStatus.IN_DOUBT,
              StepStatus.UNDOING,
              StepStatus.UNDO_SUCCESS,
              StepStatus.UNDO_FAIL,
              StepStatus.SKIPPED,
              StepStatus.RESOLVED,
              StepStatus.NOT_TAKEN,
              StepStatus.COMPUTING,
              StepStatus.GIVEN_UP,
              StepStatus.WAITING,
              StepStatus.HELD));

  static final EnumCodes<StepEffect> STEP_EFFECTS =
      new EnumCodes<>(
          StepEffect.class,
          List.of(StepEffect.NONE, StepEffect.CLEAN, StepEffect.IN_DOUBT, StepEffect.DONE));

  static final EnumCodes<PartsPhase> PARTS_PHASES =
      new EnumCodes<>(
          PartsPhase.class,
          List.of(
              PartsPhase.FORWARD,
              PartsPhase.WON,
              PartsPhase.FAILING,
              PartsPhase.TIMED_OUT,
              PartsPhase.UNDO,
              PartsPhase.RETRIED));

  static final EnumCodes<PartStatus> PART_STATUSES =
      new EnumCodes<>(
          PartStatus.class,
          List.of(
              PartStatus.RUNNING,
              PartStatus.PARKED,
              PartStatus.COMPLETED,
              PartStatus.UNDONE,
              PartStatus.REJECTED,
              PartStatus.ABANDONED,
              PartStatus.LOST,
              PartStatus.PAUSED));

  static final EnumCodes<ParentVerb> PARENT_VERBS =
      new EnumCodes<>(
          ParentVerb.class,
          List.of(
              ParentVerb.BACK,
              ParentVerb.PAUSE,
              ParentVerb.RESUME,
              ParentVerb.ABANDON,
              ParentVerb.RELEASE,
              ParentVerb.KEEP));

  /**
   * The places of parts are stored in this order, each with its parts; a new one is appended, and
   * needs a tag of its own.
   */
  static final List<PartPlace> PART_PLACES =
      List.of(
          PartPlace.RUNNING,
          PartPlace.DONE,
          PartPlace.FAILED,
          PartPlace.ASKED,
          PartPlace.UNDONE,
          PartPlace.ABANDONED,
          PartPlace.LOST,
          PartPlace.RELEASED);

  private StoredCodes() {}
}
