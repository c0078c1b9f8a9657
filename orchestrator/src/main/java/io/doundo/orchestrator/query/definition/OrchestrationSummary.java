package io.doundo.orchestrator.query.definition;

import io.doundo.orchestrator.definition.GraphType;
import io.doundo.orchestrator.definition.OrchestrationStatus;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The newest version of an orchestration in a list.
 *
 * @param status whether it accepts starts
 * @param steps how many it has
 * @param stepNames their names, in order
 * @param initiator the service that registered it
 * @param requestedBy who requested this version over REST; null when it was written to Kafka by
 *     others
 * @param unservedSteps the steps that no service has declared to serve
 */
public record OrchestrationSummary(
    String name,
    int version,
    String hash,
    OrchestrationStatus status,
    GraphType type,
    @Nullable String title,
    @Nullable String category,
    List<String> labels,
    int steps,
    List<String> stepNames,
    @Nullable String initiator,
    Instant registeredAt,
    @Nullable String requestedBy,
    List<String> unservedSteps) {}
