package io.doundo.orchestrator.query.flow;

import io.doundo.orchestrator.query.index.FlowFacet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which flows to list, and what of them.
 *
 * @param cursor of an earlier page in the same order
 * @param counted whether to count all that match
 * @param after a transition that the answer is to contain, if it becomes known soon enough
 */
public record FlowQuery(
    FlowCriteria criteria,
    FlowOrder order,
    int limit,
    @Nullable FlowCursor cursor,
    boolean counted,
    Set<FlowFacet> facets,
    @Nullable Transition after) {

  public static final int MAX_LIMIT = 500;

  public FlowQuery {
    facets = Set.copyOf(facets);
  }

  /**
   * A transition of a flow.
   *
   * @param number of the transition in this life of the flow
   */
  public record Transition(String flowId, int number) {}

  /** The first page in the usual order, without numbers. */
  public static FlowQuery of(FlowCriteria criteria, int limit) {
    return new FlowQuery(
        criteria, FlowOrder.NEWEST_START_FIRST, limit, null, false, Set.of(), null);
  }

  /** The same, but the page after this place. */
  public FlowQuery from(@Nullable FlowCursor other) {
    return new FlowQuery(criteria, order, limit, other, counted, facets, after);
  }
}
