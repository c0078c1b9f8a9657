package io.doundo.orchestrator.definition;

/**
 * A step of a branch is taken only when its choice takes that branch.
 *
 * @param choice the name of the step that chooses
 * @param branch the index of the branch
 */
public record Guard(String choice, int branch) {}
