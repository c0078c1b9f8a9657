package io.doundo.history;

/**
 * A dead letter.
 *
 * @param source the record that could not be used
 */
public record Refused(Place place, Place source, String reason) {}
