package io.doundo.orchestrator.query.flow;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of a list of flows, newest start first.
 *
 * @param nextCursor asks for the next page; null on the last one
 * @param complete false when flows may be missing; {@code note} says why
 */
public record FlowPage(
    List<FlowSummary> flows,
    @Nullable String nextCursor,
    boolean complete,
    @Nullable String note) {}
