package io.doundo.orchestrator.simulation;

import io.doundo.orchestrator.core.Action;
import io.doundo.orchestrator.core.Effect.DispatchStep;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;

/**
 * I9, of committed commands: attempts are numbered one after the other and never restart; no
 * generation has more of them than the policy allows.
 */
final class AttemptsWithinPolicy implements Invariant {

  private final Orchestration definition;
  private final int[][] lastAttempt;
  private final int[][] generation;
  private final int[][] inGeneration;

  AttemptsWithinPolicy(Orchestration definition) {
    this.definition = definition;
    int size = definition.steps().size();
    lastAttempt = new int[2][size];
    generation = new int[2][size];
    inGeneration = new int[2][size];
  }

  @Override
  public void committed(Taken taken) {
    for (DispatchStep command : taken.dispatches()) {
      check(command);
    }
  }

  private void check(DispatchStep command) {
    int action = command.action() == Action.DO ? 0 : 1;
    int index = command.step();
    Step step = definition.steps().get(index);
    if (command.attempt() != lastAttempt[action][index] + 1) {
      throw new Violation("I9", word(command) + " follows " + lastAttempt[action][index]);
    }
    lastAttempt[action][index] = command.attempt();
    if (command.generation() < generation[action][index]) {
      throw new Violation("I9", word(command) + " falls back to an earlier generation");
    }
    if (command.generation() > generation[action][index]) {
      generation[action][index] = command.generation();
      inGeneration[action][index] = 0;
    }
    int allowed = (command.action() == Action.DO ? step.retry() : step.undoRetry()).maxAttempts();
    if (++inGeneration[action][index] > allowed) {
      throw new Violation("I9", word(command) + " is one more than " + allowed);
    }
  }

  private static String word(DispatchStep command) {
    return command.action() + " attempt " + command.attempt() + " of " + command.stepName();
  }
}
