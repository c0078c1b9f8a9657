package io.doundo.history.invariant;

import io.doundo.history.History;
import io.doundo.history.Transition;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.state.FlowStatus;
import java.util.List;

/**
 * I12: once faults have stopped, 99 % of the flows that are live then move within 60 s. Parked and
 * paused flows wait for an operator, others for a time or a signal, and are exempt.
 */
final class LiveFlowsMove implements Invariant {

  private static final long WITHIN_MS = 60_000;
  private static final double SHARE = 0.99;

  @Override
  public String name() {
    return "I12";
  }

  @Override
  public void check(History history, List<FlowHistory> flows, Findings findings) {
    long since = history.quiet().since();
    if (since == 0 || history.quiet().readAt() < since + WITHIN_MS) {
      return;
    }
    int live = 0;
    int moved = 0;
    String still = "";
    for (FlowHistory flow : flows) {
      if (!runsAt(flow, since)) {
        continue;
      }
      live++;
      if (movesAfter(flow, since)) {
        moved++;
      } else {
        still = flow.flowId();
      }
    }
    if (moved < SHARE * live) {
      findings.add(
          this,
          still,
          "%d of %d live flows made no progress within %d s".formatted(live - moved, live, 60));
    }
  }

  private static boolean runsAt(FlowHistory flow, long at) {
    FlowStatus status = null;
    boolean paused = false;
    OpenWaits waits = new OpenWaits();
    for (Transition transition : flow.transitions()) {
      if (transition.place().at() > at) {
        break;
      }
      status = transition.status();
      paused |= transition.published(FlowEventType.FLOW_PAUSED);
      paused &= !transition.published(FlowEventType.FLOW_RESUMED);
      transition.entries().forEach(waits::note);
    }
    return status != null
        && !status.isTerminal()
        && status != FlowStatus.PARKED
        && !paused
        && waits.isEmpty();
  }

  private static boolean movesAfter(FlowHistory flow, long since) {
    for (Transition transition : flow.transitions()) {
      long at = transition.place().at();
      if (at > since && at <= since + WITHIN_MS) {
        return true;
      }
    }
    return false;
  }
}
