package io.doundo.orchestrator.core.family;

import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.orchestrator.core.event.FailureKind;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.AnswerOf;
import io.doundo.orchestrator.core.event.FlowEvent.EffectLanded;
import io.doundo.orchestrator.core.event.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.protocol.CommandAction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Workers behind a fence: a DO has its effect once, and none after its UNDO, unless it is late. Not
 * thread-safe.
 */
final class FamilyWorkers {

  /** What a worker says of a command. */
  record Said(String flowId, FlowEvent event) {}

  private final Random dice;
  private final Map<String, Boolean> effects = new HashMap<>();
  private final Map<String, Integer> fences = new HashMap<>();
  private final Map<String, StepFailed> failures = new HashMap<>();
  private final List<FlowFamily.Command> commands = new ArrayList<>();
  private final List<FlowFamily.Command> late = new ArrayList<>();
  private boolean isCalm;

  FamilyWorkers(Random dice) {
    this.dice = dice;
  }

  void receive(FlowFamily.Command command) {
    commands.add(command);
  }

  boolean hasWork() {
    return !commands.isEmpty() || !late.isEmpty();
  }

  /** From here on nothing fails, and what is late happens now. */
  void calm() {
    isCalm = true;
  }

  boolean hasEffect(String flowId, String step) {
    return effects.getOrDefault(flowId + ' ' + step, false);
  }

  private boolean chance(int percent) {
    return !isCalm && dice.nextInt(100) < percent;
  }

  /** Carries out one of the commands; null when nothing is answered. */
  @Nullable Said next(long now) {
    if (!late.isEmpty() && (commands.isEmpty() || dice.nextInt(8) == 0)) {
      return landed(late.remove(dice.nextInt(late.size())), now);
    }
    FlowFamily.Command command = commands.get(dice.nextInt(commands.size()));
    if (!chance(8)) {
      // Otherwise it is delivered a second time.
      commands.remove(command);
    }
    return command.step().action() == CommandAction.DO
        ? carryOut(command, now)
        : undo(command, now);
  }

  private static String key(FlowFamily.Command command) {
    return command.flowId() + ' ' + command.step().stepName();
  }

  private @Nullable Said carryOut(FlowFamily.Command command, long now) {
    String key = key(command);
    int fence = fences.getOrDefault(key, 0);
    if (fence >= command.step().generation()) {
      return failed(command, FailureKind.FENCED, now);
    }
    StepFailed earlier = failures.get(key);
    if (earlier != null && earlier.answerOf().attempt() >= command.step().attempt()) {
      return new Said(command.flowId(), earlier);
    }
    if (!effects.getOrDefault(key, false)) {
      if (chance(24)) {
        FailureKind kind = dice.nextBoolean() ? FailureKind.NO_EFFECT : FailureKind.NO_EFFECT_FINAL;
        Said said = failed(command, kind, now);
        failures.put(key, (StepFailed) said.event());
        return said;
      }
      if (chance(4)) {
        late.add(command);
        return null;
      }
      if (chance(4)) {
        return null;
      }
    }
    effects.put(key, true);
    return chance(6) ? null : succeeded(command, now);
  }

  private @Nullable Said undo(FlowFamily.Command command, long now) {
    if (chance(8)) {
      return failed(command, FailureKind.UNKNOWN, now);
    }
    String key = key(command);
    effects.put(key, false);
    fences.merge(key, command.step().generation(), Math::max);
    return chance(6) ? null : succeeded(command, now);
  }

  /** A run that was believed lost has its effect after all, and says so. */
  private Said landed(FlowFamily.Command command, long now) {
    effects.put(key(command), true);
    DispatchStep step = command.step();
    return new Said(
        command.flowId(),
        new EffectLanded(now, step.stepName(), step.action(), of(step), null, "worker"));
  }

  private static AnswerOf of(DispatchStep step) {
    return new AnswerOf(step.commandId(), step.attempt(), false);
  }

  private static Said succeeded(FlowFamily.Command command, long now) {
    DispatchStep step = command.step();
    return new Said(
        command.flowId(),
        new StepSucceeded(
            now, step.stepName(), step.action(), of(step), FlowFamily.content(5), "worker"));
  }

  private static Said failed(FlowFamily.Command command, FailureKind kind, long now) {
    DispatchStep step = command.step();
    return new Said(
        command.flowId(),
        new StepFailed(now, step.stepName(), step.action(), of(step), kind, "broken", "worker"));
  }
}
