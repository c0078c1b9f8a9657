package io.doundo.orchestrator.core.state;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The task of a step, as computed when the step began.
 *
 * @param assignee the name or group to whom it is assigned; null for all candidates
 * @param candidates the names and groups who may also do it
 * @param dueAt when it is overdue, ms since the epoch, or 0 for never
 */
public record TaskState(
    String title, @Nullable String assignee, List<String> candidates, long dueAt) {

  public TaskState {
    candidates = List.copyOf(candidates);
  }

  /** Whether the assignee or a candidate is one of these names and groups. */
  public boolean isForOneOf(List<String> names) {
    return (assignee != null && names.contains(assignee))
        || candidates.stream().anyMatch(names::contains);
  }

  /** The same task with another assignee. */
  public TaskState assignedTo(@Nullable String other) {
    return new TaskState(title, other, candidates, dueAt);
  }
}
