package io.doundo.orchestrator.streams.state;

import io.doundo.orchestrator.core.Evidence;
import io.doundo.orchestrator.core.FlowStatus;
import io.doundo.orchestrator.core.ParkReason;
import io.doundo.orchestrator.core.StepStatus;
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
              StepStatus.RESOLVED));

  static final EnumCodes<Evidence> EVIDENCE =
      new EnumCodes<>(
          Evidence.class, List.of(Evidence.NONE, Evidence.CLEAN, Evidence.DOUBT, Evidence.DONE));

  private StoredCodes() {}
}
