package io.doundo.history.simulation;

import io.doundo.history.FaultWindow;
import io.doundo.history.History;
import io.doundo.history.LedgerLine;
import io.doundo.history.RecordPosition;
import io.doundo.history.RecordedAnswer;
import io.doundo.history.RecordedCommand;
import io.doundo.history.RecordedControl;
import io.doundo.history.RecordedDeadLetter;
import io.doundo.history.RecordedStart;
import io.doundo.history.RecordedTurn;
import io.doundo.history.StepWorker;
import io.doundo.history.Transition;
import io.doundo.history.UnreadableRecord;
import io.doundo.orchestrator.core.effect.Effect;
import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.event.FailureKind;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.AnswerOf;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.event.FlowEvent.EffectLanded;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluated;
import io.doundo.orchestrator.core.event.FlowEvent.FlowStarted;
import io.doundo.orchestrator.core.event.FlowEvent.HoldEnded;
import io.doundo.orchestrator.core.event.FlowEvent.SignalReceived;
import io.doundo.orchestrator.core.event.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.event.FlowEvent.TurnCommitted;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.protocol.Answer;
import io.doundo.protocol.AnswerAction;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.ControlCommand.ResolvedOutcome;
import io.doundo.protocol.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Records what Kafka and the ledgers would hold after a run, for the history checker. */
public final class Recorder {

  private static final long SETTLED_MS = 60_000;

  private final Orchestration definition;
  private final Map<String, Orchestration> definitions = new HashMap<>(2);
  private final List<RecordedDeadLetter> deadLetters = new ArrayList<>(0);
  private final List<UnreadableRecord> unreadable = new ArrayList<>(0);
  private final List<RecordedStart> starts = new ArrayList<>(2);
  private final List<RecordedCommand> sent = new ArrayList<>();
  private final List<Integer> open = new ArrayList<>();
  private final List<RecordedAnswer> answers = new ArrayList<>();
  private final List<RecordedControl> controls = new ArrayList<>(4);
  private final List<RecordedTurn> turns = new ArrayList<>(4);
  private final List<Transition> transitions = new ArrayList<>();
  private final List<LedgerLine> ledger = new ArrayList<>();
  private final List<StepWorker> services = new ArrayList<>(6);
  private final List<FaultWindow> windows = new ArrayList<>(4);
  private long calmSince;

  public Recorder(Orchestration definition) {
    this.definition = definition;
    registered(definition);
  }

  public void registered(Orchestration version) {
    definitions.put(version.id().header(), version);
  }

  /** A record was written that nobody can read. */
  public void unreadable(RecordPosition place, String problem) {
    unreadable.add(new UnreadableRecord(place, problem));
  }

  /** An answer was written. */
  public void answered(RecordPosition place, String flowId, FlowEvent event) {
    answers.add(new RecordedAnswer(place, answer(flowId, event)));
  }

  /** A control record was written for a flow that does not exist. */
  public void askedOfNobody(RecordPosition place, String flowId, String controlId) {
    controls.add(
        new RecordedControl(
            place,
            new ControlCommand(
                controlId, flowId, ControlAction.UNDO, null, null, null, null, "stray")));
  }

  /** A record became a dead letter. */
  public void refused(RecordPosition source, String reason, long at) {
    deadLetters.add(
        new RecordedDeadLetter(
            new RecordPosition("dead-letter", 0, deadLetters.size(), at), source, reason));
  }

  public void serves(String step, StepWorker.Kind kind) {
    services.add(new StepWorker(definition.name(), step, kind));
  }

  public void calm(long at) {
    calmSince = at;
  }

  /** A record was appended to one of the orchestrator's inputs. */
  public void appended(RecordPosition place, FlowEvent event, String incarnation) {
    if (event instanceof FlowStarted start) {
      starts.add(new RecordedStart(place, start.flowId(), start.orchestrationName()));
    } else if (event instanceof ControlRequested control) {
      controls.add(new RecordedControl(place, control(control)));
    } else if (event instanceof SignalReceived signal) {
      controls.add(
          new RecordedControl(
              place,
              ControlCommand.signal(
                  signal.controlId(), "flow", signal.signal(), null, signal.requestedBy())));
    } else if (event instanceof TurnCommitted turn) {
      turns.add(new RecordedTurn(place, "flow", incarnation, turn.turn()));
    } else if (!(event instanceof HoldEnded)) {
      // A hold is ended by the engine itself, without a record.
      answered(place, "flow", event);
    }
  }

  private static ControlCommand control(ControlRequested event) {
    return new ControlCommand(
        event.controlId(),
        "flow",
        event.verb(),
        event.step(),
        null,
        event.verb() == ControlAction.RESOLVE ? resolution(event) : null,
        event.reason(),
        event.requestedBy());
  }

  private static ControlCommand.Resolution resolution(ControlRequested event) {
    return switch (event.resolution()) {
      case DONE -> ControlCommand.Resolution.DONE;
      case NO_EFFECT -> new ControlCommand.Resolution(ResolvedOutcome.NO_EFFECT, null);
      case TAKEN -> new ControlCommand.Resolution(ResolvedOutcome.DONE, null, true, null);
      case NOT_TAKEN -> new ControlCommand.Resolution(ResolvedOutcome.DONE, null, false, null);
      case BRANCH ->
          new ControlCommand.Resolution(ResolvedOutcome.DONE, null, null, event.branch());
    };
  }

  private static Answer answer(String flowId, FlowEvent event) {
    if (event instanceof StepSucceeded success) {
      Outcome outcome =
          success.action() == CommandAction.UNDO
              ? Outcome.UNDONE
              : success.unchanged() ? Outcome.UNCHANGED : Outcome.OK;
      return answer(
          flowId, success.step(), success.action(), true, success.answerOf(), outcome, null);
    }
    if (event instanceof EffectLanded landed) {
      return answer(
          flowId,
          landed.step(),
          landed.action(),
          true,
          landed.answerOf(),
          Outcome.LATE_EFFECT,
          null);
    }
    StepFailed failed = (StepFailed) event;
    return answer(
        flowId,
        failed.step(),
        failed.action(),
        failed.kind().isDone(),
        failed.answerOf(),
        outcome(failed.kind()),
        failed.error());
  }

  private static Outcome outcome(FailureKind kind) {
    return switch (kind) {
      case NO_EFFECT, NO_EFFECT_FINAL -> Outcome.NO_EFFECT;
      case FENCED -> Outcome.FENCED;
      case RESULT_TOO_LARGE, RESULT_NOT_COMPUTED -> Outcome.OK;
      case FAILED, FINAL, UNKNOWN, UNKNOWN_FINAL -> Outcome.UNKNOWN;
    };
  }

  private static Answer answer(
      String flowId,
      String step,
      @Nullable CommandAction action,
      boolean status,
      AnswerOf of,
      Outcome outcome,
      @Nullable String error) {
    AnswerAction said =
        action == null
            ? AnswerAction.FAIL_STEP
            : action == CommandAction.DO ? AnswerAction.DO : AnswerAction.UNDO;
    return new Answer(
        flowId,
        step,
        said,
        status,
        error,
        of.attempt(),
        of.commandId(),
        of.vouched() ? outcome : null,
        null,
        null);
  }

  /**
   * Records a command that became visible.
   *
   * @param transactional whether it is part of the open transaction; a zombie's command is not
   */
  public void visible(DispatchStep command, String incarnation, long at, boolean transactional) {
    if (transactional) {
      open.add(sent.size());
    }
    String topic = command.stepName() + (command.action() == CommandAction.DO ? ".do" : ".undo");
    sent.add(
        new RecordedCommand(
            new RecordPosition(topic, 0, sent.size(), at),
            false,
            "flow",
            incarnation,
            command.stepName(),
            command.action(),
            command.generation(),
            command.attempt(),
            command.commandId()));
  }

  public void committed(List<RecordedDecision> all) {
    for (int i : open) {
      RecordedCommand command = sent.get(i);
      sent.set(
          i,
          new RecordedCommand(
              command.place(),
              true,
              command.flowId(),
              command.incarnation(),
              command.step(),
              command.action(),
              command.generation(),
              command.attempt(),
              command.commandId()));
    }
    open.clear();
    for (RecordedDecision taken : all) {
      if (taken.event() instanceof Evaluated) {
        Transition begun = transitions.remove(transitions.size() - 1);
        transitions.add(completed(begun, taken));
      } else if (taken.moved()) {
        transitions.add(transition(taken));
      }
    }
  }

  /** Aborts the open transaction, and returns whether it contained a command. */
  public boolean aborted() {
    boolean seen = !open.isEmpty();
    open.clear();
    return seen;
  }

  /** Records an evaluated value with the transition that needs it, as the engine does. */
  private static Transition completed(Transition begun, RecordedDecision taken) {
    List<FlowEvent> further = new ArrayList<>(begun.further());
    further.add(taken.event());
    List<PublishFlowEvent> entries = new ArrayList<>(begun.entries());
    entries.addAll(entries(taken));
    return new Transition(
        begun.place(),
        begun.flowId(),
        begun.incarnation(),
        begun.orchestrationName(),
        begun.definition(),
        begun.number(),
        taken.next().status(),
        begun.input(),
        further,
        entries);
  }

  private static List<PublishFlowEvent> entries(RecordedDecision taken) {
    List<PublishFlowEvent> entries = new ArrayList<>(4);
    for (Effect effect : taken.decision().effects()) {
      if (effect instanceof PublishFlowEvent entry) {
        entries.add(entry);
      }
    }
    return entries;
  }

  private Transition transition(RecordedDecision taken) {
    FlowState next = taken.next();
    return new Transition(
        new RecordPosition("events", 0, transitions.size(), taken.when()),
        next.flowId(),
        next.incarnation(),
        next.orchestrationName(),
        next.definition() == null ? null : next.definition().header(),
        next.transitions(),
        next.status(),
        taken.event(),
        entries(taken));
  }

  /** A handler ran. */
  public void ran(
      DispatchStep command, long began, long at, LedgerLine.Kind kind, LedgerLine.Report answer) {
    ledger.add(
        new LedgerLine(
            "effect" + ledger.size(),
            began,
            at,
            "flow",
            command.stepName(),
            command.action(),
            command.generation(),
            command.attempt(),
            null,
            kind,
            answer));
  }

  /** From now on, or at this moment only, the step may have its effect once too often. */
  public void window(long from, long to, String what, String step) {
    windows.add(new FaultWindow(from, to, what, "flow", step));
  }

  /** The fences lost all their records at this moment. */
  public void fenceLost(long at) {
    windows.add(FaultWindow.fenceLost(at, at));
  }

  /**
   * The state when the run is over.
   *
   * @param consumed next offset by topic and partition
   */
  public History history(Map<String, Long> consumed, long end) {
    return new History(
        definitions,
        starts,
        sent,
        answers,
        controls,
        turns,
        transitions,
        deadLetters,
        unreadable,
        ledger,
        services,
        windows,
        consumed,
        new History.Quiet(calmSince, Math.max(end, calmSince + SETTLED_MS), true));
  }
}
