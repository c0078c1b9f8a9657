package io.doundo.orchestrator.core.state;

import org.jspecify.annotations.Nullable;

/**
 * A signal that a flow has received, and that no step has taken yet.
 *
 * @param controlId distinguishes it from others of its name, and its repeats from new ones
 * @param payload null when it carries nothing
 * @param by who sent it, or null
 * @param at when it was received, ms since the epoch
 * @param verified whether the sender was authenticated, because the signal came over the API
 * @param through who sent it on behalf of {@code by}; null when {@code by} did
 */
public record Signal(
    String name,
    String controlId,
    @Nullable Content payload,
    @Nullable String by,
    long at,
    boolean verified,
    @Nullable String through) {

  /** A signal whose sender is not verified. */
  public Signal(
      String name, String controlId, @Nullable Content payload, @Nullable String by, long at) {
    this(name, controlId, payload, by, at, false, null);
  }

  /** The size of its payload in bytes. */
  public int size() {
    return payload == null ? 0 : payload.size();
  }
}
