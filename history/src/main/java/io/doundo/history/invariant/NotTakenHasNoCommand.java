package io.doundo.history.invariant;

import io.doundo.history.RecordedCommand;
import io.doundo.history.Transition;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.definition.Guard;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.CommandAction;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * I15: no command of a step that is not taken was sent, neither forward nor back. Only steps with a
 * condition, steps of a branch, and steps whose wait was withdrawn when the flow turned back can be
 * not taken. No DO was sent of a step in a branch that its choice did not take.
 */
final class NotTakenHasNoCommand implements Invariant {

  @Override
  public String name() {
    return "I15";
  }

  @Override
  public void check(FlowHistory flow, Findings findings) {
    Set<String> notTaken = flow.passedAs(FlowEventType.STEP_NOT_TAKEN);
    Set<String> onTheWay = notTaken.isEmpty() ? notTaken : notTakenBeforeTurning(flow);
    Orchestration definition = flow.definition();
    for (String name : notTaken) {
      int index = definition == null ? -1 : definition.indexOf(name);
      Step step = definition == null || index < 0 ? null : definition.steps().get(index);
      findings.unless(
          step == null
              || step.when() != null
              || step.guard() != null
              || (step.work() instanceof Work.Waits && !onTheWay.contains(name)),
          this,
          flow,
          () -> "step " + name + " is always taken, and was not");
    }
    for (RecordedCommand command : flow.sent()) {
      findings.unless(
          !(command.committed() && notTaken.contains(command.step())),
          this,
          flow,
          () -> command.action() + " of step " + command.step() + ", which is not taken");
    }
    if (definition != null && definition.steps().stream().anyMatch(step -> step.guard() != null)) {
      checkBranches(flow, definition, findings);
    }
  }

  private static Set<String> notTakenBeforeTurning(FlowHistory flow) {
    Set<String> names = new HashSet<>(2);
    OpenWaits waits = new OpenWaits();
    for (Transition transition : flow.transitions()) {
      for (PublishFlowEvent entry : transition.entries()) {
        waits.note(entry);
        String step = entry.step();
        if (step != null && entry.type() == FlowEventType.STEP_NOT_TAKEN && !waits.turnedBack()) {
          names.add(step);
        }
      }
    }
    return names;
  }

  private void checkBranches(FlowHistory flow, Orchestration definition, Findings findings) {
    Map<String, Integer> taken = flow.takenBranches();
    for (RecordedCommand command : flow.sent()) {
      int step = definition.indexOf(command.step());
      Guard guard = step < 0 ? null : definition.steps().get(step).guard();
      if (guard == null || !command.committed() || command.action() != CommandAction.DO) {
        continue;
      }
      Integer branch = taken.get(guard.choice());
      findings.unless(
          branch != null && branch == guard.branch(),
          this,
          flow,
          () ->
              "DO of step %s of branch %d, and %s has taken %s"
                  .formatted(command.step(), guard.branch(), guard.choice(), branch));
    }
  }
}
