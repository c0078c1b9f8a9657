package io.doundo.orchestrator.core.state;

import org.jspecify.annotations.Nullable;

/**
 * A signal that a flow has received, and that no step has taken yet.
 *
 * @param controlId tells it from others of its name, and repeats of it from new ones
 * @param payload null when it carries nothing
 * @param by who sent it, or null
 * @param at when it was received, ms since the epoch
 */
public record Signal(
    String name, String controlId, @Nullable Content payload, @Nullable String by, long at) {

  /** How many bytes its payload has. */
  public int size() {
    return payload == null ? 0 : payload.size();
  }
}
