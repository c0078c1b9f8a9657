package io.doundo.orchestrator.core;

import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent.DispatchImpossible;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.Purpose;
import io.doundo.orchestrator.core.state.Signal;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.TakenSignal;
import io.doundo.orchestrator.core.state.TaskState;
import io.doundo.orchestrator.definition.HumanTask;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.text.DurationText;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Steps that wait for a time or for a signal. Nothing is sent, so nothing is in doubt or has to be
 * undone: a flow that turns back withdraws the wait at once.
 */
final class WaitMachine extends StepMachine.Workerless {

  static final WaitMachine INSTANCE = new WaitMachine();

  private WaitMachine() {}

  @Override
  public void begin(FlowDraft flow, int step) {
    StepDraft draft = flow.steps[step];
    draft.dueAt = 0;
    draft.error = null;
    if (draft.startedAt == 0) {
      draft.startedAt = flow.at;
    }
    Step definition = flow.definitionOf(step);
    if (definition.work() instanceof Work.Signal wait && wait.task() != null) {
      flow.evaluate(step, Purpose.TASK);
      return;
    }
    if (definition.work() instanceof Work.Signal wait) {
      long timeout = definition.timeout().toMillis();
      open(flow, step, timeout == 0 ? 0 : flow.at + timeout, "for the signal " + wait.signal());
      return;
    }
    Duration lasts = definition.work() instanceof Work.Wait wait ? wait.lasts() : null;
    if (lasts == null) {
      flow.evaluate(step, Purpose.UNTIL);
    } else {
      openUntil(flow, step, flow.at + lasts.toMillis());
    }
  }

  /** Opens the task: its texts and its assignees are known now. */
  private static void ask(FlowDraft flow, int step, HumanTask task, Evaluation.Asked asked) {
    long dueAt = task.due() == null ? 0 : flow.at + task.due().toMillis();
    TaskState state = new TaskState(asked.title(), asked.assignee(), asked.candidates(), dueAt);
    flow.steps[step].task = state;
    long timeout = flow.definitionOf(step).timeout().toMillis();
    open(flow, step, timeout == 0 ? 0 : flow.at + timeout, "for " + Tasks.describe(state));
  }

  private static void openUntil(FlowDraft flow, int step, long dueAt) {
    if (dueAt <= flow.at) {
      succeeded(flow, step, null, "its time has passed");
    } else if (dueAt - flow.at > Work.LONGEST_WAIT.toMillis()) {
      Conditions.failed(
          flow,
          step,
          "it would wait until %s, more than %d days"
              .formatted(Instant.ofEpochMilli(dueAt), Work.LONGEST_WAIT.toDays()));
    } else {
      open(flow, step, dueAt, "");
    }
  }

  private static void open(FlowDraft flow, int step, long dueAt, String what) {
    StepDraft draft = flow.steps[step];
    draft.status = StepStatus.WAITING;
    draft.dueAt = dueAt;
    String until = dueAt == 0 ? "" : "until " + Instant.ofEpochMilli(dueAt);
    String why = what + (what.isEmpty() || until.isEmpty() ? "" : ", ") + until;
    flow.auditStep(FlowEventType.STEP_WAITING, step, CommandAction.DO, why);
  }

  private static void succeeded(
      FlowDraft flow, int step, @Nullable Content result, @Nullable String why) {
    StepDraft draft = flow.steps[step];
    long waited = flow.since(draft.startedAt);
    draft.rest();
    draft.status = StepStatus.DO_SUCCESS;
    draft.endedAt = flow.at;
    draft.result = result;
    draft.error = null;
    flow.auditStep(FlowEventType.STEP_SUCCESS, step, CommandAction.DO, waited, null, why);
  }

  /** Takes the first signal that the step waits for, or asks whether the step accepts it. */
  static void serve(FlowDraft flow, int step) {
    Step definition = flow.definitionOf(step);
    if (!(definition.work() instanceof Work.Signal wait)) {
      return;
    }
    Signal signal = Signals.offeredTo(flow, step, wait.signal());
    if (signal == null || Signals.isAsked(flow, wait.signal())) {
      return;
    }
    if (wait.accept() != null || wait.form() != null || definition.data().result() != null) {
      flow.evaluate(step, Purpose.SIGNAL);
    } else {
      take(flow, step, signal, signal.payload());
    }
  }

  private static void take(FlowDraft flow, int step, Signal signal, @Nullable Content result) {
    Signals.remove(flow, signal);
    flow.steps[step].takenSignal = new TakenSignal(signal.by(), signal.at());
    flow.auditSignal(FlowEventType.SIGNAL_TAKEN, step, signal, "is taken");
    succeeded(flow, step, result, null);
  }

  @Override
  public void evaluated(FlowDraft flow, int step, Purpose purpose, Evaluation evaluation) {
    if (purpose == Purpose.SIGNAL) {
      signalJudged(flow, step, evaluation);
    } else if (evaluation instanceof Evaluation.Asked asked
        && flow.definitionOf(step).work() instanceof Work.Signal wait
        && wait.task() != null) {
      ask(flow, step, wait.task(), asked);
    } else if (evaluation instanceof Evaluation.Millis time) {
      boolean isLength = flow.definitionOf(step).work() instanceof Work.Wait;
      // However long the wait, the sum must not overflow.
      long length = Math.min(time.value(), Work.LONGEST_WAIT.toMillis() + 1);
      openUntil(flow, step, isLength ? flow.at + length : time.value());
    } else if (evaluation instanceof Evaluation.Failed failed) {
      Conditions.failed(flow, step, failed.error());
    } else {
      throw new IllegalStateException(
          "the wait of step " + flow.definitionOf(step).name() + " gave " + evaluation);
    }
  }

  private static void signalJudged(FlowDraft flow, int step, Evaluation evaluation) {
    if (!(flow.definitionOf(step).work() instanceof Work.Signal wait)) {
      throw new IllegalStateException(
          "step " + flow.definitionOf(step).name() + " waits for no signal");
    }
    Signal signal = Signals.offeredTo(flow, step, wait.signal());
    flow.steps[step].status = StepStatus.WAITING;
    if (signal == null) {
      throw new IllegalStateException("there is no signal " + wait.signal() + " to judge");
    }
    if (evaluation instanceof Evaluation.Value value) {
      take(flow, step, signal, value.content());
    } else if (evaluation instanceof Evaluation.Truth) {
      String why = "step %s does not accept it".formatted(flow.definitionOf(step).name());
      Signals.declined(flow, step, signal, why);
    } else if (evaluation instanceof Evaluation.Failed failed) {
      Signals.declined(flow, step, signal, failed.error());
    } else {
      throw new IllegalStateException("the signal " + wait.signal() + " gave " + evaluation);
    }
  }

  @Override
  public void timedOut(FlowDraft flow, int step) {
    StepDraft draft = flow.steps[step];
    if (!(flow.definitionOf(step).work() instanceof Work.Signal wait)) {
      succeeded(flow, step, null, null);
      return;
    }
    long timeout = flow.definitionOf(step).timeout().toMillis();
    String why =
        wait.task() == null
            ? "no signal %s within %s".formatted(wait.signal(), DurationText.of(timeout))
            : "task %s was not completed within %s"
                .formatted(wait.signal(), DurationText.of(timeout));
    draft.rest();
    draft.status = StepStatus.FAILED;
    draft.endedAt = flow.at;
    draft.failedWith(why);
    flow.auditStep(FlowEventType.STEP_TIMED_OUT, step, CommandAction.DO, timeout, null, why);
    Forward.givenUp(flow, step, true);
  }

  @Override
  public void withdraw(FlowDraft flow, int step) {
    StepDraft draft = flow.steps[step];
    boolean hasBegun = draft.status == StepStatus.PENDING && draft.startedAt > 0;
    if (draft.status == StepStatus.WAITING || hasBegun) {
      draft.rest();
      Conditions.passOver(flow, step, "withdrawn: the flow turned back");
    } else if (draft.status == StepStatus.DO_FAIL) {
      draft.dueAt = 0;
      draft.status = StepStatus.FAILED;
    }
  }

  @Override
  public void undeliverable(FlowDraft flow, int step, DispatchImpossible event) {
    flow.refuse("no command of step " + event.step() + " was decided");
  }
}
