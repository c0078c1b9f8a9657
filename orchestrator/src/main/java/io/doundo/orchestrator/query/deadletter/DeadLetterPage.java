package io.doundo.orchestrator.query.deadletter;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some of the dead letters, newest first.
 *
 * @param nextCursor where older ones begin; null when there are none
 * @param complete false when the topic could not be read in time, so that some may be missing
 */
public record DeadLetterPage(
    List<DeadLetterView> deadLetters, @Nullable String nextCursor, boolean complete) {}
