package io.doundo.orchestrator.query.flow;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The filter of a list of open tasks; null fields do not restrict it.
 *
 * @param candidate someone who may complete it besides the assignee
 * @param names names of which one must be the assignee or a candidate
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
