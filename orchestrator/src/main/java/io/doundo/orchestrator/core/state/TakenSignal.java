package io.doundo.orchestrator.core.state;

import org.jspecify.annotations.Nullable;

/**
 * The signal that ended the wait of a step.
 *
 * @param by who sent the signal that it took, or null
 * @param at when that signal was received, ms since the epoch
 */
public record TakenSignal(@Nullable String by, long at) {}
