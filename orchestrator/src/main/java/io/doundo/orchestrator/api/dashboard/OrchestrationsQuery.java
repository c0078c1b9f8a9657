package io.doundo.orchestrator.api.dashboard;

import io.doundo.orchestrator.api.dashboard.DashboardWords.Registered;
import io.doundo.orchestrator.api.request.FlowFilter;
import io.doundo.orchestrator.query.flow.FlowCriteria.TimeRange;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The query parameters of the list of orchestrations, as they were given.
 *
 * @param orchName part of the name, in any case
 */
record OrchestrationsQuery(
    @Nullable Integer page,
    @Nullable Integer size,
    @Nullable String sortBy,
    @Nullable String direction,
    @Nullable String status,
    @Nullable String type,
    @Nullable String orchName,
    @Nullable String registeredFrom,
    @Nullable String registeredTo) {

  private static final Map<String, Registered> STATUSES =
      Stream.of(Registered.values())
          .collect(
              Collectors.toUnmodifiableMap(
                  word -> word.name().toLowerCase(Locale.ROOT), word -> word));

  /** The page of those that match, or a problem that names the wrong parameter. */
  DashboardPage<RegisteredOrchestration> select(
      List<RegisteredOrchestration> all, DashboardTimes times) {
    PageRequest request = PageRequest.of(page, size, direction);
    String sort = FlowFilter.present(sortBy);
    Comparator<RegisteredOrchestration> order =
        PageRequest.named(
            "sortBy", sort == null ? "lastUpdated" : sort, RegisteredOrchestration.ORDERS);
    String statusWord = FlowFilter.present(status);
    Registered wanted =
        statusWord == null ? null : PageRequest.named("status", statusWord, STATUSES);
    String typeWord = FlowFilter.present(type);
    String name = FlowFilter.present(orchName);
    String part = name == null ? "" : name.toLowerCase(Locale.ROOT);
    TimeRange registered =
        times.range("registeredFrom", registeredFrom, "registeredTo", registeredTo);
    return DashboardPage.of(
        all.stream()
            .filter(one -> wanted == null || one.status() == wanted)
            .filter(one -> typeWord == null || typeWord.equalsIgnoreCase(one.type()))
            .filter(one -> one.name().toLowerCase(Locale.ROOT).contains(part))
            .filter(one -> isWithin(registered, one.updatedAt()))
            .sorted(
                (request.descending() ? order.reversed() : order)
                    .thenComparing(RegisteredOrchestration::name))
            .toList(),
        request);
  }

  private static boolean isWithin(TimeRange range, Instant at) {
    Instant from = range.from();
    Instant to = range.to();
    return (from == null || !at.isBefore(from)) && (to == null || at.isBefore(to));
  }
}
