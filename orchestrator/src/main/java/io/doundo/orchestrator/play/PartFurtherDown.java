package io.doundo.orchestrator.play;

/**
 * A part of a part, at any depth, that does not go on before an operator acts.
 *
 * @param parent the flowId of the flow that has begun it
 * @param parked whether it is parked; an operator has paused it otherwise
 */
public record PartFurtherDown(String flowId, String parent, boolean parked) {}
