package io.doundo.orchestrator.api.request;

import io.doundo.orchestrator.query.deadletter.DeadLetterFilter;
import org.jspecify.annotations.Nullable;

/**
 * Which dead letters are asked for.
 *
 * @param topic the topic where they came from
 * @param reason a part of their reason
 * @param flowId the flow that they are about
 * @param from they became dead letters at or after this time
 * @param to they became dead letters before this time
 * @param fingerprint the group of their reason
 * @param seen whether they were marked as seen
 */
public record DeadLetterQuery(
    @Nullable String topic,
    @Nullable String reason,
    @Nullable String flowId,
    @Nullable String from,
    @Nullable String to,
    @Nullable String fingerprint,
    @Nullable Boolean seen,
    @Nullable Integer limit,
    @Nullable String cursor) {

  /** What the reads filter by. */
  public DeadLetterFilter filter() {
    return new DeadLetterFilter(
        present(topic),
        present(reason),
        present(flowId),
        FlowFilter.time("from", from),
        FlowFilter.time("to", to),
        present(fingerprint),
        seen);
  }

  /** The nextCursor of an earlier page; null for the first page. */
  public @Nullable String after() {
    return present(cursor);
  }

  private static @Nullable String present(@Nullable String text) {
    return text == null || text.isBlank() ? null : text;
  }
}
