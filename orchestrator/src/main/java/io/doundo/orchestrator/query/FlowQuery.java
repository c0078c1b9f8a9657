package io.doundo.orchestrator.query;

import io.doundo.orchestrator.core.FlowStatus;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which flows to list; what is null or empty does not matter.
 *
 * @param step name of a step at which the flow is, or at which it failed
 * @param error part of the error of any of its steps, or of the reason it stopped for
 * @param from the earliest start
 * @param to the start must be before this
 * @param search part of the flowId or of the search value
 * @param cursor of an earlier page
 */
public record FlowQuery(
    Set<FlowStatus> statuses,
    @Nullable String orchestration,
    @Nullable String step,
    @Nullable String error,
    @Nullable Instant from,
    @Nullable Instant to,
    @Nullable String search,
    int limit,
    @Nullable FlowCursor cursor) {

  public static final int MAX_LIMIT = 500;

  public FlowQuery {
    statuses = Set.copyOf(statuses);
  }
}
