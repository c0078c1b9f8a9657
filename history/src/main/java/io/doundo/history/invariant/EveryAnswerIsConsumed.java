package io.doundo.history.invariant;

import io.doundo.history.History;
import io.doundo.history.RecordPosition;
import io.doundo.history.RecordedAnswer;
import io.doundo.history.RecordedControl;
import io.doundo.history.Transition;
import io.doundo.history.UnreadableRecord;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.event.FlowEvent.SignalReceived;
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
 * I10: every record on an input is read, and that is committed. UnreadableRecord records, records
 * without a flow, answers for unknown steps, and controls that their flow has not processed are in
 * the dead-letter topic. Checked once all is quiet.
 */
final class EveryAnswerIsConsumed implements Invariant {

  @Override
  public String name() {
    return "I10";
  }

  @Override
  public void check(History history, List<FlowHistory> flows, Findings findings) {
    if (!history.quiet().settled()) {
      return;
    }
    Map<String, List<FlowHistory>> byFlow = new HashMap<>();
    for (FlowHistory flow : flows) {
      byFlow.computeIfAbsent(flow.flowId(), id -> new ArrayList<>(1)).add(flow);
    }
    Check check = new Check(history, findings);
    for (UnreadableRecord record : history.unreadable()) {
      check.record(record.place(), "", "the unreadable record", "was dropped");
    }
    for (RecordedAnswer answered : history.answers()) {
      String flowId = answered.answer().flowId();
      String step = answered.answer().stepName();
      List<FlowHistory> ofFlow = byFlow.get(flowId);
      String whyNot =
          ofFlow == null
              ? "belongs to no flow and was dropped"
              : hasStep(ofFlow, step) ? null : "belongs to no step of its flow and was dropped";
      check.record(answered.place(), flowId, "the answer", whyNot);
    }
    Set<String> taken = controlsTaken(flows);
    for (RecordedControl asked : history.controls()) {
      ControlCommand control = asked.control();
      boolean recorded =
          control.controlId() == null
              ? byFlow.containsKey(control.flowId())
              : taken.contains(key(control.flowId(), control.controlId()));
      check.record(
          asked.place(),
          control.flowId(),
          "the control",
          recorded ? null : "was not processed by any flow and was dropped");
    }
  }

  /** Whether the step is one of the flow's; of a flow without definition nothing is said. */
  private static boolean hasStep(List<FlowHistory> flows, String step) {
    for (FlowHistory flow : flows) {
      Orchestration definition = flow.definition();
      if (definition == null || definition.indexOf(step) >= 0) {
        return true;
      }
    }
    return false;
  }

  private static Set<String> controlsTaken(List<FlowHistory> flows) {
    Set<String> taken = new HashSet<>();
    for (FlowHistory flow : flows) {
      for (Transition transition : flow.transitions()) {
        if (transition.input() instanceof ControlRequested control) {
          taken.add(key(flow.flowId(), control.controlId()));
        } else if (transition.input() instanceof SignalReceived signal) {
          taken.add(key(flow.flowId(), signal.controlId()));
        }
      }
    }
    return taken;
  }

  private static String key(String flowId, String controlId) {
    return flowId + '|' + controlId;
  }

  private final class Check {
    private final History history;
    private final Findings findings;
    private final Set<String> refused = new HashSet<>();

    Check(History history, Findings findings) {
      this.history = history;
      this.findings = findings;
      history.deadLetters().forEach(letter -> refused.add(key(letter.source())));
    }

    private static String key(RecordPosition place) {
      return place.topic() + '-' + place.partition() + '@' + place.offset();
    }

    /**
     * @param unlessRefused the violation to report unless the answer is a dead letter; null when it
     *     need not be one
     */
    void record(RecordPosition place, String flowId, String what, @Nullable String unlessRefused) {
      Long next = history.consumed().get(place.topic() + '-' + place.partition());
      Invariant invariant = EveryAnswerIsConsumed.this;
      if (next == null || next <= place.offset()) {
        findings.add(invariant, flowId, what + " at " + place + " was never processed");
      } else if (unlessRefused != null && !refused.contains(key(place))) {
        findings.add(invariant, flowId, what + " at " + place + ' ' + unlessRefused);
      }
    }
  }
}
