package io.doundo.orchestrator.core;

import io.doundo.orchestrator.core.effect.Decision;
import io.doundo.orchestrator.core.effect.Effect;
import io.doundo.orchestrator.core.effect.Effect.AskBreaker;
import io.doundo.orchestrator.core.effect.Effect.CancelTimer;
import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.orchestrator.core.effect.Effect.Evaluate;
import io.doundo.orchestrator.core.effect.Effect.Hold;
import io.doundo.orchestrator.core.effect.Effect.KeepPart;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.Effect.RefuseEvent;
import io.doundo.orchestrator.core.effect.Effect.RefuseSignal;
import io.doundo.orchestrator.core.effect.Effect.ScheduleTimer;
import io.doundo.orchestrator.core.effect.Effect.SendTurn;
import io.doundo.orchestrator.core.effect.Effect.TellFlow;
import io.doundo.orchestrator.core.effect.Effect.Unhold;
import io.doundo.orchestrator.core.event.FailureKind;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.AnswerOf;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.event.FlowEvent.DispatchHeld;
import io.doundo.orchestrator.core.event.FlowEvent.EffectLanded;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluated;
import io.doundo.orchestrator.core.event.FlowEvent.FlowStarted;
import io.doundo.orchestrator.core.event.FlowEvent.Resolution;
import io.doundo.orchestrator.core.event.FlowEvent.SignalReceived;
import io.doundo.orchestrator.core.event.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.event.FlowEvent.TimeReached;
import io.doundo.orchestrator.core.event.FlowEvent.TurnCommitted;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.evaluation.FlowEvaluator;
import io.doundo.orchestrator.journey.JourneyDriver;
import io.doundo.orchestrator.play.Evaluations;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.RawJson;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

/** The bare core as a driver: effects are carried out at once, turns are committed at once. */
public final class CoreJourneyDriver implements JourneyDriver {

  private final FlowDecider decider = new FlowDecider();
  private final FlowEvaluator evaluator = new FlowEvaluator();
  private final Map<String, Orchestration> definitions = new HashMap<>();
  private final Map<String, FlowState> flows = new HashMap<>();
  private final Map<String, Map<String, Object>> bodies = new HashMap<>();
  private final Map<String, Long> timers = new HashMap<>();
  private final Map<String, List<String>> audit = new HashMap<>();
  private final List<Command> commands = new ArrayList<>();
  private final List<String> refusals = new ArrayList<>();

  /** The open breakers, and whether each is forced open. */
  private final Map<String, Boolean> breakers = new HashMap<>();

  private final Set<String> holds = new HashSet<>();
  private final Deque<Runnable> turns = new ArrayDeque<>();
  private long now = 1_000_000;
  private int controls;
  private boolean commits = true;

  /** From now on turns are held back until {@link #commit}. */
  public CoreJourneyDriver withoutCommits() {
    commits = false;
    return this;
  }

  /** Delivers the turns held back. */
  public void commit() {
    while (!turns.isEmpty()) {
      turns.poll().run();
    }
  }

  public List<String> refusals() {
    return refusals;
  }

  public long timerOf(String flowId) {
    return timers.getOrDefault(flowId, 0L);
  }

  public long now() {
    return now;
  }

  /** The flow's definition; null while it waits for it. */
  public @Nullable Orchestration definitionOf(String flowId) {
    FlowState state = flow(flowId);
    return state.definition() == null ? null : definitions.get(state.orchestrationName());
  }

  /** Evaluates with the values of this driver's flows. */
  public Evaluations evaluations() {
    return (definition, state, asked) -> evaluator.evaluate(definition, state, asked, new Bodies());
  }

  @Override
  public void register(Orchestration orchestration) {
    definitions.put(orchestration.name(), orchestration);
  }

  @Override
  public void start(String flowId, String orchestration, Map<String, Object> payload) {
    Content content = content(payload);
    take(
        flowId,
        definitions.get(orchestration),
        new FlowStarted(
            now, flowId, "life1", orchestration, content, orchestration + content.digest(), null));
  }

  /** Applies any event to the flow. */
  public Decision take(String flowId, FlowEvent event) {
    FlowState state = Objects.requireNonNull(flows.get(flowId), () -> "no flow " + flowId);
    return take(flowId, definitions.get(state.orchestrationName()), event);
  }

  private Decision take(String flowId, @Nullable Orchestration definition, FlowEvent event) {
    if (event instanceof TimeReached reached && timerOf(flowId) <= reached.at()) {
      timers.remove(flowId);
    }
    Deque<FlowEvent> events = new ArrayDeque<>(List.of(event));
    Decision decision = null;
    while (!events.isEmpty()) {
      Set<String> held = new HashSet<>();
      decision = decider.decide(definition, flows.get(flowId), kept(flowId, events.remove()));
      FlowState next = decision.next();
      if (next != null) {
        flows.put(flowId, next);
      }
      for (Effect effect : decision.effects()) {
        if (effect instanceof Evaluate asked) {
          events.add(evaluated(Objects.requireNonNull(definition), flowId, asked));
        } else if (effect instanceof AskBreaker ask && isOpen(ask)) {
          held.add(ask.stepName());
          events.add(
              new DispatchHeld(now, ask.stepName(), ask.action(), ask.attempt(), ask.breaker()));
        } else if (!(effect instanceof DispatchStep command && held.contains(command.stepName()))) {
          effect.accept(new CarryOut(flowId));
        }
      }
    }
    if (commits) {
      commit();
    }
    return Objects.requireNonNull(decision);
  }

  /** From now on the breaker holds back all commands, or those that do not go past it. */
  public void open(String breaker, boolean isForced) {
    breakers.put(breaker, isForced);
  }

  /** From now on the breaker lets commands through; those that it holds stay held. */
  public void close(String breaker) {
    breakers.remove(breaker);
  }

  /** The steps that the engine knows as held, each as flow and step. */
  public Set<String> held() {
    return holds;
  }

  private boolean isOpen(AskBreaker ask) {
    Boolean isForced = breakers.get(ask.breaker());
    return isForced != null && (isForced || !ask.past());
  }

  private FlowEvent kept(String flowId, FlowEvent event) {
    FlowState state = flows.get(flowId);
    Orchestration definition = state == null ? null : definitions.get(state.orchestrationName());
    return state == null || definition == null
        ? event
        : evaluator.kept(definition, state, event, new Bodies());
  }

  private Evaluated evaluated(Orchestration definition, String flowId, Evaluate asked) {
    return new Evaluated(
        now,
        asked.stepName(),
        asked.purpose(),
        evaluator.evaluate(definition, flow(flowId), asked, new Bodies()));
  }

  private final class Bodies implements FlowEvaluator.Values {

    @Override
    public RawJson read(Content content) {
      return Json.of(Json.MAPPER.valueToTree(Objects.requireNonNull(bodies.get(content.digest()))));
    }

    @Override
    public Content add(RawJson value) {
      return content(
          Json.MAPPER.readValue(value.bytes(), new TypeReference<Map<String, Object>>() {}));
    }

    @Override
    public boolean fitsCommand(RawJson value) {
      return true;
    }

    @Override
    public boolean fitsMessage(long bytes) {
      return true;
    }

    @Override
    public FlowEvaluator.Newest newest(String orchestration) {
      return FlowEvaluator.Newest.NONE;
    }

    @Override
    public FlowEvaluator.KeptPart part(int step, int attempt, int index) {
      throw new IllegalStateException("no registered orchestration has parts");
    }

    @Override
    public boolean fitsUndo(String step, RawJson result) {
      return true;
    }
  }

  @Override
  public List<Command> takeCommands() {
    List<Command> taken = List.copyOf(commands);
    commands.clear();
    return taken;
  }

  private static AnswerOf answerOf(Command command, Echo echo) {
    return switch (echo) {
      case NOTHING -> AnswerOf.UNMARKED;
      case ATTEMPT -> new AnswerOf(null, command.attempt(), false);
      case COMMAND_ID -> new AnswerOf(command.commandId(), command.attempt(), true);
    };
  }

  @Override
  public void succeed(String flowId, Command command, Echo echo, Map<String, Object> result) {
    Content content = result.isEmpty() ? null : content(result);
    take(
        flowId,
        new StepSucceeded(
            now, command.step(), command.action(), answerOf(command, echo), content, "worker"));
  }

  @Override
  public void findUnchanged(
      String flowId, Command command, Echo echo, Map<String, Object> result, boolean inDoubt) {
    AnswerOf echoed = answerOf(command, echo);
    take(
        flowId,
        new StepSucceeded(
            now,
            command.step(),
            command.action(),
            new AnswerOf(echoed.commandId(), echoed.attempt(), false),
            result.isEmpty() ? null : content(result),
            "worker",
            true,
            inDoubt));
  }

  @Override
  public void fail(
      String flowId, Command command, Echo echo, String error, @Nullable String outcome) {
    AnswerOf answerOf = answerOf(command, echo);
    if ("LATE_EFFECT".equals(outcome)) {
      take(
          flowId,
          new EffectLanded(now, command.step(), command.action(), answerOf, null, "worker"));
      return;
    }
    FailureKind kind = outcome == null ? FailureKind.FAILED : FailureKind.valueOf(outcome);
    take(
        flowId,
        new StepFailed(now, command.step(), command.action(), answerOf, kind, error, "worker"));
  }

  @Override
  public void failNotBefore(
      String flowId, Command command, Echo echo, String error, Duration pause) {
    take(
        flowId,
        new StepFailed(
            now,
            command.step(),
            command.action(),
            answerOf(command, echo),
            FailureKind.FAILED,
            error,
            "worker",
            now + pause.toMillis(),
            false));
  }

  @Override
  public void failForGood(String flowId, Command command, Echo echo, String error) {
    take(
        flowId,
        new StepFailed(
            now,
            command.step(),
            null,
            answerOf(command, echo),
            FailureKind.FINAL,
            error,
            "worker"));
  }

  @Override
  public void control(
      String flowId, ControlAction verb, @Nullable String step, Map<String, Object> payload) {
    Map<String, Object> rest = new TreeMap<>(payload);
    Object outcome = rest.remove("outcome");
    Object taken = rest.remove("taken");
    Object branch = rest.remove("branch");
    Resolution resolution =
        taken != null
            ? taken.equals(true) ? Resolution.TAKEN : Resolution.NOT_TAKEN
            : branch != null
                ? Resolution.BRANCH
                : "NO_EFFECT".equals(outcome) ? Resolution.NO_EFFECT : Resolution.DONE;
    take(
        flowId,
        new ControlRequested(
            now,
            "control-" + ++controls,
            verb,
            step,
            rest.isEmpty() ? null : content(rest),
            resolution,
            "because",
            "operator",
            null,
            (Integer) branch));
  }

  @Override
  public void signal(
      String flowId,
      String signalId,
      String name,
      String by,
      @Nullable Map<String, Object> payload) {
    Content content = payload == null ? null : content(payload);
    take(flowId, new SignalReceived(now, signalId, name, content, by));
  }

  @Override
  public void signalVerified(
      String flowId, String signalId, String name, String by, Map<String, Object> payload) {
    take(flowId, new SignalReceived(now, signalId, name, content(payload), by, true, null));
  }

  @Override
  public void completeAs(
      String flowId,
      String signalId,
      String task,
      List<String> names,
      Map<String, Object> payload) {
    take(
        flowId,
        new SignalReceived(now, signalId, task, content(payload), names.get(0), true, null, names));
  }

  @Override
  public void assign(String flowId, String controlId, String step, String assignee) {
    take(
        flowId,
        new ControlRequested(
            now,
            controlId,
            ControlAction.ASSIGN,
            step,
            null,
            Resolution.DONE,
            null,
            "operator",
            null,
            null,
            assignee.isEmpty() ? null : assignee));
  }

  @Override
  public void pass(Duration time) {
    long until = now + time.toMillis();
    while (true) {
      String first = null;
      for (Map.Entry<String, Long> timer : timers.entrySet()) {
        if (timer.getValue() <= until
            && (first == null || timer.getValue() < timers.getOrDefault(first, 0L))) {
          first = timer.getKey();
        }
      }
      if (first == null) {
        break;
      }
      now = Math.max(now, Objects.requireNonNull(timers.remove(first)));
      FlowState state = Objects.requireNonNull(flows.get(first));
      boolean found =
          state.status() == FlowStatus.WAITING
              && definitions.containsKey(state.orchestrationName());
      take(first, found ? new FlowEvent.DefinitionFound(now) : new TimeReached(now));
    }
    now = until;
  }

  @Override
  public FlowState flow(String flowId) {
    return Objects.requireNonNull(flows.get(flowId), () -> "no flow " + flowId);
  }

  @Override
  public List<String> audit(String flowId) {
    return audit.getOrDefault(flowId, List.of());
  }

  @Override
  public void close() {
    // Nothing is held.
  }

  private Content content(Map<String, Object> body) {
    String digest = String.format("%032x", new TreeMap<>(body).toString().hashCode() & 0xffffffffL);
    bodies.put(digest, body);
    return new Content(digest, body.toString().length(), true);
  }

  private final class CarryOut implements Effect.Handler<Boolean> {

    private final String flowId;

    CarryOut(String flowId) {
      this.flowId = flowId;
    }

    @Override
    public Boolean on(DispatchStep effect) {
      Map<String, Object> payload = new TreeMap<>();
      for (Content content : effect.payload()) {
        payload.putAll(Objects.requireNonNull(bodies.get(content.digest())));
      }
      return commands.add(
          new Command(
              effect.stepName(),
              effect.action(),
              effect.generation(),
              effect.attempt(),
              effect.commandId(),
              effect.effect(),
              payload));
    }

    @Override
    public Boolean on(AskBreaker effect) {
      return true;
    }

    @Override
    public Boolean on(Hold effect) {
      if (!holds.add(flowId + ' ' + effect.stepName())) {
        throw new AssertionError("held twice: " + effect);
      }
      return true;
    }

    @Override
    public Boolean on(Unhold effect) {
      if (!holds.remove(flowId + ' ' + effect.stepName())) {
        throw new AssertionError("not held: " + effect);
      }
      return true;
    }

    @Override
    public Boolean on(Evaluate effect) {
      throw new AssertionError("it is answered before anything else: " + effect);
    }

    @Override
    public Boolean on(ScheduleTimer effect) {
      if (timers.containsKey(flowId)) {
        throw new AssertionError("a second timer for " + flowId);
      }
      timers.put(flowId, effect.at());
      return true;
    }

    @Override
    public Boolean on(CancelTimer effect) {
      Long set = timers.remove(flowId);
      if (set == null || set != effect.at()) {
        throw new AssertionError("no timer of " + flowId + " at " + effect.at());
      }
      return true;
    }

    @Override
    public Boolean on(SendTurn effect) {
      return turns.add(() -> take(flowId, new TurnCommitted(now, effect.turn())));
    }

    @Override
    public Boolean on(PublishFlowEvent effect) {
      String step = effect.step() == null ? "" : " " + effect.step();
      String why = effect.reason() == null ? "" : " " + effect.reason();
      return audit.computeIfAbsent(flowId, id -> new ArrayList<>()).add(effect.type() + step + why);
    }

    @Override
    public Boolean on(TellFlow effect) {
      throw new AssertionError("nothing here has parts: " + effect);
    }

    @Override
    public Boolean on(KeepPart effect) {
      throw new AssertionError("nothing here has parts: " + effect);
    }

    @Override
    public Boolean on(RefuseSignal effect) {
      return refusals.add(effect.reason());
    }

    @Override
    public Boolean on(RefuseEvent effect) {
      return refusals.add(effect.reason());
    }
  }
}
