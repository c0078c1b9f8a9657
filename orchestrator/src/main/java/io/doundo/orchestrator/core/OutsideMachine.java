package io.doundo.orchestrator.core;

import io.doundo.orchestrator.core.command.Backoff;
import io.doundo.orchestrator.core.command.CommandIds;
import io.doundo.orchestrator.core.effect.Effect;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent.DispatchImpossible;
import io.doundo.orchestrator.core.event.FlowEvent.EffectLanded;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation;
import io.doundo.orchestrator.core.event.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.Purpose;
import io.doundo.orchestrator.core.state.StepEffect;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.OnTimeout;
import io.doundo.orchestrator.definition.RetryPolicy;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.text.DurationText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Steps whose work is done by a worker outside: commands are sent, answered, retried, and may stay
 * unanswered. {@link DoAnswers} and {@link UndoAnswers} hold the rules of the answers.
 */
final class OutsideMachine implements StepMachine {

  static final OutsideMachine INSTANCE = new OutsideMachine();

  private OutsideMachine() {}

  /**
   * Sends the step's next DO, or arms it: a pivot's and a {@code dispatch: committed} step's DO may
   * be visible only after the decision to send it is committed.
   */
  @Override
  public void begin(FlowDraft flow, int step) {
    Step definition = flow.definitionOf(step);
    StepDraft draft = flow.steps[step];
    if (draft.input == null && definition.data().input() != null) {
      if (draft.startedAt == 0) {
        draft.startedAt = flow.at;
      }
      flow.evaluate(step, Purpose.INPUT);
      return;
    }
    boolean isRequest = isRequest(flow, step);
    if (isRequest && draft.startedAt == 0) {
      draft.startedAt = flow.at;
    }
    boolean waitsForCommit = definition.pivot() || definition.isCommitted();
    if (draft.status != StepStatus.ARMED) {
      // An armed DO is sent whatever the breaker says by then: if it were held only then, a
      // transaction that was aborted might already have sent it.
      Holds.ask(flow, step, CommandAction.DO, draft.doSent + 1);
    }
    if (waitsForCommit && draft.status != StepStatus.ARMED) {
      if (isRequest) {
        // One that cannot be computed fails before anything may have been sent.
        flow.evaluate(step, Purpose.INPUT);
      } else {
        arm(flow, step);
      }
    } else if (isRequest) {
      flow.evaluate(step, Purpose.REQUEST);
    } else {
      sendDo(flow, step, Payloads.forDo(flow, step));
    }
  }

  private static void arm(FlowDraft flow, int step) {
    StepDraft draft = flow.steps[step];
    draft.status = StepStatus.ARMED;
    draft.dueAt = 0;
    draft.armedTurn = flow.sendTurn();
    flow.auditStep(FlowEventType.STEP_ARMED, step, CommandAction.DO, null);
  }

  private static void sendDo(FlowDraft flow, int step, List<Content> payload) {
    Step definition = flow.definitionOf(step);
    StepDraft draft = flow.steps[step];
    draft.doSent++;
    draft.openAttempt = draft.doSent;
    draft.dueAt = flow.at + definition.timeout().toMillis();
    draft.useKey(isRequest(flow, step));
    draft.status = draft.effect.mayExist() ? StepStatus.IN_DOUBT : StepStatus.IN_PROGRESS;
    if (draft.startedAt == 0 || draft.doSent == 1) {
      draft.startedAt = flow.at;
    }
    send(flow, step, CommandAction.DO, draft.doSent, null, payload);
  }

  @Override
  public void beginUndo(FlowDraft flow, int step) {
    StepDraft draft = flow.steps[step];
    boolean isRequest = isRequest(flow, step);
    if (!isRequest && draft.undoInput == null && flow.definitionOf(step).undoInput() != null) {
      flow.evaluate(step, Purpose.UNDO);
      return;
    }
    Holds.ask(flow, step, CommandAction.UNDO, draft.undoSent + 1);
    if (isRequest) {
      draft.boundUnrecorded(flow.at + flow.definitionOf(step).timeout().toMillis());
      flow.evaluate(step, Purpose.UNDO);
      return;
    }
    sendUndo(flow, step, Payloads.forUndo(flow, step));
  }

  private static void sendUndo(FlowDraft flow, int step, List<Content> payload) {
    StepDraft draft = flow.steps[step];
    draft.undoSent++;
    draft.status = StepStatus.UNDOING;
    draft.openAttempt = draft.undoSent;
    draft.dueAt = flow.at + flow.definitionOf(step).timeout().toMillis();
    KnownEffect known =
        switch (draft.effect) {
          case DONE -> KnownEffect.DONE;
          case IN_DOUBT -> KnownEffect.UNKNOWN;
          case CLEAN, NONE -> KnownEffect.FAILED;
        };
    send(flow, step, CommandAction.UNDO, draft.undoSent, known, payload);
  }

  /**
   * Whether the step makes an HTTP request. What it sends is evaluated for every attempt, because
   * it depends on what is known of the earlier ones, and is not kept.
   */
  private static boolean isRequest(FlowDraft flow, int step) {
    return flow.definitionOf(step).work() instanceof Work.Http;
  }

  private static void send(
      FlowDraft flow,
      int step,
      CommandAction action,
      int attempt,
      @Nullable KnownEffect effect,
      List<Content> payload) {
    StepDraft draft = flow.steps[step];
    // The payload of a request is made of these, and is not kept.
    List<Content> known =
        action == CommandAction.DO ? Payloads.forDo(flow, step) : Payloads.forUndo(flow, step);
    flow.auditStep(FlowEventType.STEP_STARTED, step, action, null);
    flow.add(
        new Effect.DispatchStep(
            step,
            flow.definitionOf(step).name(),
            action,
            draft.generation,
            attempt,
            commandId(flow, step, action, draft.generation, attempt, known),
            effect,
            draft.dueAt,
            payload));
  }

  static String commandId(
      FlowDraft flow,
      int step,
      CommandAction action,
      int generation,
      int attempt,
      List<Content> payload) {
    return CommandIds.derive(
        flow.before().incarnation(),
        flow.definition().id(),
        flow.definitionOf(step).name(),
        action,
        generation,
        attempt,
        payload);
  }

  @Override
  public void withdraw(FlowDraft flow, int step) {
    StepDraft draft = flow.steps[step];
    switch (draft.status) {
      case ARMED -> {
        // A transaction that read the turn and was aborted may have sent the command.
        draft.armedTurn = 0;
        draft.doubtArmed();
        draft.status = StepStatus.IN_DOUBT;
      }
      case DO_FAIL -> {
        draft.dueAt = 0;
        draft.status = StepStatus.FAILED;
      }
      case HELD -> Holds.withdraw(draft);
      case IN_DOUBT -> {
        if (draft.openAttempt == 0) {
          draft.dueAt = 0;
        }
      }
      case SKIPPED, RESOLVED -> {
        if (draft.effect.mayExist()) {
          draft.status =
              draft.effect == StepEffect.DONE ? StepStatus.DO_SUCCESS : StepStatus.IN_DOUBT;
        }
      }
      case NOT_TAKEN -> {
        if (draft.effect.mayExist()) {
          draft.status = StepStatus.IN_DOUBT;
        }
      }
      case PENDING,
          COMPUTING,
          WAITING,
          IN_PROGRESS,
          DO_SUCCESS,
          RETRY_EXHAUSTED,
          FAILED,
          UNDOING,
          UNDO_SUCCESS,
          UNDO_FAIL,
          GIVEN_UP -> {
        // In flight: drained. Settled: stays.
      }
    }
  }

  @Override
  public void succeeded(FlowDraft flow, int step, StepSucceeded event) {
    if (event.action() == CommandAction.DO) {
      DoAnswers.succeeded(flow, step, event);
    } else {
      UndoAnswers.succeeded(flow, step, event);
    }
  }

  @Override
  public void failed(FlowDraft flow, int step, StepFailed event) {
    if (actionOf(flow, step, event) == CommandAction.DO) {
      DoAnswers.failed(flow, step, event);
    } else {
      UndoAnswers.failed(flow, step, event);
    }
  }

  /** {@code FAIL_STEP} does not say which action failed: it is the one in flight. */
  private static CommandAction actionOf(FlowDraft flow, int step, StepFailed event) {
    if (event.action() != null) {
      return event.action();
    }
    if (!flow.steps[step].undoInFlight()) {
      return CommandAction.DO;
    }
    AnswerMatch match = AnswerMatch.of(flow, step, CommandAction.UNDO, event.answerOf());
    return match.is(AnswerMatch.Kind.PHANTOM) ? CommandAction.DO : CommandAction.UNDO;
  }

  @Override
  public void landed(FlowDraft flow, int step, EffectLanded event) {
    // A late UNDO has undone it; the run that took over the step reports it.
    if (event.action() == CommandAction.DO) {
      DoAnswers.landed(flow, step, event);
    }
  }

  /** Takes back a command that could not be sent: the attempt counts, without any effect. */
  @Override
  public void undeliverable(FlowDraft flow, int step, DispatchImpossible event) {
    StepDraft draft = flow.steps[step];
    boolean inFlight =
        event.action() == CommandAction.DO ? draft.doInFlight() : draft.undoInFlight();
    if (!inFlight || draft.openAttempt != event.attempt()) {
      return;
    }
    draft.rest();
    draft.endedAt = flow.at;
    draft.failedWith(event.error());
    flow.auditStep(
        FlowEventType.STEP_FAILED, step, event.action(), 0, null, "not sent: " + event.error());
    if (event.action() == CommandAction.UNDO) {
      if (draft.undoAnswers >= draft.undoBase) {
        draft.undoAnswers++;
      }
      undoEnded(flow, step, event.retryable(), event.error(), 0);
      return;
    }
    draft.doAnswers++;
    if (flow.leadsBack()) {
      draft.status = StepStatus.FAILED;
    } else {
      doEnded(flow, step, false, event.retryable(), event.error(), 0);
    }
  }

  @Override
  public void evaluated(FlowDraft flow, int step, Purpose purpose, Evaluation evaluation) {
    StepDraft draft = flow.steps[step];
    if (evaluation instanceof Evaluation.Failed failed) {
      if (purpose == Purpose.UNDO) {
        undoNotComputed(flow, step, failed.error());
      } else {
        Conditions.failed(flow, step, failed.error());
      }
    } else if (evaluation instanceof Evaluation.Value value && isRequest(flow, step)) {
      List<Content> command = value.content() == null ? List.of() : List.of(value.content());
      switch (purpose) {
        case INPUT -> arm(flow, step);
        case REQUEST -> sendDo(flow, step, command);
        case UNDO -> sendUndo(flow, step, command);
        case PAYLOAD, WHEN, WORK, UNTIL, SIGNAL, TASK, PARTS, NEXT, GATHER, RESULT ->
            throw new IllegalStateException(purpose + " is not asked for a request");
      }
    } else if (evaluation instanceof Evaluation.Value value && purpose == Purpose.INPUT) {
      draft.input = value.content();
      draft.status = StepStatus.PENDING;
      begin(flow, step);
    } else if (evaluation instanceof Evaluation.Value value && purpose == Purpose.UNDO) {
      draft.undoInput = value.content();
      beginUndo(flow, step);
    } else {
      throw new IllegalStateException(
          "%s of step %s gave %s".formatted(purpose, flow.definitionOf(step).name(), evaluation));
    }
  }

  /** The UNDO's payload is not known: an operator must supply it. */
  private static void undoNotComputed(FlowDraft flow, int step, String error) {
    StepDraft draft = flow.steps[step];
    draft.status = StepStatus.UNDO_FAIL;
    draft.dueAt = 0;
    draft.endedAt = flow.at;
    draft.failedWith(error);
    flow.auditStep(FlowEventType.STEP_FAILED, step, CommandAction.UNDO, 0, null, error);
  }

  @Override
  public void timedOut(FlowDraft flow, int step) {
    StepDraft draft = flow.steps[step];
    long timeout = flow.definitionOf(step).timeout().toMillis();
    String why = "no answer within " + DurationText.of(timeout);
    boolean undo = draft.undoInFlight();
    int attempt = draft.openAttempt;
    draft.rest();
    draft.endedAt = flow.at;
    draft.failedWith(why);
    flow.auditStep(
        FlowEventType.STEP_TIMED_OUT,
        step,
        undo ? CommandAction.UNDO : CommandAction.DO,
        timeout,
        null,
        why);
    if (undo) {
      undoEnded(flow, step, true, why, 0);
      return;
    }
    draft.raise(StepEffect.IN_DOUBT, attempt);
    if (flow.leadsBack()) {
      draft.status = StepStatus.IN_DOUBT;
    } else {
      doEnded(flow, step, true, true, why, 0);
    }
  }

  /** A DO attempt was answered as failed: plans the next one, or gives up the step. */
  static void doFailed(FlowDraft flow, int step, StepFailed event) {
    doEnded(flow, step, false, event.kind().retryable(), event.error(), event.notBefore());
  }

  private static void doEnded(
      FlowDraft flow,
      int step,
      boolean timedOut,
      boolean retryable,
      @Nullable String error,
      long notBefore) {
    Step definition = flow.definitionOf(step);
    StepDraft draft = flow.steps[step];
    int attempts = draft.doSent - draft.doBase;
    boolean inDoubt = draft.effect.mayExist();
    boolean allowed =
        timedOut
            ? definition.onTimeout() == OnTimeout.RETRY
            : retryable && definition.retry().retries(error);
    // A cancel that waits for the pivot ends its attempts, unless one of them may have succeeded:
    // then only a further attempt, or an operator, can tell.
    boolean cancelled = flow.cancelReason != null && !inDoubt;
    if (allowed && !cancelled && attempts < definition.retry().maxAttempts()) {
      draft.status = timedOut || inDoubt ? StepStatus.IN_DOUBT : StepStatus.DO_FAIL;
      planNext(flow, step, CommandAction.DO, definition.retry(), attempts, notBefore);
      return;
    }
    if (timedOut) {
      draft.status = StepStatus.IN_DOUBT;
      flow.auditStep(
          FlowEventType.STEP_IN_DOUBT, step, CommandAction.DO, "timed out; its outcome is unknown");
    } else if (allowed && !cancelled) {
      draft.status = StepStatus.RETRY_EXHAUSTED;
      flow.auditStep(FlowEventType.STEP_RETRY_EXHAUSTED, step, CommandAction.DO, failed(attempts));
    } else {
      draft.status = StepStatus.FAILED;
    }
    Forward.givenUp(flow, step, timedOut);
  }

  /**
   * An UNDO attempt has failed or timed out: plans the next one, or leaves the step to an operator.
   *
   * @param notBefore as in {@link StepFailed}
   */
  static void undoEnded(
      FlowDraft flow, int step, boolean retryable, @Nullable String error, long notBefore) {
    RetryPolicy policy = flow.definitionOf(step).undoRetry();
    StepDraft draft = flow.steps[step];
    int attempts = draft.undoSent - draft.undoBase;
    draft.status = StepStatus.UNDO_FAIL;
    if (retryable && policy.retries(error) && attempts < policy.maxAttempts()) {
      planNext(flow, step, CommandAction.UNDO, policy, attempts, notBefore);
    } else {
      draft.dueAt = 0;
      flow.auditStep(
          FlowEventType.STEP_RETRY_EXHAUSTED, step, CommandAction.UNDO, failed(attempts));
    }
  }

  /**
   * Makes the next attempt due after its delay, whose jitter is drawn from the failed command, and
   * not before the time that its worker requested.
   */
  private static void planNext(
      FlowDraft flow,
      int step,
      CommandAction action,
      RetryPolicy policy,
      int attempts,
      long notBefore) {
    StepDraft draft = flow.steps[step];
    boolean isDo = action == CommandAction.DO;
    List<Content> payload = isDo ? Payloads.forDo(flow, step) : Payloads.forUndo(flow, step);
    int sent = isDo ? draft.doSent : draft.undoSent;
    String failed = commandId(flow, step, action, draft.generation, sent, payload);
    long delay = Backoff.delayMs(policy, attempts, failed);
    long asked = Math.min(notBefore - flow.at, Backoff.LONGEST_ASKED_MS);
    long wait = Math.max(delay, asked);
    draft.dueAt = flow.at + wait;
    flow.auditStep(
        FlowEventType.STEP_RETRY_TRIGGERED,
        step,
        action,
        "next attempt in " + DurationText.of(wait) + (asked > delay ? ", as its worker asks" : ""));
  }

  private static String failed(int attempts) {
    return attempts == 1 ? "1 attempt failed" : attempts + " attempts failed";
  }
}
