package io.doundo.orchestrator.core.state.parts;

/**
 * A part that an attempt before the present one has begun.
 *
 * @param attempt of the step, from 1
 * @param index of the part among the parts of that attempt
 */
public record EarlierPart(int attempt, int index) {}
