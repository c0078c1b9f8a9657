package io.doundo.orchestrator.query.flow;

import io.doundo.orchestrator.query.index.FlowRow;
import io.doundo.orchestrator.query.index.RowCursor;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The orders of a list of flows. Flows at the same time stand in the order of their flowIds. */
public enum FlowOrder {
  NEWEST_START_FIRST("-startedAt"),
  OLDEST_START_FIRST("startedAt"),
  LAST_UPDATE_FIRST("-updatedAt"),
  FIRST_UPDATE_FIRST("updatedAt"),
  LAST_DUE_FIRST("-dueAt"),
  /** Those that nothing is due for come last. */
  FIRST_DUE_FIRST("dueAt");

  private final String parameter;

  FlowOrder(String parameter) {
    this.parameter = parameter;
  }

  /** Its name in a request. */
  public String parameter() {
    return parameter;
  }

  public static Optional<FlowOrder> of(String parameter) {
    return Arrays.stream(values()).filter(order -> order.parameter.equals(parameter)).findFirst();
  }

  /** The names of all in requests. */
  public static List<String> parameters() {
    return Arrays.stream(values()).map(FlowOrder::parameter).toList();
  }

  /** The smaller, the earlier in the list. */
  long rank(RowCursor row) {
    return rank(row.startedAt(), row.updatedAt(), row.dueAt());
  }

  long rank(FlowRow row) {
    return rank(row.startedAt(), row.updatedAt(), row.dueAt());
  }

  private long rank(long startedAt, long updatedAt, long dueAt) {
    return switch (this) {
      case NEWEST_START_FIRST -> -startedAt;
      case OLDEST_START_FIRST -> startedAt;
      case LAST_UPDATE_FIRST -> -updatedAt;
      case FIRST_UPDATE_FIRST -> updatedAt;
      case LAST_DUE_FIRST -> -dueAt;
      case FIRST_DUE_FIRST -> dueAt == 0 ? Long.MAX_VALUE : dueAt;
    };
  }

  Comparator<FlowRow> comparator() {
    return Comparator.<FlowRow>comparingLong(this::rank).thenComparing(FlowRow::flowId);
  }
}
