package io.doundo.history;

import io.doundo.protocol.Answer;

/** An answer as it was written. */
public record RecordedAnswer(RecordPosition place, Answer answer) {}
