package io.doundo.history.simulation.invariant;

import io.doundo.history.simulation.RecordedDecision;
import io.doundo.history.simulation.Violation;
import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.orchestrator.core.state.DoKey;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.protocol.CommandAction;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A step's DO has a new idempotency key only when nothing may stand under an earlier one, and an
 * UNDO names no key that was never used.
 */
public final class KeysStayWhileOpen implements Invariant {

  private final Map<Integer, Set<Integer>> used = new HashMap<>();

  @Override
  public void committed(RecordedDecision taken) {
    for (DispatchStep command : taken.dispatches()) {
      StepState step = taken.next().steps().get(command.step());
      Set<Integer> known = used.computeIfAbsent(command.step(), unused -> new LinkedHashSet<>());
      if (command.action() == CommandAction.DO) {
        sent(taken, command, numberOf(step), known);
      } else {
        undone(command, DoKey.unsettled(step), known);
      }
    }
  }

  private static int numberOf(StepState step) {
    List<DoKey> keys = step.outside().keys();
    return keys.isEmpty() ? step.generation() : keys.get(keys.size() - 1).number();
  }

  private static void sent(
      RecordedDecision taken, DispatchStep command, int number, Set<Integer> known) {
    boolean isOpen = taken.stepBefore(command.step()).effect().mayExist();
    if (isOpen && !known.isEmpty() && !known.contains(number)) {
      throw new Violation(
          "key",
          "DO of %s has the new key %d while %s is open"
              .formatted(command.stepName(), number, known));
    }
    known.add(number);
  }

  private static void undone(DispatchStep command, List<DoKey> keys, Set<Integer> known) {
    for (DoKey key : keys) {
      if (!known.isEmpty() && !known.contains(key.number())) {
        throw new Violation(
            "key",
            "UNDO of %s names the key %d, not %s"
                .formatted(command.stepName(), key.number(), known));
      }
    }
  }
}
