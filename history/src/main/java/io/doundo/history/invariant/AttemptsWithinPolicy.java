package io.doundo.history.invariant;

import io.doundo.history.RecordedCommand;
import io.doundo.history.Transition;
import io.doundo.orchestrator.core.event.FlowEvent.DispatchImpossible;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.protocol.CommandAction;
import java.util.HashSet;
import java.util.Set;

/**
 * I9, of committed commands: attempts are numbered one after the other and never restart; no
 * generation has more of them than the policy allows. An attempt that could not be sent counts.
 */
final class AttemptsWithinPolicy implements Invariant {

  @Override
  public String name() {
    return "I9";
  }

  @Override
  public void check(FlowHistory flow, Findings findings) {
    Orchestration definition = flow.definition();
    if (definition == null) {
      return;
    }
    Set<String> unsent = unsent(flow);
    for (Step step : definition.steps()) {
      for (CommandAction action : CommandAction.values()) {
        check(flow, step, action, unsent, findings);
      }
    }
  }

  private static Set<String> unsent(FlowHistory flow) {
    Set<String> unsent = new HashSet<>(2);
    for (Transition transition : flow.transitions()) {
      if (transition.input() instanceof DispatchImpossible impossible) {
        CommandAction action = impossible.action();
        unsent.add(key(impossible.step(), action, impossible.attempt()));
      }
    }
    return unsent;
  }

  private void check(
      FlowHistory flow, Step step, CommandAction action, Set<String> unsent, Findings findings) {
    int last = 0;
    int generation = 0;
    int inGeneration = 0;
    int allowed = (action == CommandAction.DO ? step.retry() : step.undoRetry()).maxAttempts();
    for (RecordedCommand command : flow.sent()) {
      if (!command.committed()
          || command.action() != action
          || !command.step().equals(step.name())) {
        continue;
      }
      int missed = 0;
      while (unsent.contains(key(step.name(), action, last + 1))) {
        last++;
        missed++;
      }
      String word = action + " attempt " + command.attempt() + " of " + step.name();
      int before = last;
      findings.unless(
          command.attempt() == last + 1, this, flow, () -> word + " follows attempt " + before);
      last = command.attempt();
      int earlier = generation;
      findings.unless(
          command.generation() >= generation,
          this,
          flow,
          () -> word + " falls back from generation " + earlier);
      // Which generation an unsent attempt belonged to is not on record: it counts for none if the
      // next one that was sent is of another.
      inGeneration = command.generation() == generation ? inGeneration + missed + 1 : 1;
      generation = command.generation();
      findings.unless(
          inGeneration <= allowed, this, flow, () -> word + " is one more than " + allowed);
    }
  }

  private static String key(String step, CommandAction action, int attempt) {
    return step + '|' + action + '|' + attempt;
  }
}
