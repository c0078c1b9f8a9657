package io.doundo.orchestrator.core.state;

import java.util.ArrayList;
import java.util.List;
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
 * @param declinedBy the indexes of the steps that have considered it and do not accept it
 */
public record Signal(
    String name,
    String controlId,
    @Nullable Content payload,
    @Nullable String by,
    long at,
    boolean verified,
    @Nullable String through,
    List<Integer> declinedBy) {

  public Signal {
    declinedBy = List.copyOf(declinedBy);
  }

  /** A signal whose sender is not verified, and that no step has considered. */
  public Signal(
      String name, String controlId, @Nullable Content payload, @Nullable String by, long at) {
    this(name, controlId, payload, by, at, false, null, List.of());
  }

  /** Whether the step, which waits for signals of this name, may still accept it. */
  public boolean isOfferedTo(int step) {
    return !declinedBy.contains(step);
  }

  /** The same signal, which this step does not accept either. */
  public Signal declined(int step) {
    List<Integer> steps = new ArrayList<>(declinedBy);
    steps.add(step);
    return new Signal(name, controlId, payload, by, at, verified, through, steps);
  }

  /** The size of its payload in bytes. */
  public int size() {
    return payload == null ? 0 : payload.size();
  }
}
