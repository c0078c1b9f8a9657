package io.doundo.history.simulation;

import io.doundo.orchestrator.core.effect.Decision;
import io.doundo.orchestrator.core.effect.Effect;
import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.orchestrator.core.state.Attempts;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.DoKey;
import io.doundo.orchestrator.core.state.FlowNotes;
import io.doundo.orchestrator.core.state.FlowSignals;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.FlowTimes;
import io.doundo.orchestrator.core.state.Outside;
import io.doundo.orchestrator.core.state.Signal;
import io.doundo.orchestrator.core.state.StepEffect;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.TaskState;
import io.doundo.orchestrator.definition.AttemptRules;
import io.doundo.orchestrator.definition.Guard;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.RetryPolicy;
import io.doundo.orchestrator.definition.Step;
import io.doundo.protocol.CommandAction;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Turns definitions, states and commands into wrong ones. */
public final class Sabotage {

  private Sabotage() {}

  public static Orchestration withoutEdges(Orchestration definition) {
    return with(definition, step -> copy(step, List.of(), step.retry(), step.pivot()));
  }

  public static Orchestration withMoreAttempts(Orchestration definition) {
    return with(
        definition, step -> copy(step, step.dependsOn(), oneMore(step.retry()), step.pivot()));
  }

  public static Orchestration withoutPivots(Orchestration definition) {
    return with(definition, step -> copy(step, step.dependsOn(), step.retry(), false));
  }

  public static Orchestration withoutGuards(Orchestration definition) {
    return with(definition, step -> step.guard() == null ? step : copy(step, step.after(), null));
  }

  public static Orchestration withoutOrder(Orchestration definition) {
    return with(
        definition, step -> step.after().isEmpty() ? step : copy(step, List.of(), step.guard()));
  }

  /** The definition with its steps in reverse order and its edges reversed. */
  public static Orchestration mirrored(Orchestration definition) {
    List<Step> steps = new ArrayList<>();
    for (int i = definition.steps().size() - 1; i >= 0; i--) {
      Step step = definition.steps().get(i);
      List<String> after = new ArrayList<>();
      for (int dependent : definition.graph().dependents(i)) {
        after.add(definition.steps().get(dependent).name());
      }
      steps.add(copy(step, after, step.retry(), step.pivot()));
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

  public static FlowState mirrored(FlowState state) {
    List<StepState> steps = new ArrayList<>(state.steps());
    Collections.reverse(steps);
    return with(state, steps, state.transitions());
  }

  public static Decision mirrored(Decision decision, int size) {
    FlowState next = decision.next();
    List<Effect> effects = new ArrayList<>();
    for (Effect effect : decision.effects()) {
      effects.add(
          effect instanceof DispatchStep command
              ? copy(command, size - 1 - command.step(), command.payload())
              : effect);
    }
    return new Decision(next == null ? null : mirrored(next), effects);
  }

  /** The command with a payload merged in the order in which the results arrived. */
  public static Effect mergedByArrival(FlowState state, Effect effect) {
    if (!(effect instanceof DispatchStep command) || command.payload().size() < 3) {
      return effect;
    }
    List<Content> payload = new ArrayList<>(command.payload());
    payload.sort(Comparator.comparingLong(content -> arrival(state, content)));
    return copy(command, command.step(), payload);
  }

  private static long arrival(FlowState state, Content content) {
    for (StepState step : state.steps()) {
      if (content.equals(step.result())) {
        return step.endedAt();
      }
    }
    return 0;
  }

  private static DispatchStep copy(DispatchStep command, int step, List<Content> payload) {
    return new DispatchStep(
        step,
        command.stepName(),
        command.action(),
        command.generation(),
        command.attempt(),
        command.commandId(),
        command.effect(),
        command.deadline(),
        payload);
  }

  /** Numbers the changes of several decisions as one transition. */
  public static Decision asOneTransition(@Nullable FlowState before, Decision decision) {
    FlowState next = Objects.requireNonNull(decision.next());
    int transition = (before == null ? 0 : before.transitions()) + 1;
    if (next.transitions() <= transition) {
      return decision;
    }
    return new Decision(with(next, next.steps(), transition), decision.effects());
  }

  /** The decision, with its step freed of the doubt that earlier attempts left. */
  public static Decision withoutDoubt(Decision decision, int step) {
    FlowState next = Objects.requireNonNull(decision.next());
    List<StepState> steps = new ArrayList<>(next.steps());
    steps.set(step, clean(steps.get(step)));
    return new Decision(with(next, steps, next.transitions()), decision.effects());
  }

  /** The decision, with the next attempts of a step under a key of its own generation. */
  public static Decision withNewKey(Decision decision, int step) {
    StepState of = Objects.requireNonNull(decision.next()).steps().get(step);
    if (of.outside().keys().isEmpty()) {
      return decision;
    }
    List<DoKey> keys = new ArrayList<>(of.outside().keys());
    DoKey last = keys.remove(keys.size() - 1);
    keys.add(new DoKey(of.generation(), last.firstAttempt(), last.lastDeadline(), last.effect()));
    return withKeys(decision, step, keys);
  }

  /** The decision, with other idempotency keys of a step on record. */
  public static Decision withKeys(Decision decision, int step, List<DoKey> keys) {
    FlowState next = Objects.requireNonNull(decision.next());
    List<StepState> steps = new ArrayList<>(next.steps());
    StepState of = steps.get(step);
    Outside outside = of.outside();
    steps.set(
        step,
        new StepState(
            of.status(),
            of.effect(),
            of.generation(),
            of.dueAt(),
            of.startedAt(),
            of.endedAt(),
            of.result(),
            of.input(),
            of.undoInput(),
            of.error(),
            new Outside(
                outside.doing(),
                outside.undoing(),
                outside.openAttempt(),
                outside.succeededAttempt(),
                outside.armedTurn(),
                outside.worker(),
                outside.runs(),
                keys)));
    return new Decision(with(next, steps, next.transitions()), decision.effects());
  }

  private static StepState clean(StepState step) {
    return new StepState(
        step.status(),
        StepEffect.CLEAN,
        step.generation(),
        step.dueAt(),
        step.startedAt(),
        step.endedAt(),
        step.result(),
        step.input(),
        step.undoInput(),
        step.error(),
        step.outside());
  }

  /** The decision with the flow changed, but no transition counted. */
  public static Decision unnumbered(FlowState before, Decision decision) {
    FlowState next = Objects.requireNonNull(decision.next());
    return new Decision(with(next, next.steps(), before.transitions()), decision.effects());
  }

  /** The flow as abandoned, whatever the decision was. */
  public static Decision abandoned(Decision decision) {
    FlowState next = Objects.requireNonNull(decision.next());
    return new Decision(
        with(next, FlowStatus.ABANDONED, next.steps(), next.transitions()), decision.effects());
  }

  /** The flow with a waiting cancel. */
  public static Decision withCancelReason(Decision decision, @Nullable String reason) {
    FlowState next = Objects.requireNonNull(decision.next());
    return new Decision(
        with(
            next,
            next.status(),
            reason,
            next.steps(),
            next.transitions(),
            next.times().updatedAt(),
            next.notes()),
        decision.effects());
  }

  /** The flow with these signals kept instead. */
  public static FlowState withKept(FlowState state, List<Signal> kept) {
    return with(
        state,
        state.status(),
        state.cancelReason(),
        state.steps(),
        state.transitions(),
        state.times().updatedAt(),
        state.notes(),
        new FlowSignals(kept, state.signals().seen()));
  }

  /** The decision, with another task at its step. */
  public static Decision withTask(Decision decision, int step, @Nullable TaskState task) {
    FlowState next = Objects.requireNonNull(decision.next());
    List<StepState> steps = new ArrayList<>(next.steps());
    StepState of = steps.get(step);
    steps.set(
        step,
        new StepState(
            of.status(),
            of.effect(),
            of.generation(),
            of.dueAt(),
            of.startedAt(),
            of.endedAt(),
            of.result(),
            of.input(),
            of.undoInput(),
            of.error(),
            of.outside(),
            of.branch(),
            of.takenSignal(),
            task));
    return new Decision(with(next, steps, next.transitions()), decision.effects());
  }

  /** The decision, with the command that its step holds counted as one that was sent. */
  public static Decision withCountedHold(Decision decision, int step, CommandAction action) {
    return withStep(
        decision,
        step,
        of -> {
          Outside outside = of.outside();
          boolean isDo = action == CommandAction.DO;
          Attempts sent = isDo ? outside.doing() : outside.undoing();
          Attempts more = Attempts.of(sent.sent() + 1, sent.base(), sent.answers());
          Outside counted =
              new Outside(
                  isDo ? more : outside.doing(),
                  isDo ? outside.undoing() : more,
                  outside.openAttempt(),
                  outside.succeededAttempt(),
                  outside.armedTurn(),
                  outside.worker());
          return copy(of, of.effect(), of.dueAt(), counted);
        });
  }

  /** The decision, with another effect known of its step. */
  public static Decision withEffect(Decision decision, int step, StepEffect effect) {
    return withStep(decision, step, of -> copy(of, effect, of.dueAt(), of.outside()));
  }

  /** The decision, with nothing due at its step. */
  public static Decision withoutDueTime(Decision decision, int step) {
    return withStep(decision, step, of -> copy(of, of.effect(), 0, of.outside()));
  }

  private static Decision withStep(Decision decision, int step, UnaryOperator<StepState> change) {
    FlowState next = Objects.requireNonNull(decision.next());
    List<StepState> steps = new ArrayList<>(next.steps());
    steps.set(step, change.apply(steps.get(step)));
    return new Decision(with(next, steps, next.transitions()), decision.effects());
  }

  private static StepState copy(StepState step, StepEffect effect, long dueAt, Outside outside) {
    return new StepState(
        step.status(),
        effect,
        step.generation(),
        dueAt,
        step.startedAt(),
        step.endedAt(),
        step.result(),
        step.input(),
        step.undoInput(),
        step.error(),
        outside);
  }

  private static FlowState with(FlowState next, List<StepState> steps, int transition) {
    return with(next, next.status(), steps, transition);
  }

  private static FlowState with(
      FlowState next, FlowStatus status, List<StepState> steps, int transition) {
    return with(
        next,
        status,
        next.cancelReason(),
        steps,
        transition,
        next.times().updatedAt(),
        next.notes());
  }

  private static FlowState with(
      FlowState next,
      FlowStatus status,
      @Nullable String cancelReason,
      List<StepState> steps,
      int transition,
      long updatedAt,
      FlowNotes notes) {
    return with(next, status, cancelReason, steps, transition, updatedAt, notes, next.signals());
  }

  private static FlowState with(
      FlowState next,
      FlowStatus status,
      @Nullable String cancelReason,
      List<StepState> steps,
      int transition,
      long updatedAt,
      FlowNotes notes,
      FlowSignals signals) {
    FlowTimes times = next.times();
    return new FlowState(
        next.origin(),
        next.definition(),
        status,
        next.parkReason(),
        next.paused(),
        next.reason(),
        cancelReason,
        new FlowTimes(updatedAt, times.endedAt(), times.deadlineAt(), times.wakeAt()),
        next.turns(),
        transition,
        steps,
        notes,
        signals);
  }

  /**
   * The flow without the ignored answer that it has noted since the earlier state, and with the
   * number and time of that state; unchanged if anything else was noted or counted.
   */
  public static FlowState withoutNotesOf(@Nullable FlowState state, FlowState earlier) {
    FlowState next = Objects.requireNonNull(state);
    FlowNotes noted = next.notes();
    FlowNotes before = earlier.notes();
    boolean onlyNoted = noted.ignoredAnswers() == before.ignoredAnswers() + 1;
    if (!onlyNoted || next.transitions() != earlier.transitions() + 1) {
      return next;
    }
    FlowNotes notes =
        new FlowNotes(
            noted.turnedBack(),
            noted.controls(),
            before.ignoredAnswers(),
            noted.incidents(),
            noted.lastIncident());
    return with(
        next,
        next.status(),
        next.cancelReason(),
        next.steps(),
        earlier.transitions(),
        earlier.times().updatedAt(),
        notes);
  }

  /** The flow as if the generation of each step began with its next attempt. */
  public static FlowState withFreshRetries(FlowState state) {
    return with(
        state,
        state.steps().stream()
            .map(
                step ->
                    step.outside().openAttempt() > 0 && step.outside().undoing().sent() == 0
                        ? copy(step, step.outside().doing().sent() - 1)
                        : copy(step, step.outside().doing().sent()))
            .toList(),
        state.transitions());
  }

  public static DispatchStep ofFirstGeneration(DispatchStep command) {
    return new DispatchStep(
        command.step(),
        command.stepName(),
        command.action(),
        1,
        command.attempt(),
        command.commandId(),
        command.effect(),
        command.deadline(),
        command.payload());
  }

  private static StepState copy(StepState step, int doBase) {
    Outside outside = step.outside();
    Attempts doing = outside.doing();
    return new StepState(
        step.status(),
        step.effect(),
        step.generation(),
        step.dueAt(),
        step.startedAt(),
        step.endedAt(),
        step.result(),
        step.input(),
        step.undoInput(),
        step.error(),
        new Outside(
            Attempts.of(doing.sent(), doBase, doing.answers()),
            outside.undoing(),
            outside.openAttempt(),
            outside.succeededAttempt(),
            outside.armedTurn(),
            outside.worker()));
  }

  /** The definition in which the condition of a step also applies to the steps behind it. */
  public static Orchestration withSpreadConditions(Orchestration definition) {
    return with(
        definition,
        step -> {
          boolean isBehind =
              step.dependsOn().stream()
                  .map(name -> definition.steps().get(definition.indexOf(name)))
                  .anyMatch(before -> before.when() != null);
          return step.when() != null || !isBehind
              ? step
              : new Step(
                  step.name(),
                  step.seq(),
                  step.dependsOn(),
                  "spread",
                  step.data(),
                  step.work(),
                  step.attempts(),
                  step.undoing(),
                  step.goesOn(),
                  step.pivot());
        });
  }

  private static Orchestration with(Orchestration definition, UnaryOperator<Step> change) {
    return Orchestration.of(
        definition.id(),
        definition.type(),
        definition.steps().stream().map(change).toList(),
        definition.timeout(),
        definition.undoWindow(),
        definition.searchKey(),
        definition.description(),
        definition.initiator());
  }

  private static RetryPolicy oneMore(RetryPolicy policy) {
    return policy.withMaxAttempts(policy.maxAttempts() + 1);
  }

  private static Step copy(Step step, List<String> dependsOn, RetryPolicy retry, boolean pivot) {
    return new Step(
        step.name(),
        step.seq(),
        dependsOn,
        step.work(),
        new AttemptRules(step.timeout(), step.onTimeout(), retry, step.undoRetry()),
        step.undoing(),
        pivot);
  }

  private static Step copy(Step step, List<String> after, @Nullable Guard guard) {
    return new Step(
        step.name(),
        step.seq(),
        step.dependsOn(),
        after,
        guard,
        step.when(),
        step.data(),
        step.work(),
        step.attempts(),
        step.undoing(),
        step.goesOn(),
        step.pivot());
  }
}
