package io.doundo.orchestrator.core.family;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.FlowDecider;
import io.doundo.orchestrator.core.state.FlowStatus;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Random families of flows: every effect is as their ends say, and nothing is left waiting. */
class FamilySimulationTest {

  private static final long SEEDS = Long.getLong("doundo.family.seeds", 4_000);
  private static final long FIRST = Long.getLong("doundo.family.first", 1);
  private static final int MOST_SHOWN = 5;

  @Test
  void everyFamilyEndsAsItSays() {
    FlowFamily.Core core = new FlowDecider()::decide;
    Map<FlowStatus, Integer> ends = new EnumMap<>(FlowStatus.class);
    List<String> broken = new ArrayList<>();
    for (long seed = FIRST; seed < FIRST + SEEDS && broken.size() < MOST_SHOWN; seed++) {
      FamilySimulation.Outcome outcome = FamilySimulation.run(seed, core);
      if (outcome.broken() == null) {
        ends.merge(outcome.end(), 1, Integer::sum);
      } else {
        broken.add("seed %d breaks %s%n%s".formatted(seed, outcome.broken(), outcome.story()));
      }
    }

    assertThat(broken).isEmpty();
    // Otherwise the runs would show nothing of one way or the other.
    assertThat(ends.keySet())
        .contains(FlowStatus.COMPLETED, FlowStatus.UNDONE, FlowStatus.ABANDONED);
  }
}
