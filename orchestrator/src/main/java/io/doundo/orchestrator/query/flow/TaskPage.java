package io.doundo.orchestrator.query.flow;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list of tasks, ordered by due time.
 *
 * @param nextCursor asks for the next page; null on the last one
 * @param complete false when tasks may be missing; {@code note} says why
 */
public record TaskPage(
    List<OpenTask> tasks, @Nullable String nextCursor, boolean complete, @Nullable String note) {}
