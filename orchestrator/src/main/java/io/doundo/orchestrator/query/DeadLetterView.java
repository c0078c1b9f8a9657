package io.doundo.orchestrator.query;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A record that could not be understood.
 *
 * @param topic where it came from, as are partition and offset
 * @param timestamp when it was appended there
 * @param value its value as text
 * @param truncated whether the value is shown or was kept in part only
 */
public record DeadLetterView(
    String topic,
    int partition,
    long offset,
    @Nullable String key,
    String reason,
    Instant timestamp,
    String value,
    boolean truncated) {}
