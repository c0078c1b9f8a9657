package io.doundo.worker.testkit;

import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.protocol.CommandAction;

/** One run of a rehearsal: forward as far as it goes, then back, with one mishap on the way. */
final class UndoCheckRun {

  /** More attempts of an UNDO than any mishap costs. */
  private static final int ENOUGH = 10;

  private final TestFlow flow;
  private final Orchestration definition;
  private final CommandAction action;
  private final String step;
  private final InjectedFault fault;
  private boolean injected;

  UndoCheckRun(
      TestFlow flow,
      Orchestration definition,
      CommandAction action,
      String step,
      InjectedFault fault) {
    this.flow = flow;
    this.definition = definition;
    this.action = action;
    this.step = step;
    this.fault = fault;
  }

  /** Plays until nothing moves any more. */
  void run() {
    for (SentCommand next = flow.next(); next != null; next = flow.next()) {
      if (next.action() == CommandAction.UNDO && next.attempt() > ENOUGH) {
        throw flow.failure("the UNDO of " + next.step() + " keeps failing");
      }
      ExpectedCommand command = flow.taken(next);
      if (next.is(action, step)) {
        injectFault(command);
      } else if (next.action() == CommandAction.DO && pivot(next)) {
        command.failsForGood("undo triggered by the rehearsal");
      } else {
        command.handled();
      }
    }
    if (flow.status().equals("COMPLETED")) {
      flow.undo();
      run();
    }
    if (!injected) {
      throw flow.failure("the " + action + " of " + step + " was never sent");
    }
  }

  private void injectFault(ExpectedCommand command) {
    if (injected) {
      fault.applyToNext(flow, command);
    } else {
      injected = true;
      fault.applyTo(flow, command);
    }
  }

  private boolean pivot(SentCommand command) {
    return definition.steps().stream()
        .filter(each -> each.name().equals(command.step()))
        .anyMatch(Step::pivot);
  }
}
