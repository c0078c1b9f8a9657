package io.doundo.worker.testkit;

import io.doundo.orchestrator.answer.AnswerEvents;
import io.doundo.orchestrator.core.FlowDecider;
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
import io.doundo.orchestrator.core.effect.FlowMessage;
import io.doundo.orchestrator.core.effect.FlowMessage.Asked;
import io.doundo.orchestrator.core.effect.FlowMessage.Begin;
import io.doundo.orchestrator.core.effect.FlowMessage.Handed;
import io.doundo.orchestrator.core.effect.FlowMessage.Moved;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.ChildMoved;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluated;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation;
import io.doundo.orchestrator.core.event.FlowEvent.FlowStarted;
import io.doundo.orchestrator.core.event.FlowEvent.ParentAsked;
import io.doundo.orchestrator.core.event.FlowEvent.Resolution;
import io.doundo.orchestrator.core.event.FlowEvent.SignalHanded;
import io.doundo.orchestrator.core.event.FlowEvent.SignalReceived;
import io.doundo.orchestrator.core.event.FlowEvent.TimeReached;
import io.doundo.orchestrator.core.event.FlowEvent.TurnCommitted;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.PartOf;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.FailStep;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Work;
import io.doundo.orchestrator.evaluation.FlowEvaluator;
import io.doundo.orchestrator.evaluation.ItemLists;
import io.doundo.orchestrator.evaluation.PartPayloads;
import io.doundo.protocol.Answer;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.UndoPayload;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One flow on the orchestrator's core: what the core decides is carried out at once, and committed
 * at once. For the one thread of a test.
 */
final class FlowDriver {

  private final FlowDecider decider = new FlowDecider();
  private final FlowEvaluator evaluator = new FlowEvaluator();
  private final ItemLists items = new ItemLists();
  private final ReplacedFields replaced;
  private final Map<String, Orchestration> known;
  private final TestClock clock;
  private final Played root;
  private final Map<String, Played> flows = new LinkedHashMap<>();
  private final Deque<SentCommand> out = new ArrayDeque<>();
  private final Map<String, RawJson> contents = new HashMap<>();

  /** What flows tell themselves and each other, in its order. */
  private final Deque<Runnable> log = new ArrayDeque<>();

  private final List<String> history = new ArrayList<>();
  private @Nullable String refusal;
  private String signalId = "";
  private int controls;
  private boolean isReading;

  /**
   * A flow that has not begun.
   *
   * @param known the orchestrations that parts may run, by name
   */
  FlowDriver(
      Orchestration definition,
      Map<String, Orchestration> known,
      TestClock clock,
      String flowId,
      ReplacedFields replaced) {
    this.replaced = replaced;
    this.known = Map.copyOf(known);
    this.clock = clock;
    this.root = new Played(flowId, definition);
    flows.put(flowId, root);
  }

  void start(RawJson payload) {
    Content content = content(payload);
    root.take(
        new FlowStarted(
            clock.millis(),
            root.flowId,
            digest(root.flowId.getBytes(StandardCharsets.UTF_8)),
            root.definition.name(),
            content,
            content.digest(),
            "test"));
  }

  void answer(Answer answer) {
    Played flow = Objects.requireNonNull(flows.get(answer.flowId()), "there is no such flow");
    history.add("answered: " + flow.named() + words(answer));
    flow.take(AnswerEvents.of(answer, new AnswerContext(answer, flow.definition)));
  }

  private final class AnswerContext implements AnswerEvents.Context {

    private final Answer answer;
    private final Orchestration definition;

    private AnswerContext(Answer answer, Orchestration definition) {
      this.answer = answer;
      this.definition = definition;
    }

    @Override
    public long now() {
      return clock.millis();
    }

    @Override
    public @Nullable CommandAction failedAction() {
      return answer.failedAction();
    }

    @Override
    public FailStep failStep() {
      int step = definition.indexOf(answer.stepName());
      FailStep said =
          definition.steps().get(step).work() instanceof Work.Remote remote
              ? remote.failStep()
              : null;
      return said == null ? FailStep.FINAL : said;
    }

    @Override
    public @Nullable String whyUnfit() {
      return null;
    }

    @Override
    public @Nullable Content keptResult() {
      RawJson payload = answer.payload();
      return payload == null || payload.equals(RawJson.EMPTY_OBJECT) ? null : content(payload);
    }
  }

  /** Carries out an operator's verb, or says why it is refused. */
  @Nullable String control(ControlAction verb, @Nullable String step) {
    String controlId = "control-" + ++controls;
    Played flow = flowOf(step);
    flow.take(
        new ControlRequested(
            clock.millis(),
            controlId,
            verb,
            step,
            null,
            Resolution.DONE,
            "requested by the test",
            "test"));
    return Objects.requireNonNull(flow.state().notes().outcomeOf(controlId), controlId).refusal();
  }

  /** Sends a signal, or returns why it is refused. */
  @Nullable String signal(String name, @Nullable RawJson payload, String by) {
    refusal = null;
    signalId = "signal-" + ++controls;
    Content content = payload == null ? null : content(payload);
    root.take(new SignalReceived(clock.millis(), signalId, name, content, by));
    return refusal;
  }

  /** Completes a task as the API does, with a verified sender; or returns why that is refused. */
  @Nullable String complete(String step, @Nullable RawJson answer, String by) {
    refusal = null;
    signalId = "task-" + ++controls;
    Content content = answer == null ? null : content(answer);
    flowOf(step).take(new SignalReceived(clock.millis(), signalId, step, content, by, true, null));
    return refusal;
  }

  /** Assigns a task, or returns why that is refused. */
  @Nullable String assign(String step, @Nullable String assignee) {
    String controlId = "assign-" + ++controls;
    Played flow = flowOf(step);
    flow.take(
        new ControlRequested(
            clock.millis(),
            controlId,
            ControlAction.ASSIGN,
            step,
            null,
            Resolution.DONE,
            "requested by the test",
            "test",
            null,
            null,
            assignee));
    return Objects.requireNonNull(flow.state().notes().outcomeOf(controlId), controlId).refusal();
  }

  /** The oldest flow that has the step and has not ended; the flow itself when none has. */
  private Played flowOf(@Nullable String step) {
    for (Played flow : flows.values()) {
      boolean has = step != null && flow.definition.indexOf(step) >= 0;
      if (has && !flow.state().status().isTerminal()) {
        return flow;
      }
    }
    return root;
  }

  /** Whether a step waits for a signal, of the flow or of a part. */
  boolean awaitsSignal() {
    return flows.values().stream().anyMatch(Played::awaitsSignal);
  }

  /** Whether the answer to a command is awaited, by the flow or by a part. */
  boolean awaitsAnswer() {
    return flows.values().stream().anyMatch(Played::awaitsAnswer);
  }

  /** Whether the attempt of this command has not ended. */
  boolean isOpen(SentCommand command) {
    Played flow = Objects.requireNonNull(flows.get(command.flowId()), "there is no such flow");
    int step = flow.definition.indexOf(command.step());
    return flow.state().steps().get(step).outside().openAttempt() == command.attempt();
  }

  void passes(Duration duration) {
    long until = clock.millis() + duration.toMillis();
    for (Played next = nextTimer(); next != null && next.timer <= until; next = nextTimer()) {
      next.reachTimer();
    }
    clock.moveTo(until);
  }

  /** Moves the clock to the next timer of the flow or of a part; false when there is none. */
  boolean reachTimer() {
    Played next = nextTimer();
    if (next == null) {
      return false;
    }
    next.reachTimer();
    return true;
  }

  private @Nullable Played nextTimer() {
    Played next = null;
    for (Played flow : flows.values()) {
      if (flow.timer > 0 && (next == null || flow.timer < next.timer)) {
        next = flow;
      }
    }
    return next;
  }

  FlowState state() {
    return root.state();
  }

  /** Where a step of the flow or of a part stands: in the oldest flow that has it. */
  @Nullable StepState step(String name) {
    Played flow = flowOf(name);
    int index = flow.definition.indexOf(name);
    return index < 0 ? null : flow.state().steps().get(index);
  }

  /** The steps that wait with an open task, of the flow and of its parts. */
  List<String> openTasks() {
    List<String> open = new ArrayList<>();
    flows.values().forEach(flow -> flow.addOpenTasks(open));
    return open;
  }

  Orchestration definition() {
    return root.definition;
  }

  /** The commands not handled yet, oldest first. */
  Deque<SentCommand> out() {
    return out;
  }

  void note(String line) {
    history.add(line);
  }

  /** The history so far, one line per event. */
  List<String> history() {
    return history;
  }

  /** Reads what was told, as the engine does once it is committed. */
  private void readLog() {
    if (isReading) {
      return;
    }
    isReading = true;
    try {
      for (Runnable next = log.poll(); next != null; next = log.poll()) {
        next.run();
      }
    } finally {
      isReading = false;
    }
  }

  /** The flow, or one of its parts. */
  private final class Played {

    private final String flowId;
    private final Orchestration definition;
    private final Map<String, FlowEvaluator.KeptPart> kept = new HashMap<>();
    private final PlayedValues values = new PlayedValues(this);
    private final PlayedEffects effects = new PlayedEffects(this);
    private @Nullable FlowState state;
    private long timer;

    Played(String flowId, Orchestration definition) {
      this.flowId = flowId;
      this.definition = definition;
    }

    FlowState state() {
      return Objects.requireNonNull(state, "the flow has not started");
    }

    /** Its name before what it does; nothing for the flow itself. */
    String named() {
      return this == root ? "" : flowId + ": ";
    }

    boolean awaitsSignal() {
      List<StepState> steps = state().steps();
      for (int i = 0; i < steps.size(); i++) {
        if (steps.get(i).status() == StepStatus.WAITING
            && definition.steps().get(i).work() instanceof Work.Signal) {
          return true;
        }
      }
      return false;
    }

    boolean awaitsAnswer() {
      return state().steps().stream()
          .anyMatch(step -> step.parts() == null && step.outside().openAttempt() > 0);
    }

    void addOpenTasks(List<String> open) {
      for (int i = 0; i < state().steps().size(); i++) {
        StepState step = state().steps().get(i);
        if (step.status() == StepStatus.WAITING && step.task() != null) {
          open.add(definition.steps().get(i).name());
        }
      }
    }

    void reachTimer() {
      clock.moveTo(timer);
      timer = 0;
      take(new TimeReached(clock.millis()));
    }

    void take(FlowEvent event) {
      Deque<FlowEvent> events = new ArrayDeque<>();
      events.add(state == null ? event : evaluator.kept(definition, state, event, values));
      while (!events.isEmpty()) {
        Decision decision = decider.decide(definition, state, events.remove());
        state = decision.next();
        for (Effect effect : decision.effects()) {
          if (effect instanceof Evaluate asked) {
            events.add(evaluated(asked));
          } else {
            effect.accept(effects);
          }
        }
      }
      readLog();
    }

    /** As the engine does it, between two decisions. */
    private Evaluated evaluated(Evaluate asked) {
      Evaluation value = evaluator.evaluate(definition, state(), asked, values);
      return new Evaluated(clock.millis(), asked.stepName(), asked.purpose(), value);
    }

    void hears(FlowMessage message) {
      if (message instanceof Moved moved) {
        take(
            new ChildMoved(
                clock.millis(),
                moved.link(),
                moved.number(),
                moved.status(),
                moved.isAnswer(),
                moved.isRefusal(),
                moved.keptUntil(),
                moved.result(),
                moved.error(),
                moved.leftStanding(),
                moved.returned(),
                moved.waitsFor()));
      } else if (message instanceof Asked asked) {
        take(
            new ParentAsked(
                clock.millis(), asked.link(), asked.verb(), asked.why(), asked.until()));
      } else if (message instanceof Handed handed) {
        take(new SignalHanded(clock.millis(), handed.link(), handed.signal()));
      } else {
        throw new IllegalArgumentException("a part begins once: " + message);
      }
    }

    void begins(Begin begin, Content payload) {
      take(
          new FlowStarted(
              clock.millis(),
              flowId,
              begin.incarnation(),
              definition.name(),
              payload,
              begin.incarnation(),
              begin.initiator(),
              begin.headers(),
              null,
              begin.part(),
              begin.requestedBy()));
    }

    RawJson payloadOf(Begin begin) {
      int index = definition.indexOf(begin.part().link().step());
      if (!(definition.steps().get(index).work() instanceof Work.Parts work)) {
        throw new IllegalStateException("step " + begin.part().link().step() + " has no parts");
      }
      return PartPayloads.of(work, begin.part().link().index(), begin.input(), values, items);
    }
  }

  private Orchestration definitionOf(PartOf part) {
    Orchestration whole =
        part.definition().equals(root.definition.id())
            ? root.definition
            : Objects.requireNonNull(known.get(part.definition().name()));
    return part.path() == null ? whole : whole.part(part.path());
  }

  private void tell(Played sender, TellFlow told) {
    if (told.message() instanceof Begin begin) {
      Content payload = content(sender.payloadOf(begin));
      log.add(
          () -> {
            Played part = new Played(told.flowId(), definitionOf(begin.part()));
            flows.put(told.flowId(), part);
            part.begins(begin, payload);
          });
      return;
    }
    log.add(
        () ->
            Objects.requireNonNull(flows.get(told.flowId()), told.flowId()).hears(told.message()));
  }

  private final class PlayedValues implements FlowEvaluator.Values {

    private final Played flow;

    PlayedValues(Played flow) {
      this.flow = flow;
    }

    @Override
    public RawJson read(Content content) {
      return value(content);
    }

    @Override
    public Content add(RawJson value) {
      return content(value);
    }

    @Override
    public boolean fitsCommand(RawJson value) {
      return true;
    }

    @Override
    public FlowEvaluator.Newest newest(String orchestration) {
      return new FlowEvaluator.Newest(
          orchestration.equals(root.definition.name()) ? root.definition : known.get(orchestration),
          null);
    }

    @Override
    public boolean fitsMessage(long bytes) {
      return true;
    }

    @Override
    public FlowEvaluator.KeptPart part(int step, int attempt, int index) {
      return flow.kept.getOrDefault(
          keptKey(step, attempt, index), new FlowEvaluator.KeptPart(null, null));
    }

    @Override
    public boolean fitsUndo(String step, RawJson result) {
      return true;
    }
  }

  private static String keptKey(int step, int attempt, int index) {
    return step + "|" + attempt + '|' + index;
  }

  private final class PlayedEffects implements Effect.Handler<Boolean> {

    private final Played flow;

    PlayedEffects(Played flow) {
      this.flow = flow;
    }

    @Override
    public Boolean on(DispatchStep effect) {
      SentCommand command =
          SentCommand.of(
              flow.definition,
              flow.state(),
              effect,
              payload(effect.payload()),
              halves(flow, effect),
              clock.millis());
      history.add("sent: " + flow.named() + command + ' ' + command.payload());
      if (effect.action() == CommandAction.DO) {
        requireNothingReplaced(flow, effect);
      }
      return out.add(command);
    }

    @Override
    public Boolean on(AskBreaker effect) {
      // No breaker is ever open here.
      return true;
    }

    @Override
    public Boolean on(Hold effect) {
      return true;
    }

    @Override
    public Boolean on(Unhold effect) {
      return true;
    }

    @Override
    public Boolean on(Evaluate effect) {
      throw new IllegalStateException("it is answered before anything else: " + effect);
    }

    @Override
    public Boolean on(ScheduleTimer effect) {
      flow.timer = effect.at();
      return true;
    }

    @Override
    public Boolean on(CancelTimer effect) {
      flow.timer = 0;
      return true;
    }

    @Override
    public Boolean on(SendTurn effect) {
      return log.add(() -> flow.take(new TurnCommitted(clock.millis(), effect.turn())));
    }

    @Override
    public Boolean on(PublishFlowEvent effect) {
      CommandAction action = effect.action();
      return history.add(
          flow.named()
              + effect.type()
              + (effect.step() == null ? "" : " " + effect.step())
              + (action == null ? "" : " " + action)
              + (effect.reason() == null ? "" : ": " + effect.reason()));
    }

    @Override
    public Boolean on(TellFlow effect) {
      tell(flow, effect);
      return true;
    }

    @Override
    public Boolean on(KeepPart effect) {
      Content result = effect.result();
      flow.kept.put(
          keptKey(effect.step(), effect.attempt(), effect.index()),
          new FlowEvaluator.KeptPart(result == null ? null : value(result), effect.error()));
      return true;
    }

    @Override
    public Boolean on(RefuseSignal effect) {
      if (effect.signal().controlId().equals(signalId)) {
        refusal = effect.reason();
      }
      return history.add("refused: " + effect.reason());
    }

    @Override
    public Boolean on(RefuseEvent effect) {
      refusal = effect.reason();
      return history.add("refused: " + effect.reason());
    }
  }

  private static String words(Answer answer) {
    String outcome = answer.outcome() == null ? "" : " " + answer.outcome();
    String what = (answer.status() ? "done" : "failed") + outcome;
    String error = answer.errorMessage() == null ? "" : " (" + answer.errorMessage() + ')';
    String result = answer.payload() == null ? "" : " with " + answer.payload();
    return answer.action() + " " + answer.stepName() + ' ' + what + error + result;
  }

  private Map<String, RawJson> halves(Played flow, DispatchStep effect) {
    StepState step = flow.state().steps().get(effect.step());
    List<Content> sent = effect.payload();
    Content made = step.result();
    boolean knowsResult = effect.effect() == KnownEffect.DONE || made != null;
    boolean isRequest = flow.definition.steps().get(effect.step()).work() instanceof Work.Http;
    if (isRequest
        || effect.action() != CommandAction.UNDO
        || !knowsResult
        || step.undoInput() != null) {
      return Map.of();
    }
    if (made == null || !made.object() || sent.isEmpty()) {
      return UndoPayload.headers(payload(sent), null);
    }
    return UndoPayload.headers(payload(sent.subList(0, sent.size() - 1)), value(made));
  }

  private void requireNothingReplaced(Played flow, DispatchStep effect) {
    List<ReplacedFields.PayloadPart> parts = new ArrayList<>();
    for (Content content : effect.payload()) {
      parts.add(new ReplacedFields.PayloadPart(origin(flow, content), value(content)));
    }
    String problem = replaced.problem(effect.stepName(), parts);
    if (problem != null) {
      throw failure(problem);
    }
  }

  private static String origin(Played flow, Content content) {
    for (int i = 0; i < flow.definition.steps().size(); i++) {
      if (content.equals(flow.state().steps().get(i).result())) {
        return "the result of " + flow.definition.steps().get(i).name();
      }
    }
    return "the start";
  }

  AssertionError failure(String sentence) {
    StringBuilder text = new StringBuilder(sentence).append("\nThe flow so far:");
    history.forEach(line -> text.append("\n  ").append(line));
    return new AssertionError(text.toString());
  }

  private RawJson value(Content content) {
    return Objects.requireNonNull(contents.get(content.digest()));
  }

  private RawJson payload(List<Content> merged) {
    List<RawJson> values = merged.stream().map(this::value).toList();
    try {
      return values.isEmpty() ? RawJson.EMPTY_OBJECT : Json.merge(values);
    } catch (MalformedRecordException e) {
      throw new IllegalStateException("contents are JSON", e);
    }
  }

  private Content content(RawJson value) {
    String digest = digest(value.bytes());
    contents.put(digest, value);
    return new Content(digest, value.size(), value.isObject());
  }

  private static String digest(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
