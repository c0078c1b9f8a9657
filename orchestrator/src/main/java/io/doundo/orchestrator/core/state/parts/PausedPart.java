package io.doundo.orchestrator.core.state.parts;

import org.jspecify.annotations.Nullable;

/**
 * A part that an operator has paused by itself, and that waits until it is resumed.
 *
 * @param attempt of the step that has begun it
 * @param index of the part among the parts of that attempt
 * @param since when its flow has heard of it, ms since the epoch
 * @param by who has paused it, or null if that is not known
 */
public record PausedPart(int attempt, int index, long since, @Nullable String by) {}
