package io.doundo.orchestrator.core.family;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The simulation finds each core that breaks a rule of how flows talk. */
class BrokenFamilyTest {

  private static final long MOST_SEEDS = 3_000;

  @ParameterizedTest
  @EnumSource
  void isFound(BrokenFamily core) {
    boolean isFound =
        LongStream.rangeClosed(1, MOST_SEEDS)
            .anyMatch(seed -> FamilySimulation.run(seed, core).broken() != null);

    assertThat(isFound).as("%s is found within %d seeds", core, MOST_SEEDS).isTrue();
  }
}
