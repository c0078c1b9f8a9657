package io.doundo.worker.fence;

import org.jspecify.annotations.Nullable;

/**
 * One step of one life of a flow.
 *
 * @param incarnation distinguishes this flow from an earlier one with the same flowId; null for a
 *     command put on the topic by hand, which then shares the record of all such commands
 */
public record FenceKey(
    String orchestration, String step, String flowId, @Nullable String incarnation) {}
