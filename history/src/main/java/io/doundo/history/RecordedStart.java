package io.doundo.history;

/**
 * A start event as it was written.
 *
 * @param flowId as the event gives it, or as it is derived from the place of a record without one
 */
public record RecordedStart(RecordPosition place, String flowId, String orchestrationName) {}
