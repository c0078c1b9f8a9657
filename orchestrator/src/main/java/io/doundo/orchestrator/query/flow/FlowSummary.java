package io.doundo.orchestrator.query.flow;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One flow in a list.
 *
 * @param version the number of its definition among those of its name; null while it has none
 * @param searchValue what the definition's {@code searchKey} finds in its payload
 * @param parent the flowId of the flow that it is a part of; null for a flow that stands alone
 * @param transition the number of its last transition
 * @param currentSteps the steps at which it is, or failed; at most ten
 * @param attempts the commands sent for the one of these steps with the most
 * @param error the text of its open or last error, cut
 * @param fingerprint the group of that error
 * @param dueAt when something is due next
 * @param inDoubt whether nobody knows if something of it happened
 */
public record FlowSummary(
    String flowId,
    String orchestrationName,
    @Nullable Integer version,
    FlowStatus status,
    @Nullable ParkReason parkReason,
    boolean paused,
    @Nullable String searchValue,
    @Nullable String parent,
    Instant startedAt,
    Instant updatedAt,
    @Nullable Instant completedAt,
    int transition,
    List<String> currentSteps,
    int attempts,
    @Nullable String error,
    @Nullable String fingerprint,
    @Nullable Instant dueAt,
    boolean inDoubt) {}
