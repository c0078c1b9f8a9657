package io.doundo.orchestrator.query.flow;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.parts.PartPlace;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.json.RawJson;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One flow as it is shown.
 *
 * @param version the number of its definition among those of its name; null while it has none
 * @param definition {@code name@hash}; null while it has none
 * @param deadlineAt when it is cancelled, or stops waiting for its definition
 * @param leftStanding the steps whose effect, certain or possible, an undone or abandoned flow
 *     leaves in the world
 * @param payload what it was started with; null when only the list still knows the flow
 * @param headers the start's own body headers, which travel with every command; null when it has
 *     none
 * @param result the result of a completed flow, if its orchestration defines one
 * @param resultError why the result cannot be computed; null when it can
 * @param transition the number of its last transition, by which a control record can say what it
 *     expects
 * @param incidents how often something happened that should not, such as two different successes of
 *     one step
 * @param lastIncident what it was the last time
 * @param traceId the id of its trace, which every command has in its {@code traceparent}
 * @param part its place in the flow that has begun it; null for a flow that stands alone
 */
public record FlowView(
    String flowId,
    String orchestrationName,
    @Nullable Integer version,
    @Nullable String definition,
    FlowStatus status,
    @Nullable ParkReason parkReason,
    boolean paused,
    @Nullable String reason,
    @Nullable String initiator,
    Instant startedAt,
    @Nullable Instant completedAt,
    Instant updatedAt,
    @Nullable Instant deadlineAt,
    List<String> leftStanding,
    List<FlowStepView> steps,
    @Nullable RawJson payload,
    @Nullable RawJson headers,
    @Nullable RawJson result,
    @Nullable String resultError,
    int transition,
    int incidents,
    @Nullable String lastIncident,
    String traceId,
    @Nullable PartView part) {

  /**
   * The place of a part.
   *
   * @param parent the flowId of the flow that has begun it
   * @param root the flowId of the flow at the top
   * @param step of the parent
   * @param attempt of that step
   * @param index among the parts of that attempt
   * @param pausedAbove whether a flow above it is paused, and so it is as well
   */
  public record PartView(
      String parent, String root, String step, int attempt, int index, boolean pausedAbove) {}

  /**
   * The parts of a step.
   *
   * @param total how many there are; of a loop, how many rounds are decided so far
   * @param begun how many were begun
   * @param left how many have yet to begin
   * @param counts how many stand at each place
   * @param parked how many wait for an operator
   * @param paused how many an operator has paused by themselves
   * @param repairing how many undo an effect that landed after they had ended
   * @param attempt of the step
   * @param nextAt when the next round begins
   * @param flows the parts by name, at most 100, those that keep the step waiting first
   */
  public record PartsView(
      int total,
      int begun,
      int left,
      Map<PartPlace, Integer> counts,
      int parked,
      int paused,
      int repairing,
      int attempt,
      @Nullable Instant nextAt,
      List<PartLine> flows) {}

  /**
   * One part of a step, as its parent knows it.
   *
   * @param parked whether it waits for an operator
   * @param paused whether an operator has paused it by itself
   */
  public record PartLine(
      String flowId, int index, PartPlace place, boolean parked, boolean paused) {}

  /**
   * One step of a flow.
   *
   * @param attempts DO commands sent so far
   * @param undoAttempts UNDO commands sent so far
   * @param durationMs from its first command to its last answer
   * @param attemptDeadlineAt when the attempt whose answer is awaited times out
   * @param nextAttemptAt when a command is sent again
   * @param result what its DO returned
   * @param branch the index of the branch that a choice has taken; null for other steps
   * @param task its task; null for steps without a task
   * @param by who sent the signal that it took; null while it has taken none
   * @param workerVersion the version of the worker that answered last; null when it did not say
   * @param ranOn which versions of the worker answered, oldest first
   * @param parts its parts; null for steps without
   */
  public record FlowStepView(
      int seq,
      String name,
      StepStatus status,
      int attempts,
      int undoAttempts,
      int generation,
      @Nullable Instant startedAt,
      @Nullable Instant endedAt,
      @Nullable Long durationMs,
      @Nullable Instant attemptDeadlineAt,
      @Nullable Instant nextAttemptAt,
      @Nullable String workerService,
      @Nullable String errorMessage,
      @Nullable RawJson result,
      @Nullable Integer branch,
      @Nullable TaskView task,
      @Nullable String by,
      @Nullable String workerVersion,
      List<RunView> ranOn,
      @Nullable PartsView parts) {}

  /**
   * Successive answers to a step's commands by one version of its worker.
   *
   * @param workerVersion {@code (several)} when more versions ran it than are told apart
   * @param from when the first of these commands was sent
   * @param to when the last of them was answered
   */
  public record RunView(String workerVersion, CommandAction action, Instant from, Instant to) {}

  /**
   * The task of a step.
   *
   * @param assignee null for all candidates
   * @param dueAt when it is overdue; null for never
   * @param form the JSON Schema of the answer; null for any answer
   */
  public record TaskView(
      String title,
      @Nullable String assignee,
      List<String> candidates,
      @Nullable Instant dueAt,
      @Nullable RawJson form) {}

  /** Whether nothing more happens to it without an operator. */
  public boolean settled() {
    return status.isTerminal() || status == FlowStatus.PARKED;
  }

  /** Whether its flowId may be used again. */
  public boolean mayStartAgain() {
    return status == FlowStatus.REJECTED;
  }
}
