package io.doundo.orchestrator.core;

import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.TaskState;
import io.doundo.orchestrator.definition.Work;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The assignments of a flow's open tasks, and who may complete them. */
final class Tasks {

  private Tasks() {}

  /** Why ASSIGN is not possible, or null when it is. */
  static @Nullable String refusalOfAssigning(FlowDraft flow, ControlRequested event) {
    if (event.step() == null) {
      return "stepName is missing: name the task to ASSIGN";
    }
    int step = flow.definition().indexOf(event.step());
    if (step < 0) {
      return "the orchestration has no step " + event.step();
    }
    if (!isTask(flow, event.step())) {
      return "step " + event.step() + " is not a task";
    }
    String refusal = refusalOf(flow, step, event.asOneOf());
    if (refusal != null) {
      return refusal;
    }
    return Objects.equals(open(flow, step).assignee(), event.assignee())
        ? "task " + event.step() + " is already for " + nameOf(event.assignee())
        : null;
  }

  /**
   * Why somebody may not complete the task of this name, or null. Who it is for may have changed
   * since the sender's right was checked.
   *
   * @param names the sender's names and groups
   */
  static @Nullable String refusalOfCompleting(FlowDraft flow, String name, List<String> names) {
    return isTask(flow, name)
        ? refusalOf(flow, flow.definition().indexOf(name), names)
        : "the flow has no task "
            + name
            + ", and "
            + String.join(", ", names)
            + " may complete tasks only";
  }

  /** Whether a step of this flow, and not of its parts, is a task of this name. */
  static boolean isTask(FlowDraft flow, String name) {
    int step = flow.isDefined() ? flow.definition().indexOf(name) : -1;
    return step >= 0
        && flow.definitionOf(step).work() instanceof Work.Signal wait
        && wait.task() != null;
  }

  /**
   * Why the task cannot be completed or assigned, or null.
   *
   * @param names null for somebody who may complete and assign any task
   */
  private static @Nullable String refusalOf(
      FlowDraft flow, int step, @Nullable List<String> names) {
    String name = flow.definitionOf(step).name();
    if (flow.steps[step].status != StepStatus.WAITING) {
      return "task " + name + " is not open; it is " + flow.steps[step].status;
    }
    return names == null || open(flow, step).isForOneOf(names)
        ? null
        : "CHANGED_MEANWHILE: task %s is not for %s any more"
            .formatted(name, String.join(" or ", names));
  }

  static void assign(FlowDraft flow, ControlRequested event) {
    int step = flow.definition().indexOf(Objects.requireNonNull(event.step(), "refused before"));
    TaskState before = open(flow, step);
    flow.steps[step].task = before.assignedTo(event.assignee());
    String why =
        "from %s to %s".formatted(nameOf(before.assignee()), nameOf(event.assignee()))
            + (event.requestedBy() == null ? "" : " by " + event.requestedBy());
    flow.auditStep(FlowEventType.TASK_ASSIGNED, step, null, why);
  }

  private static TaskState open(FlowDraft flow, int step) {
    return Objects.requireNonNull(flow.steps[step].task, "an open task says what is to be done");
  }

  private static String nameOf(@Nullable String assignee) {
    return assignee == null ? "nobody in particular" : assignee;
  }

  /** A task in the words of the audit log. */
  static String describe(TaskState task) {
    StringBuilder text = new StringBuilder("task \"").append(task.title()).append('"');
    if (task.assignee() != null) {
      text.append(", assignee ").append(task.assignee());
    }
    if (!task.candidates().isEmpty()) {
      text.append(", candidates ").append(String.join(" ", task.candidates()));
    }
    return text.toString();
  }
}
