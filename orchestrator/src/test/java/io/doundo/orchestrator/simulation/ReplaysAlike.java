package io.doundo.orchestrator.simulation;

import io.doundo.orchestrator.core.Decision;
import io.doundo.orchestrator.core.FlowState;
import java.util.ArrayList;
import java.util.List;

/**
 * I8: the core over the recorded inputs, from the beginning, makes the same states and effects. One
 * run in eight is replayed.
 */
final class ReplaysAlike implements Invariant {

  private final Core core;
  private final boolean replays;
  private final List<Taken> history = new ArrayList<>();

  ReplaysAlike(Dice dice, Core core) {
    this.core = core;
    this.replays = dice.chance(125);
  }

  @Override
  public void committed(Taken taken) {
    if (replays) {
      history.add(taken);
    }
  }

  @Override
  public void ended(Ending ending) {
    FlowState state = null;
    for (Taken taken : history) {
      Decision again = core.decide(taken.definition(), state, taken.event());
      if (!again.equals(taken.decision())) {
        throw new Violation("I8", "a replay decides otherwise at " + taken.event());
      }
      state = again.next();
    }
    history.clear();
  }
}
