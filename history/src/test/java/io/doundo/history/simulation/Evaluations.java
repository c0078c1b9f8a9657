package io.doundo.history.simulation;

import io.doundo.orchestrator.core.effect.Effect.Evaluate;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.Purpose;
import io.doundo.orchestrator.definition.Guard;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.StepData;
import io.doundo.orchestrator.definition.UndoRule;
import io.doundo.orchestrator.definition.Work;
import java.util.ArrayList;
import java.util.Collections;
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

  /** How many branches each choice has. */
  private final Map<String, Integer> branches = new HashMap<>();

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

  /**
   * The definition with choices: some steps choose, and some of those behind them stand in their
   * branches; and some edges carry no results.
   */
  public Orchestration withChoices(Orchestration definition) {
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < definition.steps().size(); i++) {
      Step step = definition.steps().get(i);
      Guard guard = guard(definition, i);
      List<String> after = new ArrayList<>();
      if (guard == null) {
        step.dependsOn().stream().filter(name -> dice.chance(150)).forEach(after::add);
      }
      boolean chooses = !step.pivot() && dice.chance(350);
      if (chooses) {
        branches.put(step.name(), dice.between(1, 3));
      }
      steps.add(
          new Step(
              step.name(),
              step.seq(),
              step.dependsOn().stream().filter(name -> !after.contains(name)).toList(),
              after,
              guard,
              step.when(),
              step.data(),
              chooses ? new Work.Choose(Collections.nCopies(branches(step), DRAWN)) : step.work(),
              step.attempts(),
              chooses ? UndoRule.NONE : step.undoing(),
              step.goesOn(),
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

  /** A branch of one of the choices before the step, or none. */
  private @Nullable Guard guard(Orchestration definition, int step) {
    for (int ancestor : definition.graph().ancestors(step)) {
      String choice = definition.steps().get(ancestor).name();
      if (branches.containsKey(choice) && dice.chance(600)) {
        return new Guard(choice, dice.below(branches.getOrDefault(choice, 1)));
      }
    }
    return null;
  }

  private int branches(Step choice) {
    return branches.getOrDefault(choice.name(), 1);
  }

  private Evaluation drawn(Evaluate asked) {
    if (dice.chance(70)) {
      return new Evaluation.Failed("drawn: cannot be evaluated");
    }
    if (asked.purpose() == Purpose.WHEN) {
      return new Evaluation.Truth(dice.chance(600));
    }
    Integer chosen = branches.get(asked.stepName());
    return chosen == null
        ? new Evaluation.Value(value(asked.purpose()))
        : new Evaluation.Chosen(dice.below(chosen));
  }

  public Evaluation of(Evaluate asked) {
    String key = asked.stepName() + ' ' + asked.purpose();
    drawn.computeIfAbsent(key, unused -> drawn(asked));
    return Objects.requireNonNull(drawn.get(key));
  }
}
