package io.doundo.worker.testkit;

import io.doundo.orchestrator.answer.AnswerEvents;
import io.doundo.orchestrator.core.FlowDecider;
import io.doundo.orchestrator.core.effect.Decision;
import io.doundo.orchestrator.core.effect.Effect;
import io.doundo.orchestrator.core.effect.Effect.CancelTimer;
import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.orchestrator.core.effect.Effect.Evaluate;
import io.doundo.orchestrator.core.effect.Effect.KeepPart;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.Effect.RefuseEvent;
import io.doundo.orchestrator.core.effect.Effect.RefuseSignal;
import io.doundo.orchestrator.core.effect.Effect.ScheduleTimer;
import io.doundo.orchestrator.core.effect.Effect.SendTurn;
import io.doundo.orchestrator.core.effect.Effect.TellFlow;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluated;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation;
import io.doundo.orchestrator.core.event.FlowEvent.FlowStarted;
import io.doundo.orchestrator.core.event.FlowEvent.Resolution;
import io.doundo.orchestrator.core.event.FlowEvent.SignalReceived;
import io.doundo.orchestrator.core.event.FlowEvent.TimeReached;
import io.doundo.orchestrator.core.event.FlowEvent.TurnCommitted;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.FailStep;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Work;
import io.doundo.orchestrator.evaluation.FlowEvaluator;
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
  private final ReplacedFields replaced;
  private final Orchestration definition;
  private final TestClock clock;
  private final String flowId;
  private final Deque<SentCommand> out = new ArrayDeque<>();
  private final Map<String, RawJson> contents = new HashMap<>();
  private final Deque<Integer> turns = new ArrayDeque<>();
  private final List<String> history = new ArrayList<>();
  private @Nullable FlowState state;
  private @Nullable String refusal;
  private String signalId = "";
  private long timer;
  private int controls;

  /** A flow that has not begun. */
  FlowDriver(Orchestration definition, TestClock clock, String flowId, ReplacedFields replaced) {
    this.replaced = replaced;
    this.definition = definition;
    this.clock = clock;
    this.flowId = flowId;
  }

  void start(RawJson payload) {
    Content content = content(payload);
    take(
        new FlowStarted(
            clock.millis(),
            flowId,
            digest(flowId.getBytes(StandardCharsets.UTF_8)),
            definition.name(),
            content,
            content.digest(),
            "test"));
  }

  void answer(Answer answer) {
    history.add("answered: " + words(answer));
    take(AnswerEvents.of(answer, new AnswerContext(answer)));
  }

  private final class AnswerContext implements AnswerEvents.Context {

    private final Answer answer;

    private AnswerContext(Answer answer) {
      this.answer = answer;
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
      FailStep said = definition.steps().get(step).remote().failStep();
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
    take(
        new ControlRequested(
            clock.millis(),
            controlId,
            verb,
            step,
            null,
            Resolution.DONE,
            "requested by the test",
            "test"));
    return Objects.requireNonNull(state().notes().outcomeOf(controlId), controlId).refusal();
  }

  /** Sends a signal, or returns why it is refused. */
  @Nullable String signal(String name, @Nullable RawJson payload, String by) {
    refusal = null;
    signalId = "signal-" + ++controls;
    Content content = payload == null ? null : content(payload);
    take(new SignalReceived(clock.millis(), signalId, name, content, by));
    return refusal;
  }

  /** Completes a task as the API does, with a verified sender; or returns why that is refused. */
  @Nullable String complete(String step, @Nullable RawJson answer, String by) {
    refusal = null;
    signalId = "task-" + ++controls;
    Content content = answer == null ? null : content(answer);
    take(new SignalReceived(clock.millis(), signalId, step, content, by, true, null));
    return refusal;
  }

  /** Assigns a task, or returns why that is refused. */
  @Nullable String assign(String step, @Nullable String assignee) {
    String controlId = "assign-" + ++controls;
    take(
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
    return Objects.requireNonNull(state().notes().outcomeOf(controlId), controlId).refusal();
  }

  /** Whether a step waits for a signal. */
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

  void passes(Duration duration) {
    long until = clock.millis() + duration.toMillis();
    while (timer > 0 && timer <= until) {
      reachTimer();
    }
    clock.moveTo(until);
  }

  /** Moves the clock to the flow's next timer; false when there is none. */
  boolean reachTimer() {
    if (timer == 0) {
      return false;
    }
    clock.moveTo(timer);
    timer = 0;
    take(new TimeReached(clock.millis()));
    return true;
  }

  FlowState state() {
    return Objects.requireNonNull(state, "the flow has not started");
  }

  Orchestration definition() {
    return definition;
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

  private void take(FlowEvent event) {
    Deque<FlowEvent> events = new ArrayDeque<>();
    events.add(state == null ? event : evaluator.kept(definition, state, event, values));
    while (!events.isEmpty()) {
      Decision decision = decider.decide(definition, state, events.remove());
      state = decision.next();
      for (Effect effect : decision.effects()) {
        if (effect instanceof Evaluate asked) {
          events.add(evaluated(asked));
        } else {
          effect.accept(effectHandler);
        }
      }
    }
    Integer turn = turns.poll();
    if (turn != null) {
      take(new TurnCommitted(clock.millis(), turn));
    }
  }

  /** As the engine does it, between two decisions. */
  private Evaluated evaluated(Evaluate asked) {
    Evaluation value = evaluator.evaluate(definition, state(), asked, values);
    return new Evaluated(clock.millis(), asked.stepName(), asked.purpose(), value);
  }

  private final FlowEvaluator.Values values =
      new FlowEvaluator.Values() {
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
        public @Nullable Orchestration newest(String orchestration) {
          return null;
        }

        @Override
        public FlowEvaluator.KeptPart part(int step, int attempt, int index) {
          throw new IllegalStateException("no registered orchestration has parts");
        }

        @Override
        public boolean fitsUndo(String step, RawJson result) {
          return true;
        }
      };

  private final Effect.Handler<Boolean> effectHandler =
      new Effect.Handler<>() {
        @Override
        public Boolean on(DispatchStep effect) {
          SentCommand command =
              SentCommand.of(
                  definition,
                  state(),
                  effect,
                  payload(effect.payload()),
                  halves(effect),
                  clock.millis());
          history.add("sent: " + command + ' ' + command.payload());
          if (effect.action() == CommandAction.DO) {
            requireNothingReplaced(effect);
          }
          return out.add(command);
        }

        @Override
        public Boolean on(Evaluate effect) {
          throw new IllegalStateException("it is answered before anything else: " + effect);
        }

        @Override
        public Boolean on(ScheduleTimer effect) {
          timer = effect.at();
          return true;
        }

        @Override
        public Boolean on(CancelTimer effect) {
          timer = 0;
          return true;
        }

        @Override
        public Boolean on(SendTurn effect) {
          return turns.add(effect.turn());
        }

        @Override
        public Boolean on(PublishFlowEvent effect) {
          CommandAction action = effect.action();
          return history.add(
              effect.type()
                  + (effect.step() == null ? "" : " " + effect.step())
                  + (action == null ? "" : " " + action)
                  + (effect.reason() == null ? "" : ": " + effect.reason()));
        }

        @Override
        public Boolean on(TellFlow effect) {
          throw new IllegalStateException("nothing here has parts: " + effect);
        }

        @Override
        public Boolean on(KeepPart effect) {
          throw new IllegalStateException("nothing here has parts: " + effect);
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
      };

  private static String words(Answer answer) {
    String outcome = answer.outcome() == null ? "" : " " + answer.outcome();
    String what = (answer.status() ? "done" : "failed") + outcome;
    String error = answer.errorMessage() == null ? "" : " (" + answer.errorMessage() + ')';
    String result = answer.payload() == null ? "" : " with " + answer.payload();
    return answer.action() + " " + answer.stepName() + ' ' + what + error + result;
  }

  private Map<String, RawJson> halves(DispatchStep effect) {
    StepState step = state().steps().get(effect.step());
    List<Content> sent = effect.payload();
    Content made = step.result();
    boolean knowsResult = effect.effect() == KnownEffect.DONE || made != null;
    if (effect.action() != CommandAction.UNDO || !knowsResult || step.undoInput() != null) {
      return Map.of();
    }
    if (made == null || !made.object() || sent.isEmpty()) {
      return UndoPayload.headers(payload(sent), null);
    }
    return UndoPayload.headers(payload(sent.subList(0, sent.size() - 1)), value(made));
  }

  private void requireNothingReplaced(DispatchStep effect) {
    List<ReplacedFields.PayloadPart> parts = new ArrayList<>();
    for (Content content : effect.payload()) {
      parts.add(new ReplacedFields.PayloadPart(origin(content), value(content)));
    }
    String problem = replaced.problem(effect.stepName(), parts);
    if (problem != null) {
      throw failure(problem);
    }
  }

  private String origin(Content content) {
    for (int i = 0; i < definition.steps().size(); i++) {
      if (content.equals(state().steps().get(i).result())) {
        return "the result of " + definition.steps().get(i).name();
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
