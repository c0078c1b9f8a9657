package io.doundo.history;

/** A record on one of the orchestrator's inputs that cannot be understood. */
public record UnreadableRecord(RecordPosition place, String problem) {}
