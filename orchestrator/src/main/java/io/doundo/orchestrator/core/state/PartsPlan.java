package io.doundo.orchestrator.core.state;

import io.doundo.orchestrator.definition.DefinitionId;
import org.jspecify.annotations.Nullable;

/**
 * What a step has computed of its parts before it begins the first one. It is the same for all of
 * them and for all attempts.
 *
 * @param total how many parts there are; of a loop, how many rounds it has decided on so far
 * @param flow the definition that the parts run; null for a body of the step's own definition
 * @param input what the step's {@code input} gives; null when it has none
 * @param captured the values that the body's expressions read of the flow that holds the step; null
 *     when they read none
 * @param items the list of which each part gets an item; null for other steps
 */
public record PartsPlan(
    int total,
    @Nullable DefinitionId flow,
    @Nullable Content input,
    @Nullable Content captured,
    @Nullable Content items) {}
