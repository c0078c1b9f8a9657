package io.doundo.orchestrator.history;

/** A committed turn record. */
public record Turned(Place place, String flowId, String incarnation, int turn) {}
