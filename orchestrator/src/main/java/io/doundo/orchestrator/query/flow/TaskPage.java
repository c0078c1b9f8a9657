package io.doundo.orchestrator.query.flow;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list of tasks, ordered by due time.
 *
 * @param nextCursor asks for the next page; null on the last one
 * @param asOf everything committed until then is in it
 * @param lagMs how long ago that was
 * @param complete false when tasks may be missing; {@code note} says why
 */
public record TaskPage(
    List<OpenTask> tasks,
    @Nullable String nextCursor,
    Instant asOf,
    long lagMs,
    boolean complete,
    @Nullable String note) {}
