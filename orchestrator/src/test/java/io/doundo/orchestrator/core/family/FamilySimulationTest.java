package io.doundo.orchestrator.core.family;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.FlowDecider;
import io.doundo.orchestrator.core.effect.Decision;
import io.doundo.orchestrator.core.effect.Effect.Evaluate;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.streams.state.FlowStateCodec;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Random families of flows: every effect is as their ends say, and nothing is left waiting. */
class FamilySimulationTest {

  private static final long SEEDS = Long.getLong("doundo.family.seeds", 1_000);
  private static final long FIRST = Long.getLong("doundo.family.first", 1);
  private static final long STORED_SEEDS = 100;
  private static final int MOST_SHOWN = 5;

  private final FlowDecider decider = new FlowDecider();
  private final Set<FlowEventType> entries = EnumSet.noneOf(FlowEventType.class);

  @Test
  void everyFamilyEndsAsItSays() {
    Map<FlowStatus, Integer> ends = run(SEEDS, decider::decide, this::count);

    // Otherwise the runs would show nothing of one way or the other.
    assertThat(ends.keySet())
        .contains(FlowStatus.COMPLETED, FlowStatus.UNDONE, FlowStatus.ABANDONED);
    assertThat(entries)
        .contains(
            FlowEventType.PART_BEGUN,
            FlowEventType.PART_ENDED,
            FlowEventType.ROUND_ENDED,
            FlowEventType.SIGNAL_PASSED_ON,
            FlowEventType.INCIDENT);
  }

  private void count(String entry) {
    entries.add(FlowEventType.valueOf(entry.split("[ :]", -1)[1]));
  }

  @Test
  void everyStateOfAFamilyIsReadBackAsItWasStored() {
    assertThat(run(STORED_SEEDS, this::decideStored, entry -> {})).isNotEmpty();
  }

  private Decision decideStored(
      @Nullable Orchestration definition, @Nullable FlowState state, FlowEvent event) {
    Decision decision = decider.decide(definition, state, event);
    FlowState next = decision.next();
    if (next == null || isComputing(next) || isAsking(decision)) {
      return decision;
    }
    FlowState read = FlowStateCodec.decode(FlowStateCodec.encode(next, null, Map.of())).state();
    assertThat(read).isEqualTo(next);
    return new Decision(read, decision.effects());
  }

  /** A state between two decisions of one session is not stored. */
  private static boolean isComputing(FlowState state) {
    return state.steps().stream().anyMatch(step -> step.status() == StepStatus.COMPUTING);
  }

  private static boolean isAsking(Decision decision) {
    return decision.effects().stream().anyMatch(Evaluate.class::isInstance);
  }

  private static Map<FlowStatus, Integer> run(
      long seeds, FlowFamily.Core core, Consumer<String> audited) {
    Map<FlowStatus, Integer> ends = new EnumMap<>(FlowStatus.class);
    List<String> broken = new ArrayList<>();
    for (long seed = FIRST; seed < FIRST + seeds && broken.size() < MOST_SHOWN; seed++) {
      FamilySimulation.Outcome outcome = FamilySimulation.run(seed, core);
      outcome.audit().forEach(audited);
      if (outcome.broken() == null) {
        ends.merge(outcome.end(), 1, Integer::sum);
      } else {
        broken.add("seed %d breaks %s%n%s".formatted(seed, outcome.broken(), outcome.story()));
      }
    }

    assertThat(broken).isEmpty();
    return ends;
  }
}
