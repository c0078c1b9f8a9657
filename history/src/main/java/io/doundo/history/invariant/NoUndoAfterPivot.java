package io.doundo.history.invariant;

import io.doundo.history.Transition;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.protocol.CommandAction;
import org.jspecify.annotations.Nullable;

/**
 * I7: no UNDO is sent once a pivot has succeeded on the way forward, nor while one is in flight.
 */
final class NoUndoAfterPivot implements Invariant {

  @Override
  public String name() {
    return "I7";
  }

  @Override
  public void check(FlowHistory flow, Findings findings) {
    Orchestration definition = flow.definition();
    if (definition == null) {
      return;
    }
    StepProgress progress = new StepProgress(definition);
    String passed = null;
    for (Transition transition : flow.transitions()) {
      FlowStatus status = transition.status();
      boolean forward = status == FlowStatus.IN_PROGRESS || status == FlowStatus.COMPLETED;
      for (PublishFlowEvent entry : transition.entries()) {
        int step = entry.step() == null ? -1 : definition.indexOf(entry.step());
        boolean pivot = step >= 0 && definition.steps().get(step).pivot();
        if (pivot
            && forward
            && entry.type() == FlowEventType.STEP_SUCCESS
            && entry.action() == CommandAction.DO) {
          passed = entry.step();
        }
        if (entry.type() == FlowEventType.STEP_STARTED && entry.action() == CommandAction.UNDO) {
          check(flow, definition, progress, passed, findings);
        }
        progress.note(transition, entry);
      }
    }
  }

  private void check(
      FlowHistory flow,
      Orchestration definition,
      StepProgress progress,
      @Nullable String passed,
      Findings findings) {
    findings.unless(
        passed == null,
        this,
        flow,
        () -> "an UNDO is sent after the pivot " + passed + " succeeded");
    for (int i = 0; i < definition.steps().size(); i++) {
      String name = definition.steps().get(i).name();
      findings.unless(
          !definition.steps().get(i).pivot() || !progress.doInFlight.get(i),
          this,
          flow,
          () -> "an UNDO is sent while the pivot " + name + " is in flight");
    }
  }
}
