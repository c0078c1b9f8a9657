package io.doundo.history.simulation.invariant;

import io.doundo.history.simulation.Core;
import io.doundo.history.simulation.RecordedDecision;
import io.doundo.history.simulation.Scene;
import io.doundo.history.simulation.Violation;
import io.doundo.orchestrator.core.effect.Decision;
import io.doundo.orchestrator.core.effect.Effect;
import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.orchestrator.core.effect.Effect.Evaluate;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.Effect.SendTurn;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.AnswerOf;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluated;
import io.doundo.orchestrator.core.event.FlowEvent.Resolution;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.event.FlowEvent.TurnCommitted;
import io.doundo.orchestrator.core.state.ControlOutcome;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.play.DryRun;
import io.doundo.orchestrator.play.Evaluations;
import io.doundo.orchestrator.play.PlannedCommand;
import io.doundo.orchestrator.play.Presence;
import io.doundo.orchestrator.play.UndoPlan;
import io.doundo.orchestrator.play.UndoPlanner;
import io.doundo.orchestrator.play.VerbRow;
import io.doundo.orchestrator.play.VerbTable;
import io.doundo.orchestrator.play.WhyFinder;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.ControlAction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Forecasts come true. For each request of an operator, the dry run predicts the entries, commands
 * and status that follow as long as nothing else happens. An undo plan predicts the commands that
 * follow, in an order that the graph allows, as long as each is answered with success. At some
 * decisions every verb is also forecast for every step.
 */
public final class ForecastsHold implements Invariant {

  private static final Presence NOBODY = new Presence(Map.of());

  /** At one in this many decisions, every verb is forecast. */
  private static final int DECISIONS_TO_ONE = 32;

  private final Core core;
  private final Evaluations evaluations;
  private final Counts counts;
  private final int offset;
  private int decisions;
  private @Nullable Expected expected;
  private @Nullable Planned planned;

  /** Counts comparisons, so that a test can check that there were some. Not thread-safe. */
  public static final class Counts {
    public int requests;
    public int wholeRequests;
    public int plans;
    public int wholePlans;
    public int tables;
    public int coursesOfPlans;
  }

  public ForecastsHold(Scene scene, Core core, Counts counts, int offset) {
    this.core = core;
    this.evaluations = (definition, state, asked) -> scene.evaluations().of(asked, state);
    this.counts = counts;
    this.offset = offset;
  }

  @Override
  public void decided(RecordedDecision taken) {
    follow(taken);
    followPlan(taken);
    if (taken.event() instanceof ControlRequested request
        && taken.before() != null
        && isPossible(taken.definition(), taken.before())
        && taken.before().notes().outcomeOf(request.controlId()) == null) {
      foresee(taken, taken.before(), request);
    }
    if ((decisions++ + offset) % DECISIONS_TO_ONE == 0) {
      foreseeEverything(taken.definition(), taken.next(), taken.event().at());
    }
  }

  private static boolean isPossible(@Nullable Orchestration definition, FlowState state) {
    return definition != null || state.definition() == null;
  }

  private void foresee(RecordedDecision taken, FlowState before, ControlRequested request) {
    counts.requests++;
    expected = new Expected(DryRun.of(taken.definition(), before, request, evaluations));
    expected.take(taken);
    if (expected.isOver()) {
      endRequest();
    }
    if (request.verb() == ControlAction.UNDO && request.expect() == null) {
      plan(taken, before, request);
    }
  }

  private void follow(RecordedDecision taken) {
    if (expected == null || !expected.continues(taken)) {
      return;
    }
    if (!expected.isForeseen(taken.event())) {
      // Another event came in between.
      expected = null;
      return;
    }
    expected.take(taken);
    if (expected.isOver()) {
      endRequest();
    }
  }

  private void endRequest() {
    Objects.requireNonNull(expected).end();
    counts.wholeRequests++;
    expected = null;
  }

  /** A dry run, and how much of it has come true. */
  private static final class Expected {

    private final DryRun run;
    private final Deque<DryRun.Entry> entries;
    private final Deque<PlannedCommand> commands;
    private final SortedSet<Integer> turns = new TreeSet<>();
    private int asked;
    private boolean ambiguous;
    private @Nullable FlowState last;

    Expected(DryRun run) {
      this.run = run;
      this.entries = new ArrayDeque<>(run.events());
      this.commands = new ArrayDeque<>(run.commands());
    }

    /** Whether the decision directly follows the last one; after a crash none does. */
    @SuppressWarnings("ReferenceEquality")
    boolean continues(RecordedDecision taken) {
      return taken.before() == last;
    }

    /** Turns are read back in the order in which they were sent; here one may overtake another. */
    boolean isForeseen(FlowEvent event) {
      return (event instanceof Evaluated && !ambiguous)
          || (event instanceof TurnCommitted turn
              && !turns.isEmpty()
              && turn.turn() == turns.first());
    }

    void take(RecordedDecision taken) {
      int stillAsked = taken.event() instanceof Evaluated ? --asked : 0;
      if (taken.event() instanceof TurnCommitted turn) {
        turns.remove(turn.turn());
      }
      for (Effect effect : taken.decision().effects()) {
        if (effect instanceof PublishFlowEvent entry) {
          isNext("entry", entries.poll(), entry(entry));
        } else if (effect instanceof DispatchStep command) {
          isNext("command", commands.poll(), command(command));
        } else if (effect instanceof SendTurn turn) {
          turns.add(turn.turn());
        } else if (effect instanceof Evaluate) {
          asked++;
          // The engine evaluates this one after those, the simulation before them.
          ambiguous |= stillAsked > 0;
        }
      }
      last = taken.next();
    }

    private static void isNext(String what, @Nullable Object foreseen, Object happened) {
      if (!happened.equals(foreseen)) {
        throw new Violation(
            "forecast", "%s foreseen: %s, happened: %s".formatted(what, foreseen, happened));
      }
    }

    boolean isOver() {
      return turns.isEmpty() && asked == 0;
    }

    void end() {
      FlowState state = Objects.requireNonNull(last);
      if (!entries.isEmpty() || !commands.isEmpty() || state.status() != run.status()) {
        throw new Violation(
            "forecast",
            "foreseen: %s, %s, %s, but the flow is %s without them"
                .formatted(run.status(), entries, commands, state.status()));
      }
    }
  }

  private static DryRun.Entry entry(PublishFlowEvent entry) {
    return new DryRun.Entry(
        entry.type(),
        entry.step(),
        entry.action(),
        entry.generation(),
        entry.attempt(),
        entry.reason());
  }

  private static PlannedCommand command(DispatchStep command) {
    return new PlannedCommand(
        command.stepName(),
        command.action(),
        command.generation(),
        command.attempt(),
        command.commandId(),
        command.effect(),
        List.of());
  }

  private void plan(RecordedDecision taken, FlowState before, ControlRequested request) {
    counts.plans++;
    UndoPlan plan = UndoPlanner.plan(taken.definition(), before, request.at(), NOBODY, evaluations);
    ControlOutcome outcome =
        Objects.requireNonNull(taken.next().notes().outcomeOf(request.controlId()));
    if (plan.possible() != outcome.accepted()) {
      throw new Violation("forecast", "the plan is " + plan + ", the request is " + outcome);
    }
    boolean goes =
        outcome.accepted()
            && taken.definition() != null
            && plan.drain().isEmpty()
            && plan.note() == null
            && !before.paused();
    planned = goes ? new Planned(plan, Objects.requireNonNull(taken.definition())) : null;
    if (planned != null) {
      planned.take(taken.dispatches(), taken.next());
      endPlan(taken.next());
    }
  }

  private void followPlan(RecordedDecision taken) {
    if (planned == null || !planned.continues(taken)) {
      return;
    }
    if (taken.moved() && !isSuccessOnTheWay(taken.event())) {
      planned = null;
      return;
    }
    planned.take(taken.dispatches(), taken.next());
    endPlan(taken.next());
  }

  private static boolean isSuccessOnTheWay(FlowEvent event) {
    return event instanceof Evaluated
        || event instanceof TurnCommitted
        || (event instanceof StepSucceeded success && success.action() == CommandAction.UNDO);
  }

  private void endPlan(FlowState state) {
    if (planned != null && state.status() == FlowStatus.UNDONE) {
      planned.end(state);
      counts.wholePlans++;
      planned = null;
    }
  }

  /** An undo plan, and how much of it has come true. */
  private static final class Planned {

    private final UndoPlan plan;
    private final Orchestration definition;
    private final Map<String, String> left = new HashMap<>();
    private @Nullable FlowState last;

    Planned(UndoPlan plan, Orchestration definition) {
      this.plan = plan;
      this.definition = definition;
      Map<String, Integer> stages = new HashMap<>();
      for (int i = 0; i < plan.stages().size(); i++) {
        for (UndoPlan.Undone undone : plan.stages().get(i)) {
          left.put(undone.step(), String.valueOf(undone.commandId()));
          stages.put(undone.step(), i);
        }
      }
      stages.forEach(this::requireItsTurn);
    }

    /** A step is undone in the stage after the last of its successors. */
    private void requireItsTurn(String step, int stage) {
      int latest = -1;
      for (int i = 0; i < plan.stages().size(); i++) {
        for (UndoPlan.Undone other : plan.stages().get(i)) {
          if (comesBefore(step, other.step())) {
            latest = i;
          }
        }
      }
      if (stage != latest + 1) {
        throw new Violation(
            "forecast", "%s is planned for stage %d, not %d".formatted(step, stage, latest + 1));
      }
    }

    private boolean comesBefore(String step, String other) {
      int index = definition.indexOf(step);
      for (int before : definition.graph().predecessors(definition.indexOf(other))) {
        if (before == index) {
          return true;
        }
      }
      return false;
    }

    @SuppressWarnings("ReferenceEquality")
    boolean continues(RecordedDecision taken) {
      return taken.before() == last;
    }

    void take(List<DispatchStep> commands, FlowState next) {
      for (DispatchStep command : commands) {
        String step = command.stepName();
        if (!command.commandId().equals(left.remove(step))) {
          throw new Violation("forecast", command + " is not in the plan " + plan);
        }
        for (String other : left.keySet()) {
          if (comesBefore(step, other)) {
            throw new Violation("forecast", step + " is undone before " + other + ": " + plan);
          }
        }
      }
      last = next;
    }

    void end(FlowState state) {
      List<String> standing = plan.leftStanding().stream().map(UndoPlan.Reason::step).toList();
      if (!left.isEmpty() || !standing.equals(state.leftStanding(definition))) {
        throw new Violation(
            "forecast",
            "undone without %s, left standing %s, planned was %s"
                .formatted(left.keySet(), state.leftStanding(definition), plan));
      }
    }
  }

  /** Compares the forecast of every verb for every step with what a core does when asked. */
  private void foreseeEverything(@Nullable Orchestration definition, FlowState state, long at) {
    boolean isComputing =
        state.steps().stream().anyMatch(step -> step.status() == StepStatus.COMPUTING);
    if (isComputing || !isPossible(definition, state)) {
      // The value of an expression comes before any request.
      return;
    }
    counts.tables++;
    List<String> places = new ArrayList<>();
    places.add("");
    if (definition != null) {
      definition.steps().stream().map(Step::name).forEach(places::add);
    }
    List<VerbRow> rows = VerbTable.of(definition, state, at, evaluations);
    for (ControlAction verb : ControlAction.VERBS) {
      for (String place : places) {
        String step = place.isEmpty() ? null : place;
        ControlRequested request =
            new ControlRequested(
                at, "foreseen", verb, step, null, Resolution.DONE, null, "forecast");
        boolean accepted = compare(definition, state, request);
        for (VerbRow row : rows) {
          boolean isMeant = row.verb() == verb && Objects.equals(row.step(), step);
          boolean isAlternative = row.effect() != null && row.effect().startsWith("with {");
          if (isMeant && !isAlternative && row.allowed() != accepted) {
            throw new Violation("forecast", row + " but accepted: " + accepted);
          }
        }
      }
    }
    if (WhyFinder.find(definition, state, NOBODY, List::of, () -> rows, at).headline().isBlank()) {
      throw new Violation("forecast", "nobody knows why " + DecisionText.standing(state));
    }
    UndoPlan plan = UndoPlanner.plan(definition, state, at, NOBODY, evaluations);
    if (definition != null && plan.possible() && plan.drain().isEmpty() && plan.note() == null) {
      comparePlan(plan, definition, state, at);
    }
  }

  /** Compares the plan with what a core does when all UNDOs succeed, one after the other. */
  private void comparePlan(UndoPlan plan, Orchestration definition, FlowState state, long at) {
    Planned foreseen = new Planned(plan, definition);
    ControlRequested undo =
        new ControlRequested(
            at, "foreseen", ControlAction.UNDO, null, null, Resolution.DONE, null, "forecast");
    Course course = new Course(definition, state);
    course.give(undo);
    foreseen.take(course.commands, course.now);
    while (!course.commands.isEmpty()) {
      DispatchStep command = course.commands.remove(0);
      List<DispatchStep> others = List.copyOf(course.commands);
      course.give(
          new StepSucceeded(
              at,
              command.stepName(),
              command.action(),
              new AnswerOf(null, command.attempt(), false),
              null,
              null));
      foreseen.take(course.commands.subList(others.size(), course.commands.size()), course.now);
    }
    if (course.now.status() != FlowStatus.UNDONE) {
      throw new Violation("forecast", plan + " but the flow is " + course.now.status());
    }
    foreseen.end(course.now);
    counts.coursesOfPlans++;
  }

  /** A flow that takes events, each with everything that follows from it. Not thread-safe. */
  private final class Course {

    private final @Nullable Orchestration definition;
    private final List<DryRun.Entry> entries = new ArrayList<>();
    private final List<DispatchStep> commands = new ArrayList<>();
    private FlowState now;

    Course(@Nullable Orchestration definition, FlowState state) {
      this.definition = definition;
      this.now = state;
    }

    void give(FlowEvent given) {
      Deque<FlowEvent> next = new ArrayDeque<>(List.of(given));
      Deque<FlowEvent> turns = new ArrayDeque<>();
      while (!next.isEmpty() || !turns.isEmpty()) {
        Decision decision =
            core.decide(definition, now, next.isEmpty() ? turns.remove() : next.remove());
        now = Objects.requireNonNull(decision.next());
        for (Effect effect : decision.effects()) {
          if (effect instanceof PublishFlowEvent entry) {
            entries.add(entry(entry));
          } else if (effect instanceof DispatchStep command) {
            commands.add(command);
          } else if (effect instanceof SendTurn turn) {
            turns.add(new TurnCommitted(given.at(), turn.turn()));
          } else if (effect instanceof Evaluate asked) {
            next.add(
                new Evaluated(
                    given.at(),
                    asked.stepName(),
                    asked.purpose(),
                    evaluations.of(Objects.requireNonNull(definition), now, asked)));
          }
        }
      }
    }
  }

  /** Whether the request is accepted. */
  private boolean compare(
      @Nullable Orchestration definition, FlowState state, ControlRequested request) {
    DryRun run = DryRun.of(definition, state, request, evaluations);
    Course course = new Course(definition, state);
    course.give(request);
    List<PlannedCommand> commands = course.commands.stream().map(ForecastsHold::command).toList();
    if (!run.events().equals(course.entries)
        || !run.commands().equals(commands)
        || !run.state().equals(course.now)) {
      throw new Violation(
          "forecast",
          "%s: foreseen %s, %s; happens %s, %s"
              .formatted(request, run.events(), run.commands(), course.entries, commands));
    }
    return Objects.requireNonNull(course.now.notes().outcomeOf(request.controlId())).accepted();
  }
}
