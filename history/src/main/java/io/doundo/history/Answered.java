package io.doundo.history;

import io.doundo.protocol.Answer;

/** An answer as it was written. */
public record Answered(Place place, Answer answer) {}
