package io.doundo.orchestrator.api.request;

import io.doundo.orchestrator.query.flow.FlowQuery;
import io.doundo.orchestrator.query.flow.TaskCursor;
import io.doundo.orchestrator.query.flow.TaskQuery;
import org.jspecify.annotations.Nullable;

/** The raw query parameters of a list of tasks. */
public record TaskFilter(
    @Nullable String assignee,
    @Nullable String candidate,
    @Nullable String orchestration,
    @Nullable Boolean overdue,
    @Nullable Boolean mine,
    @Nullable Integer limit,
    @Nullable String cursor) {

  private static final int DEFAULT_LIMIT = 50;

  /** The query, limited to what the caller may see, or a problem that names the wrong parameter. */
  public TaskQuery query(Caller caller) {
    int wanted = limit == null ? DEFAULT_LIMIT : limit;
    if (wanted < 1 || wanted > FlowQuery.MAX_LIMIT) {
      throw new ApiProblem(
          ProblemKind.BAD_REQUEST,
          "limit must be 1 to " + FlowQuery.MAX_LIMIT + ", but is " + wanted + '.');
    }
    return new TaskQuery(
        present(assignee),
        present(candidate),
        present(orchestration),
        overdue,
        caller.isLimited() || Boolean.TRUE.equals(mine) ? caller.names() : null,
        wanted,
        after());
  }

  private @Nullable TaskCursor after() {
    String given = present(cursor);
    return given == null
        ? null
        : TaskCursor.decode(given)
            .orElseThrow(
                () ->
                    new ApiProblem(
                        ProblemKind.BAD_REQUEST,
                        "cursor must be the nextCursor of an earlier page."));
  }

  private static @Nullable String present(@Nullable String text) {
    return text == null || text.isBlank() ? null : text;
  }
}
