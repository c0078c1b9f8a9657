package io.doundo.history.simulation.invariant;

import io.doundo.history.simulation.RecordedDecision;
import io.doundo.history.simulation.Violation;
import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.state.DoKey;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.StepEffect;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.protocol.CommandAction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A step's DO has a new idempotency key only when nothing may stand under an earlier one. An UNDO
 * names a key under which a worker has seen a DO, in whichever transaction it was sent, and every
 * key under which a DO is known to have succeeded.
 */
public final class KeysStayWhileOpen implements Invariant {

  /** The keys that each step has had by committed decisions. */
  private final Map<Integer, Set<Integer>> recorded = new HashMap<>();

  /** The keys under which workers have seen DOs of each step. */
  private final Map<Integer, Set<Integer>> seen = new HashMap<>();

  /** The keys under which each step's DOs are known to have succeeded, and are not undone. */
  private final Map<Integer, Set<Integer>> standing = new HashMap<>();

  /** The keys of each DO that workers have seen, by command id. */
  private final Map<String, Set<Integer>> keysById = new HashMap<>();

  @Override
  public void visible(DispatchStep command, FlowState sent, @Nullable FlowState committed) {
    StepState step = sent.steps().get(command.step());
    if (command.action() == CommandAction.DO) {
      int number = numberOf(step);
      of(seen, command.step()).add(number);
      keysById.computeIfAbsent(command.commandId(), id -> new TreeSet<>()).add(number);
    } else {
      undone(command, DoKey.unsettled(step).stream().map(DoKey::number).toList());
    }
  }

  private static int numberOf(StepState step) {
    List<DoKey> keys = step.outside().keys();
    return keys.isEmpty() ? step.generation() : keys.get(keys.size() - 1).number();
  }

  private static Set<Integer> of(Map<Integer, Set<Integer>> keys, int step) {
    return keys.computeIfAbsent(step, unused -> new TreeSet<>());
  }

  private void undone(DispatchStep command, List<Integer> named) {
    Set<Integer> used = of(seen, command.step());
    Set<Integer> owed = of(standing, command.step());
    if (!used.isEmpty() && named.stream().noneMatch(used::contains)) {
      throw new Violation(
          "key", "UNDO of %s names the keys %s, not %s".formatted(command.stepName(), named, used));
    }
    if (!named.containsAll(owed)) {
      throw new Violation(
          "key",
          "UNDO of %s names the keys %s, though DOs under %s have succeeded"
              .formatted(command.stepName(), named, owed));
    }
  }

  @Override
  public void committed(RecordedDecision taken) {
    List<StepState> steps = taken.next().steps();
    for (int i = 0; i < steps.size(); i++) {
      recorded(taken, i, steps.get(i));
    }
    if (taken.event() instanceof StepSucceeded success
        && success.action() == CommandAction.DO
        && !success.unchanged()
        && taken.definition() != null) {
      String id = success.answerOf().commandId();
      int step = taken.definition().indexOf(success.step());
      of(standing, step).addAll(id == null ? Set.of() : keysById.getOrDefault(id, Set.of()));
    }
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i).effect() == StepEffect.NONE) {
        of(standing, i).clear();
      }
    }
  }

  private void recorded(RecordedDecision taken, int step, StepState next) {
    Set<Integer> known = of(recorded, step);
    known.add(1);
    for (DoKey key : next.outside().keys()) {
      if (known.add(key.number()) && taken.stepBefore(step).effect().mayExist()) {
        throw new Violation(
            "key",
            "step %d has the new key %d while one of %s is open"
                .formatted(step, key.number(), known));
      }
    }
    boolean isSent =
        taken.dispatches().stream()
            .anyMatch(command -> command.step() == step && command.action() == CommandAction.DO);
    if (isSent && !known.contains(numberOf(next))) {
      throw new Violation(
          "key",
          "DO of step %d has the key %d, which is not on record".formatted(step, numberOf(next)));
    }
  }
}
