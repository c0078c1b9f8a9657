package io.doundo.orchestrator.simulation;

import io.doundo.orchestrator.core.Action;
import io.doundo.orchestrator.core.ControlVerb;
import io.doundo.orchestrator.core.Effect.DispatchStep;
import io.doundo.orchestrator.core.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.FlowEventType;
import io.doundo.orchestrator.core.StepState;
import io.doundo.orchestrator.core.StepStatus;
import io.doundo.orchestrator.definition.Orchestration;
import java.util.BitSet;

/**
 * I6, of committed commands: no DO before every step above it has succeeded or was settled by an
 * operator; no UNDO before every step that depends on it is undone, or has nothing to undo.
 */
final class HonoursGraph implements Invariant {

  private final Orchestration definition;
  private final BitSet succeeded = new BitSet();
  private final BitSet settled = new BitSet();
  private final int[] lastDone;
  private final int[] lastUndone;
  private int count;

  HonoursGraph(Orchestration definition) {
    this.definition = definition;
    lastDone = new int[definition.steps().size()];
    lastUndone = new int[definition.steps().size()];
  }

  @Override
  public void committed(Taken taken) {
    note(taken);
    for (DispatchStep command : taken.dispatches()) {
      if (command.action() == Action.DO) {
        for (int before : definition.graph().ancestors(command.step())) {
          if (!succeeded.get(before) && !settled.get(before)) {
            throw new Violation("I6", word(command) + " before " + name(before) + " succeeded");
          }
        }
      } else {
        checkUndo(taken, command);
      }
    }
  }

  private void note(Taken taken) {
    count++;
    if (taken.event() instanceof ControlRequested control
        && control.step() != null
        && (control.verb() == ControlVerb.SKIP || control.verb() == ControlVerb.RESOLVE)
        && taken.published(FlowEventType.CONTROL_ACCEPTED)) {
      settled.set(definition.indexOf(control.step()));
    }
    if (taken.event() instanceof StepSucceeded success) {
      int step = definition.indexOf(success.step());
      if (taken.next().steps().isEmpty()
          || taken.stepBefore(step).equals(taken.next().steps().get(step))) {
        return;
      }
      if (success.action() == Action.DO) {
        succeeded.set(step);
        lastDone[step] = count;
      } else {
        lastUndone[step] = count;
      }
    }
  }

  private void checkUndo(Taken taken, DispatchStep command) {
    for (int after = command.step() + 1; after < definition.steps().size(); after++) {
      if (!dependsOn(after, command.step())) {
        continue;
      }
      StepState state = taken.next().steps().get(after);
      if (state.openAttempt() > 0) {
        throw new Violation("I6", word(command) + " while " + name(after) + " is in flight");
      }
      boolean open =
          lastDone[after] > lastUndone[after]
              && definition.steps().get(after).undoable()
              && !settled.get(after);
      if (open || state.status() == StepStatus.UNDO_FAIL) {
        throw new Violation("I6", word(command) + " before " + name(after) + " was undone");
      }
    }
  }

  private boolean dependsOn(int step, int ancestor) {
    for (int above : definition.graph().ancestors(step)) {
      if (above == ancestor) {
        return true;
      }
    }
    return false;
  }

  private static String word(DispatchStep command) {
    return command.action() + " of " + command.stepName();
  }

  private String name(int step) {
    return definition.steps().get(step).name();
  }
}
