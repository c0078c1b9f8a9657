package io.doundo.orchestrator.simulation;

import io.doundo.orchestrator.core.Action;
import io.doundo.orchestrator.core.FlowState;
import io.doundo.orchestrator.core.FlowStatus;
import io.doundo.orchestrator.core.StepState;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import java.util.List;

/**
 * I3: when a flow is {@code UNDONE}, nothing of it stands, but what it lists as left standing.
 *
 * <p>Behind a fence this holds without exception. Of a plain worker's effect it holds whenever its
 * answer comes, however late, and of an unanswered one whenever the orchestrator can know of it.
 * What it cannot know, and so does not promise:
 *
 * <ul>
 *   <li>an unanswered effect that lands after the step's UNDO has run;
 *   <li>an unanswered effect of a command that was never committed, unless the step is a pivot or
 *       {@code dispatch: committed}, which is what that option is for;
 *   <li>an unanswered effect of a worker that echoes nothing, when the same step gave more answers
 *       than it was sent commands: one of them was counted for the missing one. The same goes for
 *       an UNDO dropped by such a worker.
 * </ul>
 */
final class UndoneIsGone implements Invariant {

  private final Orchestration definition;

  UndoneIsGone(Orchestration definition) {
    this.definition = definition;
  }

  @Override
  public void ended(Ending ending) {
    FlowState state = ending.state();
    if (state == null || state.status() != FlowStatus.UNDONE) {
      return;
    }
    List<String> leftStanding = state.leftStanding(definition);
    for (int i = 0; i < definition.steps().size(); i++) {
      Step step = definition.steps().get(i);
      boolean promised =
          !ending.settledByHand().get(i)
              && !isBeyondKnowledge(ending.workers().get(i), step, state.steps().get(i));
      if (!promised || !ending.workers().get(i).ledger().stands()) {
        continue;
      }
      if (step.undoable()) {
        throw new Violation("I3", "UNDONE, but the effect of step " + step.name() + " stands");
      }
      if (!leftStanding.contains(step.name())) {
        throw new Violation("I3", "step " + step.name() + " stands, and is not listed");
      }
    }
  }

  private static boolean isBeyondKnowledge(Worker worker, Step step, StepState state) {
    Ledger.Entry last = worker.ledger().last();
    if (!(worker instanceof PlainWorker plain) || last == null) {
      return false;
    }
    if (!plain.echoesAttempt() && plain.outcomes(Action.UNDO) > state.undoSent()) {
      return true;
    }
    if (last.reported()) {
      return false;
    }
    boolean miscounted = !plain.echoesAttempt() && plain.outcomes(Action.DO) > state.doSent();
    boolean neverCommitted = last.attempt() > state.doSent() && !step.pivot() && !step.committed();
    return miscounted || neverCommitted || worker.ledger().everUndone();
  }
}
