package io.doundo.orchestrator.query.index;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An open task of an indexed flow.
 *
 * @param step the index of its step in the definition
 * @param dueAt when it is overdue, ms since the epoch, or 0
 * @param openedAt when its step began, ms since the epoch
 * @param timesOutAt when its step times out, ms since the epoch, or 0
 */
public record TaskRow(
    int step,
    String title,
    @Nullable String assignee,
    List<String> candidates,
    long dueAt,
    long openedAt,
    long timesOutAt) {

  public TaskRow {
    candidates = List.copyOf(candidates);
  }
}
