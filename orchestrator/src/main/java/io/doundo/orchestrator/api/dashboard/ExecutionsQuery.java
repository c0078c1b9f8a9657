package io.doundo.orchestrator.api.dashboard;

import io.doundo.orchestrator.api.dashboard.DashboardWords.Execution;
import io.doundo.orchestrator.api.request.FlowFilter;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.query.flow.FlowCriteria;
import io.doundo.orchestrator.query.flow.FlowCriteria.TimeRange;
import io.doundo.orchestrator.query.flow.FlowOrder;
import io.doundo.orchestrator.query.flow.FlowQuery;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The query parameters of a list of executions, as they were given. */
record ExecutionsQuery(
    @Nullable Integer page,
    @Nullable Integer size,
    @Nullable String sortBy,
    @Nullable String direction,
    @Nullable String status,
    @Nullable String fromDate,
    @Nullable String toDate) {

  private static final Map<String, Execution> STATUSES =
      Stream.of(Execution.values())
          .collect(
              Collectors.toUnmodifiableMap(
                  word -> word.name().toLowerCase(Locale.ROOT), word -> word));

  /** Whether the list is sorted by the last change and not by the start. */
  private static final Map<String, Boolean> ORDERS =
      Map.of(
          "starttime", false,
          "startedat", false,
          "lastupdated", true,
          "lastupdatedat", true,
          "updatedat", true);

  /** Newest first, and nothing else is asked for. */
  static ExecutionsQuery newest(@Nullable Integer page, int size) {
    return new ExecutionsQuery(page, size, null, null, null, null, null);
  }

  PageRequest request() {
    PageRequest request = PageRequest.of(page, size, direction);
    if (request.first() + request.size() > PageRequest.MOST_ROWS) {
      throw PageRequest.bad(
          "Only the first %,d executions can be paged through; narrow the list with status, fromDate or toDate."
              .formatted(PageRequest.MOST_ROWS));
    }
    return request;
  }

  /**
   * Everything up to the end of the page; empty when no flow can match.
   *
   * @param isKnown whether the orchestration is registered
   */
  Optional<FlowQuery> upToPage(String orchestration, boolean isKnown, DashboardTimes times) {
    PageRequest request = request();
    TimeRange started = times.range("fromDate", fromDate, "toDate", toDate);
    FlowOrder order = order(request.descending());
    String word = FlowFilter.present(status);
    Set<FlowStatus> statuses =
        word == null ? Set.of() : PageRequest.named("status", word, STATUSES).ours(isKnown);
    if (word != null && statuses.isEmpty()) {
      return Optional.empty();
    }
    FlowCriteria criteria = FlowCriteria.of(orchestration, statuses, null, started);
    int limit = (int) (request.first() + request.size());
    return Optional.of(new FlowQuery(criteria, order, limit, null, true, Set.of(), null));
  }

  private FlowOrder order(boolean isDescending) {
    String sort = FlowFilter.present(sortBy);
    boolean byUpdate = sort != null && PageRequest.named("sortBy", sort, ORDERS);
    if (byUpdate) {
      return isDescending ? FlowOrder.LAST_UPDATE_FIRST : FlowOrder.FIRST_UPDATE_FIRST;
    }
    return isDescending ? FlowOrder.NEWEST_START_FIRST : FlowOrder.OLDEST_START_FIRST;
  }
}
