package io.doundo.history;

/** A committed turn record. */
public record Turned(Place place, String flowId, String incarnation, int turn) {}
