package io.doundo.history.invariant;

import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import java.util.HashSet;
import java.util.Set;

/**
 * The steps that wait for a time, a signal, parts or a breaker, according to the audit log so far.
 */
final class OpenWaits {

  private final Set<String> steps = new HashSet<>(2);
  private boolean turnedBack;

  void note(PublishFlowEvent entry) {
    String step = entry.step();
    switch (entry.type()) {
      case FLOW_UNDOING -> {
        turnedBack = true;
        steps.clear();
      }
      case FLOW_ABANDONED -> steps.clear();
      case STEP_WAITING, STEP_HELD, PART_BEGUN -> {
        if (step != null) {
          steps.add(step);
        }
      }
      case STEP_RELEASED,
          STEP_SUCCESS,
          STEP_TIMED_OUT,
          STEP_FAILED,
          STEP_NOT_TAKEN,
          STEP_GIVEN_UP,
          STEP_SKIPPED,
          STEP_RESOLVED -> {
        if (step != null) {
          steps.remove(step);
        }
      }
      default -> {
        // Neither begins nor ends a wait.
      }
    }
  }

  boolean isEmpty() {
    return steps.isEmpty();
  }

  boolean has(String step) {
    return steps.contains(step);
  }

  /** Whether the flow has turned back, which ends every wait. */
  boolean turnedBack() {
    return turnedBack;
  }
}
