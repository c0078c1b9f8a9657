package io.doundo.history.invariant;

import io.doundo.history.History;
import io.doundo.history.Place;
import io.doundo.history.Refused;
import io.doundo.history.Start;
import io.doundo.history.Transition;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.state.FlowStatus;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * I1: every accepted start becomes a flow, and every flow ends, or waits for an operator and says
 * why. Judged once faults have stopped and flows had the time to end.
 */
final class EveryStartEnds implements Invariant {

  @Override
  public String name() {
    return "I1";
  }

  @Override
  public void judge(Life life, Findings findings) {
    FlowStatus status = life.status();
    if (!life.history().quiet().settled() || status == null) {
      return;
    }
    boolean waitsForOperator = status == FlowStatus.PARKED || life.paused();
    findings.unless(
        status.isTerminal() || waitsForOperator,
        this,
        life,
        () -> "is still " + status + " after the run has settled");
    findings.unless(
        status != FlowStatus.PARKED || saysWhy(life),
        this,
        life,
        () -> "is parked without a reason");
  }

  private static boolean saysWhy(Life life) {
    for (Transition transition : life.transitions()) {
      for (PublishFlowEvent entry : transition.entries()) {
        if (entry.type() == FlowEventType.FLOW_PARKED && entry.reason() != null) {
          return true;
        }
      }
    }
    return false;
  }

  @Override
  public void judge(History history, List<Life> lives, Findings findings) {
    if (!history.quiet().settled()) {
      return;
    }
    Set<String> flows = new HashSet<>();
    lives.forEach(life -> flows.add(life.flowId()));
    for (Start start : history.starts()) {
      if (!flows.contains(start.flowId()) && !isRefused(history, start.place())) {
        findings.add(this, start.flowId(), "the start at " + start.place() + " started no flow");
      }
    }
  }

  static boolean isRefused(History history, Place place) {
    for (Refused refused : history.deadLetters()) {
      if (refused.source().isSame(place.topic(), place.partition(), place.offset())) {
        return true;
      }
    }
    return false;
  }
}
