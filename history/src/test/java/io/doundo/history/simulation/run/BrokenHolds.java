package io.doundo.history.simulation.run;

import static io.doundo.history.simulation.run.AlteredDecisions.without;

import io.doundo.history.simulation.Core;
import io.doundo.history.simulation.Sabotage;
import io.doundo.history.simulation.run.Simulation.Run;
import io.doundo.orchestrator.core.effect.Decision;
import io.doundo.orchestrator.core.effect.Effect;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.DispatchHeld;
import io.doundo.orchestrator.core.event.FlowEvent.HoldEnded;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.StepEffect;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.Orchestration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Ways to break what the core does about commands that a breaker holds back. */
enum BrokenHolds implements BrokenVariant {
  /** Counts an attempt that was held and not sent. */
  COUNTS_HELD_ATTEMPTS("I16") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      Decision decision = core.decide(on, state, e);
      return on != null && e instanceof DispatchHeld held && isHeld(on, held, decision)
          ? Sabotage.withCountedHold(decision, on.indexOf(held.step()), held.action())
          : decision;
    }
  },

  /** Takes a held command for one that may have had an effect. */
  DOUBTS_HELD_COMMANDS("I16") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      Decision decision = core.decide(on, state, e);
      return on != null && e instanceof DispatchHeld held && isHeld(on, held, decision)
          ? Sabotage.withEffect(decision, on.indexOf(held.step()), StepEffect.IN_DOUBT)
          : decision;
    }
  },

  /** Ends no hold, neither when the breaker lets it through nor after a time. */
  NEVER_RELEASES("I16") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      if (e instanceof HoldEnded) {
        return new Decision(state, List.of());
      }
      Decision decision = core.decide(on, state, e);
      return on != null && e instanceof DispatchHeld held && isHeld(on, held, decision)
          ? Sabotage.withoutDueTime(decision, on.indexOf(held.step()))
          : decision;
    }
  },

  /** Does not tell the engine that a step is held. */
  HOLDS_IN_SECRET("I16") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      return without(core.decide(on, state, e), Effect.Hold.class::isInstance);
    }
  },

  /** Does not tell the engine that a hold is over. */
  RELEASES_IN_SECRET("I16") {
    @Override
    public Decision decide(
        Core core, @Nullable Orchestration on, @Nullable FlowState state, FlowEvent e) {
      return without(core.decide(on, state, e), Effect.Unhold.class::isInstance);
    }
  };

  private static boolean isHeld(Orchestration on, DispatchHeld held, Decision decision) {
    FlowState next = decision.next();
    int step = on.indexOf(held.step());
    return next != null && next.steps().get(step).status() == StepStatus.HELD;
  }

  private final String caughtBy;

  BrokenHolds(String caughtBy) {
    this.caughtBy = caughtBy;
  }

  @Override
  public String caughtBy() {
    return caughtBy;
  }

  @Override
  public Run shows(Run run) {
    return run.withBreakers();
  }
}
