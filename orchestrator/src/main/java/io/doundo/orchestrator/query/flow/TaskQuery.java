package io.doundo.orchestrator.query.flow;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which open tasks to list; what is null does not matter.
 *
 * @param candidate one of those who may complete it beside the assignee
 * @param names the task must be for one of them, as assignee or as candidate
 * @param cursor of an earlier page
 */
public record TaskQuery(
    @Nullable String assignee,
    @Nullable String candidate,
    @Nullable String orchestration,
    @Nullable Boolean overdue,
    @Nullable Set<String> names,
    int limit,
    @Nullable TaskCursor cursor) {

  boolean matches(OpenTask task) {
    FlowView.TaskView asked = task.task();
    return (assignee == null || assignee.equals(asked.assignee()))
        && (candidate == null || asked.candidates().contains(candidate))
        && (overdue == null || overdue == task.overdue())
        && (names == null
            || (asked.assignee() != null && names.contains(asked.assignee()))
            || asked.candidates().stream().anyMatch(names::contains))
        && (cursor == null || cursor.isBefore(task));
  }
}
