package io.doundo.history.simulation.invariant;

import io.doundo.history.simulation.RecordedDecision;
import io.doundo.history.simulation.Violation;
import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.protocol.CommandAction;
import java.util.ArrayList;
import java.util.List;

/**
 * A DO's payload is the start payload with the results of its ancestors over it in the order of the
 * definition, never in order of arrival.
 */
public final class MergedInOrder implements Invariant {

  private final Orchestration definition;

  public MergedInOrder(Orchestration definition) {
    this.definition = definition;
  }

  @Override
  public void decided(RecordedDecision taken) {
    for (DispatchStep command : taken.dispatches()) {
      if (command.action() == CommandAction.DO && command.payload().size() > 1) {
        check(taken, command);
      }
    }
  }

  private void check(RecordedDecision taken, DispatchStep command) {
    List<Content> expected = new ArrayList<>();
    expected.add(taken.next().origin().payload());
    for (int ancestor : definition.graph().ancestors(command.step())) {
      StepState step = taken.next().steps().get(ancestor);
      if (step.result() != null && step.result().object()) {
        expected.add(step.result());
      }
    }
    if (!expected.equals(command.payload())) {
      throw new Violation(
          "payload", command.stepName() + " is given " + command.payload() + ", not " + expected);
    }
  }
}
