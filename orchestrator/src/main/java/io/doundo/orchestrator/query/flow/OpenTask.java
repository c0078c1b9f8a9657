package io.doundo.orchestrator.query.flow;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.doundo.orchestrator.query.index.IndexedDefinition;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A task that waits for completion.
 *
 * @param overdue whether it should have been completed by now
 * @param openedAt when its step began
 * @param timesOutAt when the flow goes on or turns back without it; null for never
 * @param definition where the form of its answer stands; not shown
 * @param stepIndex the place of its step there; not shown
 */
public record OpenTask(
    String flowId,
    String orchestrationName,
    String step,
    @JsonUnwrapped FlowView.TaskView task,
    boolean overdue,
    Instant openedAt,
    @Nullable Instant timesOutAt,
    @JsonIgnore IndexedDefinition definition,
    @JsonIgnore int stepIndex) {}
