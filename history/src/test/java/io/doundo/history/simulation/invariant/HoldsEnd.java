package io.doundo.history.simulation.invariant;

import io.doundo.history.simulation.RecordedDecision;
import io.doundo.history.simulation.Violation;
import io.doundo.orchestrator.core.effect.Effect;
import io.doundo.orchestrator.core.effect.Effect.Hold;
import io.doundo.orchestrator.core.effect.Effect.Unhold;
import io.doundo.orchestrator.core.event.FlowEvent.DispatchHeld;
import io.doundo.orchestrator.core.state.Attempts;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.protocol.CommandAction;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * I16: a held step uses no attempt, and what is known of its effect stays. Its timer ends the hold
 * after ten minutes at the latest. The engine is told of each hold, and when it is over.
 */
public final class HoldsEnd implements Invariant {

  private static final long LONGEST_MS = 600_000;

  @Override
  public void decided(RecordedDecision taken) {
    Orchestration definition = taken.definition();
    FlowState next = taken.next();
    if (definition == null || next.steps().isEmpty()) {
      return;
    }
    Set<String> before = held(definition, taken.before());
    Set<String> told = new TreeSet<>(before);
    for (Effect effect : taken.decision().effects()) {
      boolean news =
          effect instanceof Hold hold
              ? told.add(hold.stepName())
              : !(effect instanceof Unhold over) || told.remove(over.stepName());
      if (!news) {
        throw new Violation("I16", "told twice: " + effect);
      }
    }
    Set<String> now = held(definition, next);
    if (!now.equals(told)) {
      throw new Violation("I16", "held are " + now + ", the engine knows of " + told);
    }
    for (String name : now) {
      StepState step = next.steps().get(definition.indexOf(name));
      boolean ends = step.dueAt() > 0 && step.dueAt() <= taken.event().at() + LONGEST_MS;
      if (!before.contains(name) && !ends) {
        throw new Violation("I16", "the hold of " + name + " ends at " + step.dueAt());
      }
      if (step.outside().openAttempt() > 0) {
        throw new Violation("I16", name + " is held with a command in flight");
      }
    }
    if (taken.event() instanceof DispatchHeld event && taken.before() != null) {
      int step = definition.indexOf(event.step());
      requireUncounted(event, taken.before().steps().get(step), next.steps().get(step));
    }
  }

  private static Set<String> held(Orchestration definition, @Nullable FlowState flow) {
    Set<String> held = new TreeSet<>();
    for (int i = 0; flow != null && i < flow.steps().size(); i++) {
      if (flow.steps().get(i).status() == StepStatus.HELD && !flow.status().isTerminal()) {
        held.add(definition.steps().get(i).name());
      }
    }
    return held;
  }

  private static void requireUncounted(DispatchHeld event, StepState before, StepState after) {
    boolean isDo = event.action() == CommandAction.DO;
    Attempts was = isDo ? before.outside().doing() : before.outside().undoing();
    Attempts is = isDo ? after.outside().doing() : after.outside().undoing();
    if (is.sent() != event.attempt() - 1 || is.base() != was.base()) {
      throw new Violation("I16", "the held attempt counts: " + event + " leads to " + is);
    }
    if (after.effect() != before.effect() || after.generation() != before.generation()) {
      throw new Violation("I16", event + " changes " + before + " to " + after);
    }
  }
}
