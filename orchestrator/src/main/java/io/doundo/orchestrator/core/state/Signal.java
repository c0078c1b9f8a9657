package io.doundo.orchestrator.core.state;

import org.jspecify.annotations.Nullable;

/**
 * A signal that a flow has received, and that no step has taken yet.
 *
 * @param controlId tells it from others of its name, and repeats of it from new ones
 * @param payload null when it carries nothing
 * @param by who sent it, or null
 * @param at when it was received, ms since the epoch
 * @param verified whether the orchestrator knows that it is from them: it came over its API
 * @param through who sent it on their behalf; null when they did so themselves
 */
public record Signal(
    String name,
    String controlId,
    @Nullable Content payload,
    @Nullable String by,
    long at,
    boolean verified,
    @Nullable String through) {

  /** A signal of which nobody knows for certain who sent it. */
  public Signal(
      String name, String controlId, @Nullable Content payload, @Nullable String by, long at) {
    this(name, controlId, payload, by, at, false, null);
  }

  /** How many bytes its payload has. */
  public int size() {
    return payload == null ? 0 : payload.size();
  }
}
