package io.doundo.orchestrator.query.flow;

import io.doundo.orchestrator.core.state.FlowStatus;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which flows to list; what is null or empty does not matter.
 *
 * @param step name of a step at which the flow is, or at which it failed
 * @param error part of the error of any of its steps, or of the reason it stopped for
 * @param from the earliest start
 * @param to the start must be before this
 * @param search part of the flowId or of the search value
 * @param cursor of an earlier page
 */
public record FlowQuery(
    Set<FlowStatus> statuses,
    @Nullable String orchestration,
    @Nullable String step,
    @Nullable String error,
    @Nullable Instant from,
    @Nullable Instant to,
    @Nullable String search,
    int limit,
    @Nullable FlowCursor cursor) {

  public static final int MAX_LIMIT = 500;

  public FlowQuery {
    statuses = Set.copyOf(statuses);
  }

  /**
   * Reads statuses, each of which may be several, separated by commas.
   *
   * @throws IllegalArgumentException with a text for a person when one is unknown
   */
  public static Set<FlowStatus> statuses(List<String> texts) {
    Set<FlowStatus> statuses = EnumSet.noneOf(FlowStatus.class);
    for (String text : texts) {
      for (String name : text.split(",", -1)) {
        if (!name.isBlank()) {
          statuses.add(status(name.strip()));
        }
      }
    }
    return statuses;
  }

  private static FlowStatus status(String name) {
    return Stream.of(FlowStatus.values())
        .filter(status -> status.name().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "status must be one of %s, but is \"%s\"."
                        .formatted(List.of(FlowStatus.values()), name)));
  }
}
