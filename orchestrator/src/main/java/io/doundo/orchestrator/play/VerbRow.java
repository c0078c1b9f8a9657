package io.doundo.orchestrator.play;

import io.doundo.protocol.ControlAction;
import org.jspecify.annotations.Nullable;

/**
 * Whether a flow currently allows an operator's verb.
 *
 * @param step null for the whole flow
 * @param refusal why not; null when it is allowed
 * @param effect what it would do, in one sentence; null when it is refused
 */
public record VerbRow(
    ControlAction verb,
    @Nullable String step,
    boolean allowed,
    @Nullable String refusal,
    @Nullable String effect) {}
