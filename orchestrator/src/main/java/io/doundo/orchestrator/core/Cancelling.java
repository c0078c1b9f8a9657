package io.doundo.orchestrator.core;

import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.state.FlowStatus;
import org.jspecify.annotations.Nullable;

/**
 * Stopping a flow that runs forward. Cancelling undoes; a pivot decides whether that is possible.
 */
final class Cancelling {

  private Cancelling() {}

  /** Why the flow cannot be undone, or null when it can. */
  static @Nullable String obstacle(FlowDraft flow) {
    int pivot = flow.passedPivot();
    if (pivot >= 0) {
      return "the pivot "
          + flow.definitionOf(pivot).name()
          + " has succeeded, so the flow cannot be undone";
    }
    int open = flow.openPivot();
    if (open >= 0 && !flow.steps[open].doInFlight() && flow.status == FlowStatus.PARKED) {
      return "it is unknown whether the pivot "
          + flow.definitionOf(open).name()
          + " succeeded; RESOLVE it first";
    }
    return null;
  }

  /**
   * Drops a cancel that waited for a pivot which is passed now, by its success or by an operator's
   * word: from here the steps only retry forward.
   */
  static void dropPastPivot(FlowDraft flow) {
    if (flow.cancelReason == null || flow.status.isTerminal()) {
      return;
    }
    int pivot = flow.passedPivot();
    if (pivot >= 0) {
      flow.audit(
          FlowEventType.FLOW_CANCEL_DROPPED,
          "the pivot " + flow.definitionOf(pivot).name() + " succeeded: " + flow.cancelReason);
      flow.cancelReason = null;
      Family.refuseBack(flow);
    }
  }

  /**
   * Turns the flow to UNDO, now or, while a pivot may be having its effect, once its outcome is
   * known. After a passed pivot the flow continues, and the audit log says so.
   */
  static void cancel(FlowDraft flow, String why) {
    String obstacle = obstacle(flow);
    if (obstacle != null) {
      flow.audit(FlowEventType.FLOW_CANCEL_DROPPED, why + ": " + obstacle);
      return;
    }
    int open = flow.openPivot();
    if (open >= 0) {
      flow.cancelReason = why;
      flow.audit(
          FlowEventType.FLOW_CANCEL_DEFERRED,
          "waiting for the outcome of the pivot " + flow.definitionOf(open).name());
      return;
    }
    Backward.turn(flow, why);
  }
}
