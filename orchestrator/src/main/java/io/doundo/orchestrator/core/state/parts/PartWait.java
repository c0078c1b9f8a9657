package io.doundo.orchestrator.core.state.parts;

/**
 * A part waits for a signal that it has not been handed.
 *
 * @param index of the part
 * @param signal the name of the signal
 */
public record PartWait(int index, String signal) {}
