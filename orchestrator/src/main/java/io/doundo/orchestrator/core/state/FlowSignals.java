package io.doundo.orchestrator.core.state;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The signals of a flow. Most flows have none.
 *
 * @param kept those that no step has taken yet, in the order of their arrival
 * @param seen what became of the last accepted and the last refused ones, newest last
 */
public record FlowSignals(List<Signal> kept, List<ControlOutcome> seen) {

  /** No signal has come. */
  public static final FlowSignals NONE = new FlowSignals(List.of(), List.of());

  /** How many signals a flow keeps. */
  public static final int MOST_KEPT = 32;

  /** How many bytes the payloads of all kept signals have at most. */
  public static final int MOST_BYTES = 64 * 1024;

  /**
   * How many accepted signals a flow recognises when they are repeated. A flow accepts one for each
   * of its steps and keeps a few more, which is less; only the parts of a loop or a list take more.
   */
  public static final int MOST_ACCEPTED = 256;

  /** How many refused signals a flow recognises when they are repeated. */
  public static final int MOST_REFUSED = 64;

  public FlowSignals {
    kept = List.copyOf(kept);
    seen = List.copyOf(seen);
  }

  /** The first kept signal of this name that the step has not declined, or null. */
  public @Nullable Signal offeredTo(int step, String name) {
    return offeredTo(step, name, kept);
  }

  /**
   * The first signal of this name that the step has not declined, or null.
   *
   * @param signals in the order of their arrival
   */
  public static @Nullable Signal offeredTo(int step, String name, List<Signal> signals) {
    for (Signal signal : signals) {
      if (signal.name().equals(name) && signal.isOfferedTo(step)) {
        return signal;
      }
    }
    return null;
  }

  /** What became of the signal with this control id; null when it is not remembered. */
  public @Nullable ControlOutcome outcomeOf(String controlId) {
    if (seen.isEmpty()) {
      return null;
    }
    long id = ControlOutcome.idOf(controlId);
    for (int i = seen.size() - 1; i >= 0; i--) {
      if (seen.get(i).id() == id) {
        return seen.get(i);
      }
    }
    return null;
  }
}
