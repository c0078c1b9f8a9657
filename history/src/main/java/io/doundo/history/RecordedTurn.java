package io.doundo.history;

/** A committed turn record. */
public record RecordedTurn(RecordPosition place, String flowId, String incarnation, int turn) {}
