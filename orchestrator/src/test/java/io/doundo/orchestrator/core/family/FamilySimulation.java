package io.doundo.orchestrator.core.family;

import io.doundo.orchestrator.core.effect.Effect.Evaluate;
import io.doundo.orchestrator.core.effect.FlowMessage;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.event.FlowEvent.EngineFailed;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation;
import io.doundo.orchestrator.core.event.FlowEvent.Resolution;
import io.doundo.orchestrator.core.event.FlowEvent.SignalReceived;
import io.doundo.orchestrator.core.event.FlowEvent.TimeReached;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.PartsPlan;
import io.doundo.orchestrator.core.state.PartsState;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.parts.ParentVerb;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.ControlAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One seed: a flow with its parts, from its start until nothing happens any more. What one flow
 * tells another is read in order by each receiver, but in any order between receivers; commands and
 * answers are lost, repeated and late; transactions are aborted; operators act at random moments.
 */
final class FamilySimulation {

  private static final String ROOT = "f";
  private static final int MOST_HAPPENINGS = 400;
  private static final int MOST_ROUNDS = 60;
  private static final int ENOUGH_RETRIES = 30;
  private static final long LONGEST_PAUSE_MS = 4_000;

  /** How long the archive keeps a flow beyond its time. */
  private static final long GRACE_MS = 10_000;

  /** What a part hears again when an operator has it go on, if the engine has failed on it. */
  private static final Set<ParentVerb> HEARD_AGAIN =
      Set.of(ParentVerb.BACK, ParentVerb.PAUSE, ParentVerb.RESUME);

  private final Random dice;
  private final int luck;
  private final FlowFamily family;
  private final FamilyWorkers workers;
  private final FamilyChecks checks;
  private final RandomFamily drawn;
  private final List<String> story = new ArrayList<>();
  private boolean isCalm;

  /** Whether no operator has decided what stands. */
  private boolean isExact = true;

  private int controls;

  private FamilySimulation(long seed, FlowFamily.Core core) {
    dice = new Random(seed * 0x9E3779B97F4A7C15L);
    luck = dice.nextInt(10_000);
    drawn = new RandomFamily(dice);
    family = new FlowFamily(core, this::evaluate);
    workers = new FamilyWorkers(dice);
    checks = new FamilyChecks(family, workers);
    family.servedBy(workers::receive);
  }

  /**
   * What became of a seed.
   *
   * @param end how the flow at the top ended, if no invariant was broken
   * @param broken the invariant that does not hold, and why; null when all do
   * @param audit the entries of all flows
   */
  record Outcome(FlowStatus end, @Nullable String broken, String story, List<String> audit) {}

  static Outcome run(long seed, FlowFamily.Core core) {
    FamilySimulation simulation = new FamilySimulation(seed, core);
    FlowStatus end = FlowStatus.IN_PROGRESS;
    String broken = null;
    try {
      end = simulation.run();
    } catch (FamilyChecks.Broken e) {
      broken = e.getMessage();
    } catch (IllegalStateException | IllegalArgumentException e) {
      broken = "the core throws " + e;
    }
    return new Outcome(end, broken, String.join("\n", simulation.story), simulation.family.audit());
  }

  private FlowStatus run() {
    family.register(drawn.other());
    Orchestration order = drawn.draw();
    story.add(order.steps().toString());
    family.start(order, ROOT);
    int happenings = dice.nextInt(MOST_HAPPENINGS);
    for (int i = 0; i < happenings; i++) {
      happen();
    }
    calm();
    settle();
    FlowState root = Objects.requireNonNull(family.flow(ROOT));
    if (root.status() == FlowStatus.COMPLETED && dice.nextBoolean()) {
      checks.ended(ROOT, isExact);
      undoAtTheLastMoment(root);
      root = Objects.requireNonNull(family.flow(ROOT));
    }
    checks.ended(ROOT, isExact);
    return root.status();
  }

  /** Undoes the completed flow when its window is nearly over, while parts may have expired. */
  private void undoAtTheLastMoment(FlowState root) {
    family.now = Math.max(family.now, root.times().endedAt() + FamilyDefinitions.WINDOW.toMillis());
    expire();
    control(ROOT, ControlAction.UNDO, null);
    while (!family.log.isEmpty()) {
      read();
    }
    // The undo takes longer than the archive keeps what is not kept.
    family.now += 2 * GRACE_MS;
    expire();
    settle();
  }

  private void expire() {
    for (FlowState flow : List.copyOf(family.flows().values())) {
      boolean isOver =
          flow.life().keptUntil() > 0 && flow.life().keptUntil() + GRACE_MS < family.now;
      if (isOver && flow.mayBeArchived()) {
        story.add(flow.flowId() + " expires");
        family.expire(flow.flowId());
      }
    }
  }

  private void calm() {
    story.add("calm");
    isCalm = true;
    workers.calm();
  }

  private void happen() {
    int what = dice.nextInt(100);
    if (what < 50 && !family.log.isEmpty()) {
      read();
    } else if (what < 90 && workers.hasWork()) {
      answer();
    } else if (what < 97 || isCalm) {
      passTime();
    } else {
      operate();
    }
  }

  /** The first record of any receiver. */
  private void read() {
    List<FlowFamily.Message> records = new ArrayList<>(family.log);
    FlowFamily.Message any = records.get(dice.nextInt(records.size()));
    FlowFamily.Message first =
        records.stream().filter(r -> r.flowId().equals(any.flowId())).findFirst().orElseThrow();
    if (!isCalm && failsOn(first)) {
      // The record becomes a dead letter, and the flow is parked.
      story.add(family.now + " the engine fails on " + FlowFamily.describe(told(first)));
      EngineFailed failure = family.failedOn(told(first));
      take(first.flowId(), failure, () -> family.log.remove(first));
      return;
    }
    take(first.flowId(), family.eventOf(first), () -> family.log.remove(first));
  }

  /** A part that begins is refused then, and one that has ended has an answer made for it. */
  private boolean failsOn(FlowFamily.Message message) {
    FlowState receiver = family.flow(message.flowId());
    boolean isLost =
        message.told() instanceof FlowMessage.Moved
            || (message.told() instanceof FlowMessage.Asked asked
                && HEARD_AGAIN.contains(asked.verb()));
    return isLost
        && receiver != null
        && receiver.status() != FlowStatus.WAITING
        && (!receiver.status().isTerminal() || isAwaited(message, receiver) || isAwake(message))
        && dice.nextInt(100) < 2;
  }

  private static boolean isAwake(FlowFamily.Message message) {
    return message.told() instanceof FlowMessage.Moved moved && moved.status().isAwake();
  }

  /** Whether a flow that has ended waits for this answer to RELEASE or KEEP. */
  private static boolean isAwaited(FlowFamily.Message message, FlowState receiver) {
    if (!(message.told() instanceof FlowMessage.Moved moved) || !moved.isAnswer()) {
      return false;
    }
    return receiver.steps().stream()
        .map(StepState::parts)
        .filter(Objects::nonNull)
        .anyMatch(
            parts ->
                parts.attempt() == moved.link().attempt()
                    && parts.awaited().contains(moved.link().index()));
  }

  private static FlowMessage told(FlowFamily.Message message) {
    return Objects.requireNonNull(message.told());
  }

  private void answer() {
    FamilyWorkers.Said said = workers.next(family.now);
    if (said != null) {
      take(said.flowId(), said.event(), () -> {});
    }
  }

  private void passTime() {
    String next = family.earliest(family.now + LONGEST_PAUSE_MS);
    if (next == null) {
      family.now += LONGEST_PAUSE_MS;
      return;
    }
    family.now = Math.max(family.now, family.timers().getOrDefault(next, family.now));
    fire(next);
  }

  private void fire(String flowId) {
    take(flowId, new TimeReached(family.now), () -> family.timers().remove(flowId));
  }

  private void operate() {
    List<String> ids = List.copyOf(family.flows().keySet());
    String flowId = ids.get(dice.nextInt(ids.size()));
    if (dice.nextInt(3) == 0) {
      signal(dice.nextInt(4) == 0 ? flowId : ROOT);
      return;
    }
    int what = dice.nextInt(100);
    if (what < 25) {
      control(ROOT, ControlAction.CANCEL, null);
    } else if (what < 45) {
      control(flowId, ControlAction.PAUSE, null);
    } else if (what < 65) {
      control(flowId, ControlAction.RESUME, null);
    } else if (what < 75) {
      control(flowId, ControlAction.CANCEL, null);
    } else if (what < 85) {
      control(flowId, ControlAction.UNDO, null);
    } else if (what < 92) {
      take(flowId, new EngineFailed(family.now, "broken"), () -> {});
    } else if (what < 95) {
      isExact = false;
      control(flowId, ControlAction.ABANDON, null);
    } else {
      control(flowId, ControlAction.RETRY, null);
    }
  }

  private void signal(String flowId) {
    controls++;
    String controlId = "signal " + controls;
    checks.sent(controlId);
    FlowEvent event =
        new SignalReceived(
            family.now, controlId, RandomFamily.SIGNAL, FlowFamily.content(controls), "somebody");
    take(flowId, event, () -> {});
  }

  private void control(String flowId, ControlAction verb, @Nullable String step) {
    controls++;
    FlowEvent event =
        new ControlRequested(
            family.now, "control " + controls, verb, step, null, Resolution.DONE, null, "operator");
    take(flowId, event, () -> {});
  }

  /** Takes the event; some transactions are aborted, and repeated. */
  private void take(String flowId, FlowEvent event, Runnable consumed) {
    FlowState before = family.flow(flowId);
    story.add(family.now + " " + flowId + " " + event);
    if (!isCalm && dice.nextInt(100) < 3) {
      story.add("  in a transaction that is aborted first");
      family.takeAborted(flowId, event);
    }
    consumed.run();
    family.take(flowId, event);
    FlowState after = family.flow(flowId);
    if (after != null && (before == null || before.status() != after.status())) {
      story.add("  is " + after.status() + " " + after.reason());
    }
    checks.decided(flowId, before);
  }

  /** Lets everything happen that is still to happen; an operator helps what is stuck. */
  private void settle() {
    for (int round = 0; round < MOST_ROUNDS; round++) {
      drain();
      if (!help(round)) {
        return;
      }
    }
    throw new FamilyChecks.Broken("I1", "an operator cannot bring the flows to an end");
  }

  private void drain() {
    for (int i = 0; i < 20_000; i++) {
      if (!family.log.isEmpty()) {
        read();
      } else if (workers.hasWork()) {
        answer();
      } else {
        String next = family.earliest(Long.MAX_VALUE);
        if (next == null) {
          return;
        }
        family.now = Math.max(family.now, family.timers().getOrDefault(next, family.now));
        fire(next);
      }
    }
    throw new FamilyChecks.Broken("I12", "the flows never come to rest");
  }

  private boolean help(int round) {
    boolean helped = false;
    for (String flowId : List.copyOf(family.flows().keySet())) {
      FlowState flow = Objects.requireNonNull(family.flow(flowId));
      if (flow.paused()) {
        control(flow.flowId(), ControlAction.RESUME, null);
        helped = true;
      } else if (flow.status() == FlowStatus.PARKED && round < ENOUGH_RETRIES) {
        control(flow.flowId(), ControlAction.RETRY, null);
        helped = true;
      } else if (flow.status() == FlowStatus.IN_PROGRESS && waitsForSignal(flow)) {
        signal(dice.nextBoolean() ? flow.flowId() : ROOT);
        drain();
        helped = true;
      } else if (flow.status() == FlowStatus.PARKED) {
        throw new FamilyChecks.Broken(
            "I1", flow.flowId() + " stays parked: " + flow.parkReason() + ' ' + flow.reason());
      }
    }
    return helped;
  }

  private static boolean waitsForSignal(FlowState flow) {
    return flow.steps().stream().anyMatch(step -> step.status() == StepStatus.WAITING);
  }

  private Evaluation evaluate(Orchestration definition, FlowState state, Evaluate asked) {
    // A transaction that is repeated finds the same value.
    String what = state.flowId() + asked.stepName() + asked.purpose() + state.transitions();
    if (!isCalm && Math.floorMod(what.hashCode() * 31 + luck, 100) < 2) {
      return new Evaluation.Failed("broken");
    }
    return switch (asked.purpose()) {
      case PARTS -> new Evaluation.Planned(plan(definition, asked), null);
      case NEXT -> {
        PartsState parts = Objects.requireNonNull(state.steps().get(asked.step()).parts());
        boolean isLast = parts.next() >= drawn.sizeOf(asked.stepName());
        yield new Evaluation.Round(FlowFamily.content(8), isLast, null);
      }
      case GATHER, RESULT -> new Evaluation.Value(FlowFamily.content(7));
      case TASK -> new Evaluation.Asked("do it", null, List.of());
      case PAYLOAD, WHEN, INPUT, REQUEST, WORK, UNDO, UNTIL, SIGNAL ->
          throw new AssertionError("nothing here has " + asked);
    };
  }

  private PartsPlan plan(Orchestration definition, Evaluate asked) {
    Step step = definition.steps().get(asked.step());
    int total =
        step.work() instanceof Work.ForEach
            ? drawn.sizeOf(step.name())
            : step.work() instanceof Work.FirstOf first ? first.bodies().size() : 1;
    DefinitionId flow =
        step.work() instanceof Work.Flow other
            ? new DefinitionId(other.orchestration(), "0123456789abcdef")
            : null;
    return new PartsPlan(total, flow, null, null, null);
  }
}
