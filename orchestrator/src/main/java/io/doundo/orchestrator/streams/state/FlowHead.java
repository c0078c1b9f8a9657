package io.doundo.orchestrator.streams.state;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.definition.DefinitionId;
import org.jspecify.annotations.Nullable;

/**
 * The entry of a flow in lists: the head of a stored flow, readable without the rest.
 *
 * @param searchValue the value of the definition's {@code searchKey} in the start payload, or null
 * @param endedAt ms since the epoch, or 0
 * @param deadlineAt ms since the epoch, or 0
 * @param transitions number of transitions so far; the higher of two heads is the newer
 */
public record FlowHead(
    String flowId,
    String incarnation,
    String orchestrationName,
    @Nullable DefinitionId definition,
    FlowStatus status,
    @Nullable ParkReason parkReason,
    boolean paused,
    @Nullable String searchValue,
    long startedAt,
    long updatedAt,
    long endedAt,
    long deadlineAt,
    int transitions) {}
