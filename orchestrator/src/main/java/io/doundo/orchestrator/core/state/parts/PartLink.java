package io.doundo.orchestrator.core.state.parts;

/**
 * The place of a part in the flow that has begun it.
 *
 * @param flowId of that flow, its parent
 * @param incarnation of the parent
 * @param step the name of the parent's step
 * @param attempt of that step
 * @param index of the part among the parts of that attempt
 */
public record PartLink(String flowId, String incarnation, String step, int attempt, int index) {}
