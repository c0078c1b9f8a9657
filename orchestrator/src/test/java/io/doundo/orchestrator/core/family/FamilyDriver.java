package io.doundo.orchestrator.core.family;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.FlowDecider;
import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.orchestrator.core.effect.Effect.Evaluate;
import io.doundo.orchestrator.core.effect.FlowMessage;
import io.doundo.orchestrator.core.event.FailureKind;
import io.doundo.orchestrator.core.event.FlowEvent.AnswerOf;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.event.FlowEvent.EffectLanded;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation;
import io.doundo.orchestrator.core.event.FlowEvent.Resolution;
import io.doundo.orchestrator.core.event.FlowEvent.SignalReceived;
import io.doundo.orchestrator.core.event.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.PartsPlan;
import io.doundo.orchestrator.core.state.PartsState;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.ControlAction;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Plays the workers of a family of flows by a script: every command succeeds unless the script says
 * otherwise of its flow and step. Keeps the ledger of their effects. Not thread-safe.
 */
final class FamilyDriver {

  /** What a worker does with the DO of a step. */
  enum Play {
    FAIL,
    /** It fails, and must not be tried again. */
    FAIL_FOR_GOOD,
    /** It does not answer. */
    HOLD,
    /** It does not answer the UNDO; the DO succeeds. */
    HOLD_UNDO
  }

  /** The list of every {@code forEach} has so many items when nothing else is said. */
  private static final int ITEMS = 3;

  private static final int ROUNDS = 3;

  private final FlowFamily family;
  private final Map<String, Play> script = new TreeMap<>();
  private final Map<String, Integer> sizes = new TreeMap<>();
  private final Set<String> failing = new HashSet<>();
  private final Map<String, DispatchStep> held = new TreeMap<>();
  private final Map<String, Integer> effects = new TreeMap<>();
  private final Map<String, FlowFamily.Command> latest = new TreeMap<>();
  final List<String> done = new ArrayList<>();
  private int controls;

  FamilyDriver() {
    this(new FlowDecider()::decide);
  }

  FamilyDriver(FlowFamily.Core core) {
    family = new FlowFamily(core, this::evaluate);
    family.servedBy(this::carryOut);
  }

  FlowFamily family() {
    return family;
  }

  /** Says what happens to the DO of a step, in the flow with this id. */
  FamilyDriver play(String flowId, String step, Play play) {
    script.put(flowId + ' ' + step, play);
    return this;
  }

  FamilyDriver items(String step, int size) {
    sizes.put(step, size);
    return this;
  }

  /** All flows may be archived, nothing was refused, and no timer is left. */
  void assertAllReleased() {
    assertThat(family.flows().values())
        .allSatisfy(flow -> assertThat(flow.mayBeArchived()).as(flow.flowId()).isTrue());
    assertThat(family.refused()).isEmpty();
    assertThat(family.timers()).isEmpty();
  }

  /** The expression of a step fails, such as {@code offer GATHER}; of a flow, {@code f RESULT}. */
  FamilyDriver failing(String asked) {
    failing.add(asked);
    return this;
  }

  /** Answers what the flows evaluate, with the same value each time. */
  Evaluation evaluate(Orchestration definition, FlowState state, Evaluate asked) {
    String what = (asked.step() < 0 ? state.flowId() : asked.stepName()) + ' ' + asked.purpose();
    if (failing.contains(what)) {
      return new Evaluation.Failed("broken");
    }
    return switch (asked.purpose()) {
      case PARTS -> new Evaluation.Planned(plan(definition, asked), null);
      case NEXT -> round(state, asked);
      case GATHER, RESULT -> new Evaluation.Value(FlowFamily.content(7));
      case PAYLOAD, WHEN, INPUT, REQUEST, WORK, UNDO, UNTIL, SIGNAL, TASK ->
          throw new AssertionError("nothing here has " + asked);
    };
  }

  private PartsPlan plan(Orchestration definition, Evaluate asked) {
    Step step = definition.steps().get(asked.step());
    int total =
        step.work() instanceof Work.ForEach
            ? sizes.getOrDefault(step.name(), ITEMS)
            : step.work() instanceof Work.FirstOf first ? first.bodies().size() : 1;
    DefinitionId flow =
        step.work() instanceof Work.Flow other
            ? new DefinitionId(other.orchestration(), "0123456789abcdef")
            : null;
    return new PartsPlan(total, flow, null, null, null);
  }

  private Evaluation round(FlowState state, Evaluate asked) {
    PartsState parts = Objects.requireNonNull(state.steps().get(asked.step()).parts());
    int most = sizes.getOrDefault(asked.stepName(), ROUNDS);
    return new Evaluation.Round(FlowFamily.content(8), parts.next() >= most, null);
  }

  private void carryOut(FlowFamily.Command command) {
    DispatchStep step = command.step();
    String key = command.flowId() + ' ' + step.stepName();
    latest.put(key, command);
    done.add(command.toString());
    Play play = script.get(key);
    if (step.action() == CommandAction.UNDO && play == Play.HOLD_UNDO) {
      held.put(key, step);
    } else if (step.action() == CommandAction.UNDO) {
      effects.put(key, 0);
      answer(command, true);
    } else if (play == null || play == Play.HOLD_UNDO) {
      effects.merge(key, 1, Integer::sum);
      answer(command, true);
    } else if (play == Play.HOLD) {
      held.put(key, step);
    } else {
      answer(command, false);
    }
  }

  private void answer(FlowFamily.Command command, boolean success) {
    DispatchStep step = command.step();
    AnswerOf of = new AnswerOf(step.commandId(), step.attempt(), false);
    Play play = script.get(command.flowId() + ' ' + step.stepName());
    FailureKind kind =
        play == Play.FAIL_FOR_GOOD ? FailureKind.NO_EFFECT_FINAL : FailureKind.NO_EFFECT;
    family.take(
        command.flowId(),
        success
            ? new StepSucceeded(
                family.now, step.stepName(), step.action(), of, FlowFamily.content(5), "worker")
            : new StepFailed(
                family.now, step.stepName(), step.action(), of, kind, "no stock", "worker"));
  }

  /** The worker that holds a DO answers now that it has succeeded. */
  FamilyDriver succeedsNow(String flowId, String step) {
    String key = flowId + ' ' + step;
    DispatchStep command = Objects.requireNonNull(held.remove(key), () -> "nothing holds " + key);
    script.remove(key);
    effects.merge(key, 1, Integer::sum);
    answer(new FlowFamily.Command(flowId, command), true);
    return this;
  }

  /** The worker that holds an UNDO answers now that it has undone the step. */
  FamilyDriver undoneNow(String flowId, String step) {
    String key = flowId + ' ' + step;
    DispatchStep command = Objects.requireNonNull(held.remove(key), () -> "nothing holds " + key);
    script.remove(key);
    effects.put(key, 0);
    answer(new FlowFamily.Command(flowId, command), true);
    return this;
  }

  /** All workers that hold a DO answer that they have succeeded, until none holds one any more. */
  FamilyDriver allSucceedNow() {
    run();
    while (!held.isEmpty()) {
      String key = held.keySet().iterator().next();
      int blank = key.lastIndexOf(' ');
      succeedsNow(key.substring(0, blank), key.substring(blank + 1)).run();
    }
    return this;
  }

  /** The worker that holds a DO answers now that it has failed without effect. */
  FamilyDriver failsNow(String flowId, String step) {
    String key = flowId + ' ' + step;
    DispatchStep command = Objects.requireNonNull(held.remove(key), () -> "nothing holds " + key);
    script.put(key, Play.FAIL_FOR_GOOD);
    answer(new FlowFamily.Command(flowId, command), false);
    return this;
  }

  /** An effect of a DO that was answered long ago lands. */
  FamilyDriver landsLate(String flowId, String step) {
    String key = flowId + ' ' + step;
    DispatchStep command = Objects.requireNonNull(latest.get(key)).step();
    effects.merge(key, 1, Integer::sum);
    family.take(
        flowId,
        new EffectLanded(
            family.now,
            step,
            CommandAction.DO,
            new AnswerOf(null, command.attempt(), false),
            null,
            "worker"));
    return this;
  }

  FamilyDriver control(String flowId, ControlAction verb, @Nullable String step) {
    controls++;
    family.take(
        flowId,
        new ControlRequested(
            family.now,
            "control " + controls,
            verb,
            step,
            null,
            Resolution.DONE,
            null,
            "operator"));
    return this;
  }

  FamilyDriver signal(String flowId, String signal, int number) {
    family.take(
        flowId,
        new SignalReceived(
            family.now, "signal " + number, signal, FlowFamily.content(number), "somebody"));
    return this;
  }

  FamilyDriver start(Orchestration orchestration, String flowId) {
    family.start(orchestration, flowId);
    return this;
  }

  /** Everything that is said is heard. */
  FamilyDriver run() {
    family.readAll();
    return this;
  }

  FamilyDriver pass(long millis) {
    family.pass(millis);
    return this;
  }

  /** Everything is read until the message comes; then the engine fails on it. */
  FlowMessage failsOn(String receiver, Predicate<FlowMessage> message) {
    while (true) {
      FlowFamily.Message next = family.log.element();
      FlowMessage told = next.told();
      if (next.flowId().equals(receiver) && told != null && message.test(told)) {
        family.log.remove();
        family.take(receiver, family.failedOn(told));
        return told;
      }
      family.read();
    }
  }

  FlowState flow(String flowId) {
    return Objects.requireNonNull(family.flow(flowId), () -> "there is no flow " + flowId);
  }

  FlowStatus status(String flowId) {
    return flow(flowId).status();
  }

  StepState step(String flowId, String step) {
    return flow(flowId).steps().get(family.definitionOf(flowId).indexOf(step));
  }

  StepStatus stepStatus(String flowId, String step) {
    return step(flowId, step).status();
  }

  PartsState parts(String flowId, String step) {
    return Objects.requireNonNull(step(flowId, step).parts());
  }

  /** The effects that stand, by flow and step. */
  List<String> standing() {
    return effects.entrySet().stream()
        .filter(effect -> effect.getValue() != 0)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** What was told so far that ends so. */
  List<String> told(String end) {
    return told(end, UnaryOperator.identity());
  }

  List<String> told(String end, UnaryOperator<String> shown) {
    return family.told.stream().filter(told -> told.endsWith(end)).map(shown).toList();
  }
}
