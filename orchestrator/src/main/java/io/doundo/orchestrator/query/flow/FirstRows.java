package io.doundo.orchestrator.query.flow;

import io.doundo.orchestrator.query.index.FlowRow;
import io.doundo.orchestrator.query.index.RowCursor;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** Keeps copies of the first few of many rows in an order, those behind a cursor only. */
final class FirstRows {

  private final FlowOrder order;
  private final int most;
  private final @Nullable FlowCursor cursor;
  private final Comparator<FlowRow> comparator;
  private final PriorityQueue<FlowRow> kept;

  /** The rank of the last of those kept, once there are as many as wanted. */
  private long lastRank = Long.MAX_VALUE;

  FirstRows(FlowOrder order, int most, @Nullable FlowCursor cursor) {
    this.order = order;
    this.most = most;
    this.cursor = cursor;
    this.comparator = order.comparator();
    this.kept = new PriorityQueue<>(comparator.reversed());
  }

  /** Copies the row if it is among the first few of those that have come so far. */
  void add(RowCursor row) {
    long rank = order.rank(row);
    if (rank > lastRank || (cursor != null && rank < cursor.rank())) {
      return;
    }
    if (cursor != null && rank == cursor.rank() && row.flowId().compareTo(cursor.flowId()) <= 0) {
      return;
    }
    if (kept.size() == most && rank == lastRank && row.flowId().compareTo(last().flowId()) >= 0) {
      return;
    }
    kept.add(row.copy());
    if (kept.size() > most) {
      kept.poll();
    }
    if (kept.size() == most) {
      lastRank = order.rank(last());
    }
  }

  private FlowRow last() {
    FlowRow last = kept.peek();
    if (last == null) {
      throw new IllegalStateException("nothing is kept");
    }
    return last;
  }

  List<FlowRow> inOrder() {
    return kept.stream().sorted(comparator).toList();
  }
}
