package io.doundo.orchestrator.query.timeline;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a worker tells of the run of its handler, by its own clock.
 *
 * @param pickedUpAt when the handler began; null when the worker does not say
 * @param handledMs how long it ran; null when the worker does not say
 */
record HandlerTimes(@Nullable Instant pickedUpAt, @Nullable Long handledMs) {

  static final HandlerTimes UNKNOWN = new HandlerTimes(null, null);

  /**
   * Reads them from the input of an audit record, where absent numbers are zero.
   *
   * @param answerOf missing when the input is no answer
   */
  static HandlerTimes of(JsonNode answerOf) {
    long pickedUp = answerOf.path("pickedUp").asLong(0);
    long ms = answerOf.path("handledMs").asLong(0);
    if (pickedUp == 0 && ms == 0) {
      return UNKNOWN;
    }
    return new HandlerTimes(pickedUp == 0 ? null : Instant.ofEpochMilli(pickedUp), ms);
  }
}
