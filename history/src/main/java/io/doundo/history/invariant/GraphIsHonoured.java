package io.doundo.history.invariant;

import io.doundo.history.Transition;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.protocol.CommandAction;

/**
 * I6, of what was committed: no DO before every step above it has succeeded or was settled by an
 * operator; no UNDO before every step that depends on it is undone, or has nothing to undo.
 */
final class GraphIsHonoured implements Invariant {

  @Override
  public String name() {
    return "I6";
  }

  @Override
  public void check(FlowHistory flow, Findings findings) {
    Orchestration definition = flow.definition();
    if (definition == null) {
      return;
    }
    StepProgress progress = new StepProgress(definition);
    for (Transition transition : flow.transitions()) {
      int byHand = flow.settledBy(transition);
      if (byHand >= 0) {
        progress.settled.set(byHand);
      }
      for (PublishFlowEvent entry : transition.entries()) {
        if (entry.type() == FlowEventType.STEP_STARTED && entry.step() != null) {
          int step = definition.indexOf(entry.step());
          if (entry.action() == CommandAction.DO) {
            checkDo(flow, definition, progress, step, findings);
          } else {
            checkUndo(flow, definition, progress, step, findings);
          }
        }
        progress.note(transition, entry);
      }
    }
  }

  private void checkDo(
      FlowHistory flow,
      Orchestration definition,
      StepProgress progress,
      int step,
      Findings findings) {
    for (int above : definition.graph().predecessors(step)) {
      findings.unless(
          progress.succeeded.get(above) || progress.settled.get(above),
          this,
          flow,
          () -> "DO of " + name(definition, step) + " before " + name(definition, above));
    }
  }

  private void checkUndo(
      FlowHistory flow,
      Orchestration definition,
      StepProgress progress,
      int step,
      Findings findings) {
    for (int below = step + 1; below < definition.steps().size(); below++) {
      if (!dependsOn(definition, below, step)) {
        continue;
      }
      int other = below;
      boolean inFlight = progress.doInFlight.get(below) || progress.undoInFlight.get(below);
      findings.unless(
          !inFlight,
          this,
          flow,
          () ->
              "UNDO of %s while %s is in flight"
                  .formatted(name(definition, step), name(definition, other)));
      boolean owed =
          progress.open.get(below)
              && definition.steps().get(below).undoable()
              && !progress.settled.get(below);
      findings.unless(
          !owed,
          this,
          flow,
          () ->
              "UNDO of %s before %s was undone"
                  .formatted(name(definition, step), name(definition, other)));
    }
  }

  private static boolean dependsOn(Orchestration definition, int step, int ancestor) {
    for (int above : definition.graph().predecessors(step)) {
      if (above == ancestor) {
        return true;
      }
    }
    return false;
  }

  private static String name(Orchestration definition, int step) {
    return definition.steps().get(step).name();
  }
}
