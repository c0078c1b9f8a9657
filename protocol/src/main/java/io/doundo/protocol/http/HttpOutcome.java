package io.doundo.protocol.http;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The meaning of a response, as the {@code outcomes} of a step name it. */
public enum HttpOutcome {
  /** The call succeeded. */
  OK("ok"),
  /** The call succeeded and changed nothing: there is nothing to undo. */
  UNCHANGED("unchanged"),
  /** The call failed without effect, and another attempt is of no use. */
  FAILED("failed"),
  /** The call failed without effect; another attempt follows. */
  NO_EFFECT("noEffect"),
  /** The call may have had an effect. */
  UNKNOWN("unknown");

  private final String word;

  HttpOutcome(String word) {
    this.word = word;
  }

  /** Its word in documents and on the wire. */
  public String word() {
    return word;
  }

  /** All words, for messages. */
  public static String words() {
    return Arrays.stream(values()).map(HttpOutcome::word).collect(Collectors.joining(", "));
  }

  /** The outcome with this word; null when there is none. */
  public static @Nullable HttpOutcome of(String word) {
    for (HttpOutcome outcome : values()) {
      if (outcome.word.equals(word)) {
        return outcome;
      }
    }
    return null;
  }
}
