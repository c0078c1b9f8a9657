package io.doundo.history.invariant;

import io.doundo.history.RecordedCommand;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.definition.Guard;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.CommandAction;
import java.util.Map;
import java.util.Set;

/**
 * I15: of a step that is not taken nothing was sent, neither forward nor back; only steps with a
 * condition, or of a branch, or whose wait was withdrawn, are not taken; and no DO of a step in a
 * branch that its choice did not take was sent.
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
          step == null
              || step.when() != null
              || step.guard() != null
              || step.work() instanceof Work.Waits,
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
