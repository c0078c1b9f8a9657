package io.doundo.history.invariant;

import io.doundo.history.History;
import io.doundo.history.RecordPosition;
import io.doundo.history.RecordedDeadLetter;
import io.doundo.history.RecordedStart;
import io.doundo.history.Transition;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.state.FlowStatus;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * I1: every accepted start becomes a flow, and every flow ends, or waits for an operator and says
 * why. Checked once faults have stopped and flows had the time to end.
 */
final class EveryStartEnds implements Invariant {

  @Override
  public String name() {
    return "I1";
  }

  @Override
  public void check(FlowHistory flow, Findings findings) {
    FlowStatus status = flow.status();
    if (!flow.history().quiet().settled() || status == null) {
      return;
    }
    boolean waitsForOperator = status == FlowStatus.PARKED || flow.paused();
    findings.unless(
        status.isTerminal() || waitsForOperator,
        this,
        flow,
        () -> "is still " + status + " after the run has settled");
    findings.unless(
        status != FlowStatus.PARKED || saysWhy(flow),
        this,
        flow,
        () -> "is parked without a reason");
  }

  private static boolean saysWhy(FlowHistory flow) {
    for (Transition transition : flow.transitions()) {
      for (PublishFlowEvent entry : transition.entries()) {
        if (entry.type() == FlowEventType.FLOW_PARKED && entry.reason() != null) {
          return true;
        }
      }
    }
    return false;
  }

  @Override
  public void check(History history, List<FlowHistory> flows, Findings findings) {
    if (!history.quiet().settled()) {
      return;
    }
    Set<String> flowIds = new HashSet<>();
    flows.forEach(flow -> flowIds.add(flow.flowId()));
    for (RecordedStart start : history.starts()) {
      if (!flowIds.contains(start.flowId()) && !isRefused(history, start.place())) {
        findings.add(this, start.flowId(), "the start at " + start.place() + " started no flow");
      }
    }
  }

  static boolean isRefused(History history, RecordPosition place) {
    for (RecordedDeadLetter refused : history.deadLetters()) {
      if (refused.source().isSame(place.topic(), place.partition(), place.offset())) {
        return true;
      }
    }
    return false;
  }
}
