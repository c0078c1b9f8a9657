package io.doundo.orchestrator.query.tail;

import io.doundo.orchestrator.query.index.FlowColumns;
import io.doundo.orchestrator.query.index.FlowRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.Predicate;

/**
 * Looks for flows that the lists show as running although the engine no longer has them. It asks
 * for the flows of the partitions that this instance decides, some at each look, and only for those
 * that have rested for long; a flow counts as a ghost when two looks in a row find it so, because
 * the engine is always a little ahead of the lists. Not thread-safe.
 */
public final class GhostCheck {

  static final long RESTED_MS = 300_000;

  /** How many flows one look asks for. */
  static final int MOST_ASKED = 10_000;

  private final FlowColumns columns;

  /** What the look before did not find, with their last transitions. */
  private Map<String, Integer> suspects = Map.of();

  private int slice;

  public GhostCheck(FlowColumns columns) {
    this.columns = columns;
  }

  /**
   * One look.
   *
   * @param owned the partitions whose flows this instance decides
   * @param isLive whether the engine has the flow
   * @param now ms since the epoch
   * @return the ghosts
   */
  public List<String> look(IntPredicate owned, Predicate<String> isLive, long now) {
    List<String> ghosts = new ArrayList<>();
    suspects.forEach(
        (flowId, transition) -> {
          FlowRow row = columns.find(flowId).orElse(null);
          boolean isSame =
              row != null
                  && columns.isLive(flowId)
                  && row.transitions() == transition
                  && owned.test(row.source().partition());
          if (isSame && !isLive.test(flowId)) {
            ghosts.add(flowId);
          }
        });
    Map<String, Integer> found = new HashMap<>();
    rested(owned, now)
        .forEach(
            (flowId, transition) -> {
              if (!isLive.test(flowId)) {
                found.put(flowId, transition);
              }
            });
    suspects = ghosts.isEmpty() ? found : Map.of();
    return ghosts;
  }

  private Map<String, Integer> rested(IntPredicate owned, long now) {
    int slices = 1 + columns.size() / MOST_ASKED;
    int current = slice++ % slices;
    Map<String, Integer> rested = new HashMap<>();
    columns.forEach(
        row -> {
          if (row.isLive()
              && now - row.updatedAt() > RESTED_MS
              && owned.test(row.partition())
              && row.isInSlice(current, slices)) {
            rested.put(row.flowId(), row.transitions());
          }
        });
    return rested;
  }
}
