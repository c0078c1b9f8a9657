package io.doundo.orchestrator.api;

import io.doundo.orchestrator.query.flow.FlowCursor;
import io.doundo.orchestrator.query.flow.FlowQuery;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The query parameters of a list of flows, as they were given. */
record FlowFilter(
    @Nullable List<String> status,
    @Nullable String orchestration,
    @Nullable String step,
    @Nullable String error,
    @Nullable String from,
    @Nullable String to,
    @Nullable String search,
    @Nullable Integer limit,
    @Nullable String cursor) {

  private static final int DEFAULT_LIMIT = 50;

  /** The query, or a problem that names the wrong parameter. */
  FlowQuery query(@Nullable String ofOrchestration) {
    int wanted = limit == null ? DEFAULT_LIMIT : limit;
    if (wanted < 1 || wanted > FlowQuery.MAX_LIMIT) {
      throw bad("limit must be 1 to " + FlowQuery.MAX_LIMIT + ", but is " + wanted + '.');
    }
    try {
      return new FlowQuery(
          FlowQuery.statuses(status == null ? List.of() : status),
          present(ofOrchestration),
          present(step),
          present(error),
          time("from", from),
          time("to", to),
          present(search),
          wanted,
          after());
    } catch (IllegalArgumentException e) {
      throw bad(String.valueOf(e.getMessage()));
    }
  }

  private @Nullable FlowCursor after() {
    String given = present(cursor);
    return given == null
        ? null
        : FlowCursor.decode(given)
            .orElseThrow(() -> bad("cursor must be the nextCursor of an earlier page."));
  }

  static @Nullable Instant time(String parameter, @Nullable String text) {
    String given = present(text);
    if (given == null) {
      return null;
    }
    try {
      return given.matches("\\d{1,15}")
          ? Instant.ofEpochMilli(Long.parseLong(given))
          : OffsetDateTime.parse(given).toInstant();
    } catch (DateTimeException e) {
      throw bad(
          "%s must be a time such as 2026-01-31T12:00:00Z or milliseconds since the epoch, but is"
                  .formatted(parameter)
              + " \"%s\".".formatted(given));
    }
  }

  private static @Nullable String present(@Nullable String text) {
    return text == null || text.isBlank() ? null : text;
  }

  private static ApiProblem bad(String detail) {
    return new ApiProblem(ProblemKind.BAD_REQUEST, detail, Map.of(), null);
  }
}
