package io.doundo.history.simulation.invariant;

import io.doundo.history.simulation.RecordedDecision;
import io.doundo.history.simulation.Violation;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.TaskState;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Work;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A step that waits for a person states the task and its assignee. Both change only when somebody
 * assigns the task, once, and to the person named.
 */
public final class TasksAreAsked implements Invariant {

  private final Set<String> assigned = new HashSet<>();

  @Override
  public void decided(RecordedDecision taken) {
    Orchestration definition = taken.definition();
    FlowState next = taken.next();
    if (definition == null || next.steps().isEmpty()) {
      return;
    }
    for (int i = 0; i < next.steps().size(); i++) {
      String name = definition.steps().get(i).name();
      StepState after = next.steps().get(i);
      boolean asks =
          definition.steps().get(i).work() instanceof Work.Signal wait && wait.task() != null;
      if (asks && after.status() == StepStatus.WAITING && after.task() == null) {
        throw new Violation("tasks", "task " + name + " waits, and nobody is asked");
      }
      TaskState before = taskBefore(taken.before(), i);
      boolean hasBegun = isEntryOf(taken, FlowEventType.STEP_WAITING, name);
      if (isEntryOf(taken, FlowEventType.TASK_ASSIGNED, name)) {
        requireAssigned(taken, name, before, after.task());
      } else if (!hasBegun && before != null && !before.equals(after.task())) {
        throw new Violation(
            "tasks", "task " + name + " was " + before + " and has become " + after.task());
      }
    }
  }

  private static void requireAssigned(
      RecordedDecision taken, String name, @Nullable TaskState before, @Nullable TaskState after) {
    String assignee =
        taken.event() instanceof ControlRequested control ? control.assignee() : "nobody knows";
    TaskState expected = before == null ? null : before.assignedTo(assignee);
    if (expected == null || !expected.equals(after)) {
      throw new Violation(
          "tasks", "task " + name + " should be " + expected + ", but it is " + after);
    }
  }

  @Override
  public void committed(RecordedDecision taken) {
    if (taken.published(FlowEventType.TASK_ASSIGNED)
        && taken.event() instanceof ControlRequested control
        && !assigned.add(control.controlId())) {
      throw new Violation("tasks", "the assignment " + control.controlId() + " counts twice");
    }
  }

  private static @Nullable TaskState taskBefore(@Nullable FlowState before, int step) {
    return before == null || before.steps().isEmpty() ? null : before.steps().get(step).task();
  }

  private static boolean isEntryOf(RecordedDecision taken, FlowEventType type, String step) {
    return taken.decision().effects().stream()
        .anyMatch(
            effect ->
                effect instanceof PublishFlowEvent entry
                    && entry.type() == type
                    && Objects.equals(entry.step(), step));
  }
}
