package io.doundo.orchestrator.api.v1;

import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.FlowFilter;
import io.doundo.orchestrator.api.request.ProblemKind;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** One page of a list. */
record FrameworkPage<T>(List<T> data, Pagination pagination) {

  /** Where the page stands; pages count from 1. */
  record Pagination(
      int page, int limit, long total, long totalPages, boolean hasNext, boolean hasPrevious) {}

  /**
   * Which page, and in which order.
   *
   * @param page from 1
   */
  record Asked(int page, int limit, @Nullable String sortBy, boolean descending) {

    private static final int DEFAULT_LIMIT = 20;
    private static final int MOST_LIMIT = 100;
    private static final int MOST_ROWS = 10_000;

    /** Reads the parameters, or throws a problem that names the wrong one. */
    static Asked of(
        @Nullable Integer page,
        @Nullable Integer limit,
        @Nullable String sortBy,
        @Nullable String sortOrder) {
      int number = page == null ? 1 : page;
      int length = limit == null ? DEFAULT_LIMIT : limit;
      if (number < 1) {
        throw bad("page counts from 1, but is " + number + '.');
      }
      if (length < 1 || length > MOST_LIMIT) {
        throw bad("limit must be 1 to " + MOST_LIMIT + ", but is " + length + '.');
      }
      if ((long) number * length > MOST_ROWS) {
        throw bad("page must not lead beyond the first %,d entries.".formatted(MOST_ROWS));
      }
      String way = FlowFilter.present(sortOrder);
      if (way != null && !way.equalsIgnoreCase("asc") && !way.equalsIgnoreCase("desc")) {
        throw bad("sortOrder must be asc or desc, but is \"" + way + "\".");
      }
      return new Asked(
          number, length, FlowFilter.present(sortBy), way == null || way.equalsIgnoreCase("desc"));
    }

    int first() {
      return (page - 1) * limit;
    }

    /** What {@code sortBy} names. */
    <O> O order(Map<String, O> known, O standard) {
      return sortBy == null ? standard : named("sortBy", sortBy, known);
    }
  }

  /** The page of a list that is there as a whole. */
  static <T> FrameworkPage<T> of(List<T> all, Asked asked) {
    int from = Math.min(all.size(), asked.first());
    int to = Math.min(all.size(), from + asked.limit());
    return of(all.subList(from, to), all.size(), asked);
  }

  static <T> FrameworkPage<T> of(List<T> data, long total, Asked asked) {
    long pages = (total + asked.limit() - 1) / asked.limit();
    return new FrameworkPage<>(
        List.copyOf(data),
        new Pagination(
            asked.page(), asked.limit(), total, pages, asked.page() < pages, asked.page() > 1));
  }

  /** What a parameter names, in any case, or a problem that lists what it may be. */
  static <V> V named(String parameter, String given, Map<String, V> known) {
    for (Map.Entry<String, V> one : known.entrySet()) {
      if (one.getKey().toLowerCase(Locale.ROOT).equals(given.toLowerCase(Locale.ROOT))) {
        return one.getValue();
      }
    }
    throw bad(
        "%s must be one of %s, but is \"%s\"."
            .formatted(parameter, new TreeSet<>(known.keySet()), given));
  }

  static ApiProblem bad(String detail) {
    return new ApiProblem(ProblemKind.BAD_REQUEST, detail);
  }
}
