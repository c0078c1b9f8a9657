package io.doundo.orchestrator.streams.state;

import io.doundo.orchestrator.core.state.Outside;
import io.doundo.orchestrator.core.state.PartOf;
import io.doundo.orchestrator.core.state.StepEffect;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.TaskState;
import io.doundo.orchestrator.core.state.WorkerRun;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The front of a stored flow and of each of its steps: what lists and searches need, without any
 * JSON value. Immutable.
 *
 * @param reason why the flow is undoing, parked, abandoned or rejected
 * @param steps in the order of the definition's steps
 * @param partOf the flow that has begun it as a part; null for a flow that stands alone
 */
public record FlowFront(
    FlowHead head, @Nullable String reason, List<StepFront> steps, @Nullable PartOf partOf) {

  /** The front of a flow that stands alone. */
  public FlowFront(FlowHead head, @Nullable String reason, List<StepFront> steps) {
    this(head, reason, steps, null);
  }

  public FlowFront {
    steps = List.copyOf(steps);
  }

  /**
   * The front of one step.
   *
   * @param doSent the number of DO commands sent
   * @param undoSent the number of UNDO commands sent
   * @param isAsked whether an answer to a command is awaited
   * @param dueAt when the open attempt times out or the next one is due, ms since the epoch, or 0
   * @param startedAt when its first command was sent, ms since the epoch, or 0
   * @param endedAt when its last answer was accepted, ms since the epoch, or 0
   * @param worker the service that answered last
   * @param workerVersion the version that it gave last
   * @param task its task, open or not
   */
  public record StepFront(
      StepStatus status,
      StepEffect effect,
      int doSent,
      int undoSent,
      boolean isAsked,
      long dueAt,
      long startedAt,
      long endedAt,
      @Nullable String error,
      @Nullable String worker,
      @Nullable String workerVersion,
      @Nullable TaskState task) {

    /** The front of a step that has not begun. */
    public static final StepFront PENDING = of(StepState.PENDING);

    static StepFront of(StepState step) {
      Outside outside = step.outside();
      return new StepFront(
          step.status(),
          step.effect(),
          outside.doing().sent(),
          outside.undoing().sent(),
          outside.openAttempt() > 0 && step.parts() == null,
          step.dueAt(),
          step.startedAt(),
          step.endedAt(),
          step.error(),
          outside.worker(),
          versionOf(outside),
          step.task());
    }

    static @Nullable String versionOf(Outside outside) {
      List<WorkerRun> runs = outside.runs();
      return runs.isEmpty() ? null : runs.get(runs.size() - 1).version();
    }
  }

  /** The front of a decoded flow. */
  static FlowFront of(StoredFlow flow) {
    return new FlowFront(
        flow.head(),
        flow.state().reason(),
        flow.state().steps().stream().map(StepFront::of).toList(),
        flow.state().origin().partOf());
  }
}
