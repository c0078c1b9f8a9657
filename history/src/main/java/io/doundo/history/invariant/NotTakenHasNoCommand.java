package io.doundo.history.invariant;

import io.doundo.history.RecordedCommand;
import java.util.Set;

/** I15: of a step whose condition was not true nothing was sent, neither forward nor back. */
final class NotTakenHasNoCommand implements Invariant {

  @Override
  public String name() {
    return "I15";
  }

  @Override
  public void check(FlowHistory flow, Findings findings) {
    Set<String> notTaken = flow.notTaken();
    for (RecordedCommand command : flow.sent()) {
      findings.unless(
          !(command.committed() && notTaken.contains(command.step())),
          this,
          flow,
          () -> command.action() + " of step " + command.step() + ", which is not taken");
    }
  }
}
