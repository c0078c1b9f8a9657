package io.doundo.history.simulation.run;

import io.doundo.history.simulation.Core;
import io.doundo.history.simulation.Coverage;
import io.doundo.history.simulation.Violation;
import io.doundo.history.simulation.run.Simulation.Outcome;
import io.doundo.history.simulation.run.Simulation.Run;
import java.util.BitSet;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The report of a failing run: the violation, the history checker's account of the flow, the story
 * of the run without the faults that the failure does not need, and the command that repeats it.
 *
 * @param without the numbers of the faults that were left out
 * @param faults how many remain
 */
record SeedReport(String text, BitSet without, int faults) {

  /** Shrinks a failing run and reports it. */
  static SeedReport of(Core core, Run run) {
    BitSet without = new Shrinker(core, run).shrink();
    Outcome told = Simulation.run(core, run.without(without), true, Coverage.NONE);
    Violation violation = Objects.requireNonNull(told.violation());
    String numbers = without.stream().mapToObj(Integer::toString).collect(Collectors.joining(","));
    String text =
        """

        seed %d violates %s
        %s

        The flow as its records tell it:%s

        The run:
        %s

        To repeat it:
        ./mvnw verify -pl protocol,worker-sdk,orchestrator -Dtest=CoreSimulationTest \
        -Dsurefire.failIfNoSpecifiedTests=false -Ddoundo.simulation.seed=%d \
        -Ddoundo.simulation.without=%s
        """
            .formatted(
                run.seed(),
                String.join(", ", violation.all()),
                violation.getMessage(),
                violation.story(),
                told.story(),
                run.seed(),
                numbers);
    return new SeedReport(
        text, without, told.faults() - without.get(0, told.faults()).cardinality());
  }
}
