package io.doundo.orchestrator.query.flow;

import io.doundo.orchestrator.query.index.FlowFacets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list of flows.
 *
 * @param nextCursor asks for the next page; null on the last one
 * @param total how many flows match on all pages; null when they were not to be counted
 * @param facets null when none was asked for
 * @param asOf everything committed until then is in it
 * @param lagMs how long ago that was
 * @param reachesBackTo every flow that started since then is in it
 * @param complete false when flows may be missing; {@code note} says why
 */
public record FlowPage(
    List<FlowSummary> flows,
    @Nullable String nextCursor,
    @Nullable Total total,
    @Nullable FlowFacets facets,
    Instant asOf,
    long lagMs,
    Instant reachesBackTo,
    boolean complete,
    @Nullable String note) {

  /**
   * How many flows match.
   *
   * @param exact false when flows may be missing
   */
  public record Total(long count, boolean exact) {}
}
