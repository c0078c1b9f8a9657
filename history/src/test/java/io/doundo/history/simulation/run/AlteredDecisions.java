package io.doundo.history.simulation.run;

import io.doundo.orchestrator.core.effect.Decision;
import io.doundo.orchestrator.core.effect.Effect;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.FlowEventType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Decisions from which effects are taken, or to which some are added. */
final class AlteredDecisions {

  private AlteredDecisions() {}

  static Decision without(Decision decision, Effect dropped) {
    List<Effect> effects = new ArrayList<>(decision.effects());
    effects.remove(dropped);
    return new Decision(decision.next(), effects);
  }

  static Decision without(Decision decision, Predicate<Effect> dropped) {
    return new Decision(
        decision.next(), decision.effects().stream().filter(dropped.negate()).toList());
  }

  static @Nullable PublishFlowEvent entryOf(FlowEventType type, Decision decision) {
    for (Effect effect : decision.effects()) {
      if (effect instanceof PublishFlowEvent entry && entry.type() == type) {
        return entry;
      }
    }
    return null;
  }

  static Decision then(Decision first, Decision second) {
    List<Effect> effects = new ArrayList<>(first.effects());
    effects.addAll(second.effects());
    return new Decision(second.next(), effects);
  }
}
