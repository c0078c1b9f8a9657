package io.doundo.orchestrator.query.worker;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The flows that a version of a worker may have harmed: one of their steps was run by it within a
 * time, whether or not another version ran it later.
 *
 * @param orchestration null for any that has such a step
 * @param from the earliest time, inclusive
 * @param to the latest time, inclusive
 */
public record RanOn(
    @Nullable String orchestration, String step, String workerVersion, Instant from, Instant to) {}
