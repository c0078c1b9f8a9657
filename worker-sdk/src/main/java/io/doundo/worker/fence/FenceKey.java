package io.doundo.worker.fence;

import org.jspecify.annotations.Nullable;

/**
 * One step of one life of a flow.
 *
 * @param incarnation tells this life of the flowId from an earlier one; null for a command put on
 *     the topic by hand, which then shares the record of all such commands
 */
public record FenceKey(
    String orchestration, String step, String flowId, @Nullable String incarnation) {}
