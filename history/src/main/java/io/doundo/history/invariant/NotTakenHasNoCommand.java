package io.doundo.history.invariant;

import io.doundo.history.RecordedCommand;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import java.util.Set;

/**
 * I15: of a step that is not taken nothing was sent, neither forward nor back; and only steps with
 * a condition, or of a branch, are not taken.
 */
final class NotTakenHasNoCommand implements Invariant {

  @Override
  public String name() {
    return "I15";
  }

  @Override
  public void check(FlowHistory flow, Findings findings) {
    Set<String> notTaken = flow.passedAs(FlowEventType.STEP_NOT_TAKEN);
    Orchestration definition = flow.definition();
    for (String name : notTaken) {
      int index = definition == null ? -1 : definition.indexOf(name);
      Step step = definition == null || index < 0 ? null : definition.steps().get(index);
      findings.unless(
          step == null || step.when() != null || step.guard() != null,
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
  }
}
