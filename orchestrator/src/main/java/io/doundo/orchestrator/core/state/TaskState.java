package io.doundo.orchestrator.core.state;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a step asks of a person, as it was computed when the step began.
 *
 * @param assignee who is to do it, a name or a group; null for nobody in particular
 * @param candidates who else may do it, names and groups
 * @param dueAt when it is overdue, ms since the epoch, or 0 for never
 */
public record TaskState(
    String title, @Nullable String assignee, List<String> candidates, long dueAt) {

  public TaskState {
    candidates = List.copyOf(candidates);
  }

  /** The same task for somebody else. */
  public TaskState assignedTo(@Nullable String other) {
    return new TaskState(title, other, candidates, dueAt);
  }
}
