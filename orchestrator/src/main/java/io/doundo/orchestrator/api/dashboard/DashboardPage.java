package io.doundo.orchestrator.api.dashboard;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.function.Function;

/**
 * One page of a list.
 *
 * @param page its number, from 0
 * @param size how many entries a page has at most
 * @param totalElements on all pages
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
record DashboardPage<T>(List<T> content, int page, int size, long totalElements, long totalPages) {

  /** The page of a list that is there as a whole. */
  static <T> DashboardPage<T> of(List<T> all, PageRequest request) {
    int from = (int) Math.min(all.size(), request.first());
    int to = Math.min(all.size(), from + request.size());
    return of(all.subList(from, to), all.size(), request);
  }

  static <T> DashboardPage<T> of(List<T> content, long total, PageRequest request) {
    return new DashboardPage<>(
        List.copyOf(content),
        request.page(),
        request.size(),
        total,
        (total + request.size() - 1) / request.size());
  }

  <R> DashboardPage<R> map(Function<T, R> view) {
    return new DashboardPage<>(
        content.stream().map(view).toList(), page, size, totalElements, totalPages);
  }
}
