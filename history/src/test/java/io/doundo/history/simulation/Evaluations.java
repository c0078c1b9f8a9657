package io.doundo.history.simulation;

import io.doundo.orchestrator.core.effect.Effect.Evaluate;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.Purpose;
import io.doundo.orchestrator.core.state.Signal;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.definition.AttemptRules;
import io.doundo.orchestrator.definition.Guard;
import io.doundo.orchestrator.definition.HttpTemplate;
import io.doundo.orchestrator.definition.HumanTask;
import io.doundo.orchestrator.definition.OnTimeout;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.StepData;
import io.doundo.orchestrator.definition.UndoRule;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.http.HttpMethod;
import io.doundo.protocol.http.HttpOutcomes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The values of the expressions of one run. Each is drawn once, because the same inputs give the
 * same value, even after a crash.
 */
public final class Evaluations {

  /** The signals that steps wait for. */
  public static final List<String> SIGNALS = List.of("go", "stop");

  /** The people to whom tasks are assigned. */
  public static final List<String> PEOPLE = List.of("ann", "bob", "managers");

  private static final String DRAWN = "drawn";

  /** What steps with a request send is drawn, as any value is. */
  private static final HttpTemplate REQUEST =
      new HttpTemplate("drawn", HttpMethod.POST, "/", Map.of(), null);

  private static final OnTimeout[] AFTER_WAITS = {
    OnTimeout.UNDO, OnTimeout.CONTINUE, OnTimeout.ESCALATE
  };

  private final Dice dice;
  private final Map<String, Evaluation> drawn = new HashMap<>();

  /** What each waiting step waits for. */
  private final Map<String, Work.Waits> waits = new HashMap<>();

  /** The number of branches of each choice. */
  private final Map<String, Integer> branches = new HashMap<>();

  public Evaluations(Dice dice) {
    this.dice = dice;
  }

  /**
   * The definition with conditions at some steps; some steps that the orchestrator evaluates
   * itself, some with a computed input, and some without which the flow can go on.
   */
  public Orchestration added(Orchestration definition) {
    List<Step> steps = new ArrayList<>();
    for (Step step : definition.steps()) {
      boolean inside = !step.pivot() && dice.chance(250);
      String when = dice.chance(400) ? DRAWN : null;
      boolean goesOn = dice.chance(500) && !step.pivot() && (inside || !step.undoable());
      String input = dice.chance(200) && !inside ? DRAWN : null;
      boolean computesUndo = dice.chance(200);
      boolean requests = !inside && !step.undoFailed() && dice.chance(200);
      steps.add(
          new Step(
              step.name(),
              step.seq(),
              step.dependsOn(),
              when,
              new StepData(requests ? null : input, null),
              inside ? new Work.Set(DRAWN) : requests ? request(step.isCommitted()) : step.work(),
              step.attempts(),
              inside
                  ? UndoRule.NONE
                  : requests && step.undoable()
                      ? new UndoRule.Http(REQUEST, null, HttpOutcomes.NONE)
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

  private static Work.Http request(boolean committed) {
    return new Work.Http(false, committed, REQUEST, null, null, HttpOutcomes.NONE, false, null);
  }

  private @Nullable Content value(Purpose purpose) {
    return purpose == Purpose.WORK && dice.chance(500) ? null : Scene.result(dice.below(24));
  }

  /**
   * The definition with choices: some steps are choices, some of the steps behind them belong to
   * their branches, and some edges carry no results.
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

  /** The definition with some steps that wait, for a time or for a signal. */
  public Orchestration withWaits(Orchestration definition) {
    List<Step> steps = new ArrayList<>();
    for (Step step : definition.steps()) {
      boolean waiting = !step.pivot() && !(step.work() instanceof Work.Choose) && dice.chance(400);
      steps.add(waiting ? waiting(step) : step);
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

  private Step waiting(Step step) {
    Work.Waits work = wait(dice.below(8));
    waits.put(step.name(), work);
    boolean isSignal = work instanceof Work.Signal;
    Duration timeout = dice.chance(500) ? Duration.ofMillis(dice.between(50, 1_500)) : null;
    OnTimeout onTimeout = dice.pick(AFTER_WAITS);
    return new Step(
        step.name(),
        step.seq(),
        step.dependsOn(),
        step.after(),
        step.guard(),
        step.when(),
        new StepData(null, isSignal && dice.chance(200) ? DRAWN : null),
        work,
        isSignal ? AttemptRules.waiting(timeout, onTimeout) : AttemptRules.INSIDE,
        UndoRule.NONE,
        dice.chance(300),
        false);
  }

  private Work.Waits wait(int kind) {
    return switch (kind) {
      case 0 -> new Work.Wait(Duration.ofMillis(dice.between(1, 1_500)), null);
      case 1 -> new Work.Wait(null, DRAWN);
      case 2 -> new Work.Until(DRAWN);
      default -> {
        String accept = dice.chance(400) ? DRAWN : null;
        yield new Work.Signal(dice.pick(SIGNALS), accept, dice.chance(400) ? task() : null);
      }
    };
  }

  private HumanTask task() {
    Duration due = dice.chance(500) ? Duration.ofMillis(dice.between(1, 2_000)) : null;
    return new HumanTask(DRAWN, dice.chance(300) ? DRAWN : null, due);
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
    if (asked.purpose() == Purpose.UNTIL) {
      return new Evaluation.Millis(time(Objects.requireNonNull(waits.get(asked.stepName()))));
    }
    if (asked.purpose() == Purpose.TASK) {
      return new Evaluation.Asked(
          DRAWN,
          dice.chance(500) ? dice.pick(PEOPLE) : null,
          dice.chance(500) ? PEOPLE : List.of());
    }
    if (asked.purpose() == Purpose.SIGNAL && dice.chance(300)) {
      return new Evaluation.Truth(false);
    }
    Integer chosen = branches.get(asked.stepName());
    return chosen == null
        ? new Evaluation.Value(value(asked.purpose()))
        : new Evaluation.Chosen(dice.below(chosen));
  }

  /** A length of time, or a point in time; some are past, and some too far in the future. */
  private long time(Work.Waits work) {
    if (dice.chance(50)) {
      return Timeline.BEGIN + 2 * Work.LONGEST_WAIT.toMillis();
    }
    return work instanceof Work.Wait ? dice.below(1_500) : Timeline.BEGIN + dice.below(4_000);
  }

  /**
   * The value of an expression.
   *
   * @param state the state of the flow that needs the value
   */
  public Evaluation of(Evaluate asked, FlowState state) {
    // What can be computed before a step is armed can be computed afterwards.
    Purpose purpose = asked.purpose() == Purpose.REQUEST ? Purpose.INPUT : asked.purpose();
    String key = asked.stepName() + ' ' + purpose;
    if (asked.purpose() == Purpose.SIGNAL
        && waits.get(asked.stepName()) instanceof Work.Signal wait) {
      Signal signal = state.signals().offeredTo(asked.step(), wait.signal());
      key += ' ' + Objects.requireNonNull(signal).controlId();
    }
    StepState step = asked.step() < 0 ? StepState.PENDING : state.steps().get(asked.step());
    boolean isGiven = asked.purpose() == Purpose.UNDO && step.undoInput() != null;
    if (isGiven) {
      // What an operator gives can be sent.
      key += " given";
      drawn.computeIfAbsent(key, unused -> new Evaluation.Value(value(asked.purpose())));
    }
    drawn.computeIfAbsent(key, unused -> drawn(asked));
    return Objects.requireNonNull(drawn.get(key));
  }
}
