package io.doundo.history.simulation.invariant;

import io.doundo.history.simulation.RecordedDecision;
import io.doundo.history.simulation.Violation;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluated;
import io.doundo.orchestrator.core.state.FlowState;

/** Every change of a flow is a numbered transition, and so has an audit record. */
public final class ChangesAreNumbered implements Invariant {

  @Override
  public void decided(RecordedDecision taken) {
    FlowState before = taken.before();
    FlowState next = taken.next();
    if (before == null || !before.incarnation().equals(next.incarnation())) {
      return;
    }
    int step = next.transitions() - before.transitions();
    if (step != 0 && step != 1) {
      throw new Violation(
          "transitions", "transition " + next.transitions() + " follows another number");
    }
    boolean continues = taken.event() instanceof Evaluated;
    if (continues && step != 0) {
      throw new Violation("transitions", "an evaluation is a transition of its own");
    }
    if (step == 0 && !continues && !sameButTimer(before, next)) {
      throw new Violation("transitions", "changes without a transition at " + taken.event());
    }
  }

  private static boolean sameButTimer(FlowState before, FlowState next) {
    return before.status() == next.status()
        && before.steps().equals(next.steps())
        && before.notes().equals(next.notes())
        && before.paused() == next.paused()
        && before.turns().sent() == next.turns().sent()
        && before.turns().undoCommitted() == next.turns().undoCommitted();
  }
}
