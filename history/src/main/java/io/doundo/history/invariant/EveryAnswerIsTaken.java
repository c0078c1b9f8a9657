package io.doundo.history.invariant;

import io.doundo.history.Answered;
import io.doundo.history.Asked;
import io.doundo.history.History;
import io.doundo.history.Place;
import io.doundo.history.Transition;
import io.doundo.history.Unreadable;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.protocol.ControlCommand;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * I10: every record on an input is read, and that is committed. Unreadable records, records without
 * a flow, answers for unknown steps, and controls that their flow has not processed are in the
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
    Map<String, List<Life>> flows = new HashMap<>();
    for (Life life : lives) {
      flows.computeIfAbsent(life.flowId(), id -> new ArrayList<>(1)).add(life);
    }
    Judge judge = new Judge(history, findings);
    for (Unreadable record : history.unreadable()) {
      judge.record(record.place(), "", "the unreadable record", "was dropped");
    }
    for (Answered answered : history.answers()) {
      String flowId = answered.answer().flowId();
      String step = answered.answer().stepName();
      List<Life> ofFlow = flows.get(flowId);
      String whyNot =
          ofFlow == null
              ? "belongs to no flow and was dropped"
              : hasStep(ofFlow, step) ? null : "belongs to no step of its flow and was dropped";
      judge.record(answered.place(), flowId, "the answer", whyNot);
    }
    Set<String> taken = controlsTaken(lives);
    for (Asked asked : history.controls()) {
      ControlCommand control = asked.control();
      boolean recorded =
          control.controlId() == null
              ? flows.containsKey(control.flowId())
              : taken.contains(key(control.flowId(), control.controlId()));
      judge.record(
          asked.place(),
          control.flowId(),
          "the control",
          recorded ? null : "was not processed by any flow and was dropped");
    }
  }

  /** Whether the step is one of the flow's; of a flow without definition nothing is said. */
  private static boolean hasStep(List<Life> lives, String step) {
    for (Life life : lives) {
      Orchestration definition = life.definition();
      if (definition == null || definition.indexOf(step) >= 0) {
        return true;
      }
    }
    return false;
  }

  private static Set<String> controlsTaken(List<Life> lives) {
    Set<String> taken = new HashSet<>();
    for (Life life : lives) {
      for (Transition transition : life.transitions()) {
        if (transition.input() instanceof ControlRequested control) {
          taken.add(key(life.flowId(), control.controlId()));
        }
      }
    }
    return taken;
  }

  private static String key(String flowId, String controlId) {
    return flowId + '|' + controlId;
  }

  private final class Judge {
    private final History history;
    private final Findings findings;
    private final Set<String> refused = new HashSet<>();

    Judge(History history, Findings findings) {
      this.history = history;
      this.findings = findings;
      history.deadLetters().forEach(letter -> refused.add(key(letter.source())));
    }

    private static String key(Place place) {
      return place.topic() + '-' + place.partition() + '@' + place.offset();
    }

    /**
     * @param unlessRefused what is wrong if it is no dead letter; null when it need not be one
     */
    void record(Place place, String flowId, String what, @Nullable String unlessRefused) {
      Long next = history.consumed().get(place.topic() + '-' + place.partition());
      Invariant invariant = EveryAnswerIsTaken.this;
      if (next == null || next <= place.offset()) {
        findings.add(invariant, flowId, what + " at " + place + " was never processed");
      } else if (unlessRefused != null && !refused.contains(key(place))) {
        findings.add(invariant, flowId, what + " at " + place + ' ' + unlessRefused);
      }
    }
  }
}
