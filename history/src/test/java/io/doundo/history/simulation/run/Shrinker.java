package io.doundo.history.simulation.run;

import io.doundo.history.simulation.Core;
import io.doundo.history.simulation.run.Simulation.Outcome;
import io.doundo.history.simulation.run.Simulation.Run;
import java.util.BitSet;
import java.util.Objects;

/** Leaves out the faults of a failing run one by one, as long as it still fails in the same way. */
final class Shrinker {

  private static final int MOST_ROUNDS = 6;

  private final Core core;
  private final Run run;

  Shrinker(Core core, Run run) {
    this.core = core;
    this.run = run;
  }

  /** The numbers of the faults that the failure does not need. */
  BitSet shrink() {
    BitSet without = (BitSet) run.without().clone();
    Outcome best = Simulation.run(core, run);
    String invariant = Objects.requireNonNull(best.violation()).invariant();
    boolean smaller = true;
    for (int round = 0; smaller && round < MOST_ROUNDS; round++) {
      smaller = false;
      for (int fault = best.faults() - 1; fault >= 0; fault--) {
        if (without.get(fault)) {
          continue;
        }
        without.set(fault);
        Outcome outcome = Simulation.run(core, run.without(without));
        boolean same =
            outcome.violation() != null && outcome.violation().invariant().equals(invariant);
        if (same) {
          best = outcome;
          smaller = true;
        } else {
          without.clear(fault);
        }
      }
    }
    return without;
  }
}
