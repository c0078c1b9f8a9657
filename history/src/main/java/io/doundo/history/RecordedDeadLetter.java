package io.doundo.history;

/**
 * A dead letter.
 *
 * @param source the record that could not be used
 */
public record RecordedDeadLetter(RecordPosition place, RecordPosition source, String reason) {}
