package io.doundo.orchestrator.history;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * I10: every answer is read, and that is committed; one that belongs to no flow is in the
 * dead-letter topic. Judged once all is quiet.
 */
final class EveryAnswerIsTaken implements Invariant {

  @Override
  public String name() {
    return "I10";
  }

  @Override
  public void judge(History history, List<Life> lives, Findings findings) {
    if (!history.quiet().settled()) {
      return;
    }
    Set<String> flows = new HashSet<>();
    lives.forEach(life -> flows.add(life.flowId()));
    for (Answered answered : history.answers()) {
      Place place = answered.place();
      String flowId = answered.answer().flowId();
      Long next = history.consumed().get(place.topic() + '-' + place.partition());
      if (next == null || next <= place.offset()) {
        findings.add(this, flowId, "the answer at " + place + " was never taken");
      } else if (!flows.contains(flowId) && !EveryStartEnds.isRefused(history, place)) {
        findings.add(this, flowId, "the answer at " + place + " is of no flow and was dropped");
      }
    }
  }
}
