package io.doundo.orchestrator.query.deadletter;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A record that could not be understood.
 *
 * @param id where it stands among the dead letters, {@code partition-offset}; finds it whole
 * @param topic where it came from, as are partition and offset
 * @param key as text, cut when it is long
 * @param timestamp when it was appended there
 * @param value its value as text, cut when it is long
 * @param valueBytes how long the value is that is kept here
 * @param truncated whether the value is shown or was kept in part only
 */
public record DeadLetterView(
    String id,
    String topic,
    int partition,
    long offset,
    @Nullable String key,
    String reason,
    Instant timestamp,
    String value,
    int valueBytes,
    boolean truncated) {}
