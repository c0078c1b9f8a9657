package io.doundo.history.invariant;

import io.doundo.history.RecordedCommand;
import io.doundo.history.Transition;
import io.doundo.orchestrator.audit.EventJson;
import io.doundo.orchestrator.core.effect.Decision;
import io.doundo.orchestrator.core.effect.Effect;
import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.DispatchHeld;
import io.doundo.orchestrator.core.event.FlowEvent.DispatchImpossible;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.protocol.CommandAction;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * I8: the core, run over the recorded inputs from the beginning, makes the transitions that were
 * recorded and decides exactly the commands that were committed; and by the definition that the
 * flow began with.
 */
final class ReplayDecidesAlike implements Invariant {

  private final ReplayDecider core;

  ReplayDecidesAlike(ReplayDecider core) {
    this.core = core;
  }

  @Override
  public String name() {
    return "I8";
  }

  @Override
  public void check(FlowHistory flow, Findings findings) {
    Set<String> decided = new HashSet<>();
    String problem = replay(flow, decided);
    if (problem != null) {
      findings.add(this, flow, problem);
      return;
    }
    Set<String> committed = new HashSet<>();
    for (RecordedCommand command : flow.sent()) {
      if (command.committed()) {
        committed.add(
            key(
                command.step(),
                command.action().name(),
                command.generation(),
                command.attempt(),
                command.commandId()));
      }
    }
    if (!committed.equals(decided)) {
      Set<String> unsent = new HashSet<>(decided);
      unsent.removeAll(committed);
      committed.removeAll(decided);
      findings.add(
          this, flow, "decided and not sent: " + unsent + ", sent and not decided: " + committed);
    }
  }

  private @Nullable String replay(FlowHistory flow, Set<String> decided) {
    FlowState state = null;
    boolean cut = false;
    for (Transition recorded : flow.transitions()) {
      int before = state == null ? 0 : state.transitions();
      if (recorded.number() != before + 1) {
        return "transition " + recorded.number() + " follows transition " + before;
      }
      if (state != null
          && state.definition() != null
          && !state.definition().header().equals(recorded.definition())) {
        return "transition %d is decided by %s, the flow runs on %s"
            .formatted(recorded.number(), recorded.definition(), state.definition());
      }
      Orchestration definition = flow.definitionOf(recorded);
      List<Effect> effects;
      try {
        Decision decision = core.decide(definition, state, recorded.input());
        effects = decision.effects();
        if (!recorded.further().isEmpty()) {
          effects = new ArrayList<>(effects);
          for (FlowEvent next : recorded.further()) {
            decision = core.decide(definition, decision.next(), next);
            effects.addAll(decision.effects());
          }
        }
        state = decision.next();
      } catch (IllegalArgumentException | IllegalStateException e) {
        return "a replay fails at transition " + recorded.number() + ": " + e.getMessage();
      }
      cut |= isCut(recorded);
      if (state == null
          || state.transitions() != recorded.number()
          || state.status() != recorded.status()
          || !(cut || entries(effects).equals(recorded.entries()))) {
        return "a replay decides differently at transition "
            + recorded.number()
            + ": "
            + (state == null ? null : state.status())
            + ' '
            + entries(effects);
      }
      note(effects, recorded, decided);
    }
    return null;
  }

  private static void note(List<Effect> effects, Transition recorded, Set<String> decided) {
    if (recorded.input() instanceof DispatchImpossible unsent) {
      takeBack(unsent.step(), unsent.action(), unsent.attempt(), decided);
    }
    if (recorded.input() instanceof DispatchHeld held) {
      takeBack(held.step(), held.action(), held.attempt(), decided);
    }
    for (Effect effect : effects) {
      if (effect instanceof DispatchStep command) {
        decided.add(
            key(
                command.stepName(),
                command.action().name(),
                command.generation(),
                command.attempt(),
                command.commandId()));
      }
    }
  }

  private static void takeBack(
      String step, CommandAction action, int attempt, Set<String> decided) {
    String prefix = step + '|' + action.name() + '|' + attempt + '|';
    decided.removeIf(key -> key.startsWith(prefix));
  }

  private static String key(
      String step, String action, int generation, int attempt, @Nullable String id) {
    return step + '|' + action + '|' + attempt + '|' + generation + '|' + id;
  }

  private static List<PublishFlowEvent> entries(List<Effect> effects) {
    List<PublishFlowEvent> entries = new ArrayList<>();
    for (Effect effect : effects) {
      if (effect instanceof PublishFlowEvent entry) {
        entries.add(entry);
      }
    }
    return entries;
  }

  private static boolean isCut(Transition recorded) {
    for (PublishFlowEvent entry : recorded.entries()) {
      if (entry.reason() != null && entry.reason().endsWith(EventJson.CUT)) {
        return true;
      }
    }
    return false;
  }
}
