package io.doundo.orchestrator.api.dashboard;

import io.doundo.orchestrator.api.request.ApiProblem;
import io.doundo.orchestrator.api.request.FlowFilter;
import io.doundo.orchestrator.api.request.ProblemKind;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which page of a list, and in which order.
 *
 * @param page from 0
 * @param descending true unless {@code direction=asc}
 */
record PageRequest(int page, int size, boolean descending) {

  static final int DEFAULT_SIZE = 10;
  static final int MOST_SIZE = 500;

  /** How far into a list of flows one can page. */
  static final int MOST_ROWS = 10_000;

  /** Reads the parameters, or throws a problem that names the wrong one. */
  static PageRequest of(
      @Nullable Integer page, @Nullable Integer size, @Nullable String direction) {
    int number = page == null ? 0 : page;
    int length = size == null ? DEFAULT_SIZE : size;
    if (number < 0) {
      throw bad("page counts from 0, but is " + number + '.');
    }
    if (length < 1 || length > MOST_SIZE) {
      throw bad("size must be 1 to " + MOST_SIZE + ", but is " + length + '.');
    }
    String way = FlowFilter.present(direction);
    if (way != null && !way.equalsIgnoreCase("asc") && !way.equalsIgnoreCase("desc")) {
      throw bad("direction must be asc or desc, but is \"" + way + "\".");
    }
    return new PageRequest(number, length, way == null || way.equalsIgnoreCase("desc"));
  }

  /** The position of the page's first entry in the list. */
  long first() {
    return (long) page * size;
  }

  /** What a parameter names, or a problem that lists what it may be. */
  static <T> T named(String parameter, String given, Map<String, T> known) {
    T value = known.get(given.toLowerCase(Locale.ROOT));
    if (value == null) {
      throw bad(
          "%s must be one of %s, but is \"%s\"."
              .formatted(parameter, new TreeSet<>(known.keySet()), given));
    }
    return value;
  }

  static ApiProblem bad(String detail) {
    return new ApiProblem(ProblemKind.BAD_REQUEST, detail);
  }
}
