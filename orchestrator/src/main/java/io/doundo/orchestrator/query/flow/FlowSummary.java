package io.doundo.orchestrator.query.flow;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One flow in a list.
 *
 * @param version the number of its definition among those of its name; null while it has none
 * @param searchValue what the definition's {@code searchKey} finds in its payload
 */
public record FlowSummary(
    String flowId,
    String orchestrationName,
    @Nullable Integer version,
    FlowStatus status,
    @Nullable ParkReason parkReason,
    boolean paused,
    @Nullable String searchValue,
    Instant startedAt,
    Instant updatedAt,
    @Nullable Instant completedAt) {}
