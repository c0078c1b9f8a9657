package io.doundo.history.simulation;

import io.doundo.orchestrator.core.effect.Effect.Evaluate;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.Purpose;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.StepData;
import io.doundo.orchestrator.definition.UndoRule;
import io.doundo.orchestrator.definition.Work;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the expressions of one run come to: drawn once, since the same inputs give the same value,
 * also after a crash.
 */
public final class Evaluations {

  private static final String DRAWN = "drawn";

  private final Dice dice;
  private final Map<String, Evaluation> drawn = new HashMap<>();

  public Evaluations(Dice dice) {
    this.dice = dice;
  }

  /**
   * The definition with conditions at some steps, some steps that are carried out inside, some that
   * are sent a computed input, and some that the flow goes on without.
   */
  public Orchestration added(Orchestration definition) {
    List<Step> steps = new ArrayList<>();
    for (Step step : definition.steps()) {
      boolean inside = !step.pivot() && dice.chance(250);
      String when = dice.chance(400) ? DRAWN : null;
      boolean goesOn = dice.chance(500) && !step.pivot() && (inside || !step.undoable());
      String input = dice.chance(200) && !inside ? DRAWN : null;
      boolean computesUndo = dice.chance(200);
      steps.add(
          new Step(
              step.name(),
              step.seq(),
              step.dependsOn(),
              when,
              new StepData(input, null),
              inside ? new Work.Set(DRAWN) : step.work(),
              step.attempts(),
              inside
                  ? UndoRule.NONE
                  : computesUndo && step.undoable()
                      ? new UndoRule.Own(step.undoFailed(), DRAWN)
                      : step.undoing(),
              goesOn,
              step.pivot()));
    }
    return Orchestration.of(
        definition.id(),
        definition.type(),
        steps,
        definition.timeout(),
        definition.undoWindow(),
        definition.searchKey(),
        definition.description(),
        definition.initiator());
  }

  private @Nullable Content value(Purpose purpose) {
    return purpose == Purpose.WORK && dice.chance(500) ? null : Scene.result(dice.below(24));
  }

  public Evaluation of(Evaluate asked) {
    String key = asked.stepName() + ' ' + asked.purpose();
    drawn.computeIfAbsent(
        key,
        k ->
            dice.chance(70)
                ? new Evaluation.Failed("drawn: cannot be evaluated")
                : asked.purpose() == Purpose.WHEN
                    ? new Evaluation.Truth(dice.chance(600))
                    : new Evaluation.Value(value(asked.purpose())));
    return Objects.requireNonNull(drawn.get(key));
  }
}
