package io.doundo.orchestrator.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.FlowDecider;
import java.time.Duration;
import java.util.BitSet;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The proof of the proof: the simulator catches each way in which the core could be broken. */
class BrokenCoreTest {

  /** The seeds within which each is caught; most are within a hundred. */
  private static final int SEEDS = 10_000;

  private static final FlowDecider DECIDER = new FlowDecider(Duration.ofSeconds(3));

  @ParameterizedTest
  @EnumSource
  void isCaughtByItsInvariant(BrokenCore broken) {
    Core core =
        (definition, state, event) -> broken.decide(DECIDER::decide, definition, state, event);
    Set<String> caught = new TreeSet<>();
    for (long seed = 0; seed < SEEDS && !caught.contains(broken.caughtBy()); seed++) {
      Violation violation = Simulation.run(core, seed, new BitSet(), false).violation();
      if (violation != null) {
        caught.add(violation.invariant());
      }
    }
    assertThat(caught).contains(broken.caughtBy());
  }
}
