package io.doundo.orchestrator.core;

import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent.DispatchImpossible;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation;
import io.doundo.orchestrator.core.state.PartsPlan;
import io.doundo.orchestrator.core.state.PartsState;
import io.doundo.orchestrator.core.state.Purpose;
import io.doundo.orchestrator.core.state.StepEffect;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.parts.PartPlace;
import io.doundo.orchestrator.core.state.parts.PartsPhase;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.text.DurationText;
import java.util.List;

/**
 * Steps whose work is done by flows of their own. {@code do}, {@code flow}, {@code forEach}, {@code
 * firstOf} and {@code repeat} differ only in how many parts they begin, and in when they have
 * succeeded or failed. A step that fails takes back all its parts first, and then has failed
 * without effect; nothing about it is ever in doubt, because a part can always be asked.
 *
 * <p>Events only change where the parts stand, and {@link PartsOutcome} decides what follows;
 * {@link Parts#send} begins and takes back parts while the flow is neither paused nor waiting for a
 * turn.
 */
final class PartsMachine extends StepMachine.Workerless {

  static final PartsMachine INSTANCE = new PartsMachine();

  private PartsMachine() {}

  /** Whether a part of the step has to be taken back when the flow turns, or to be heard of. */
  static boolean owesUndo(FlowDraft flow, int step) {
    StepDraft draft = flow.steps[step];
    return draft.parts != null
        && (draft.parts.sets.oweAnything() || draft.parts.isRepairing())
        && (flow.definitionOf(step).undoable() || draft.status != StepStatus.DO_SUCCESS);
  }

  @Override
  public void begin(FlowDraft flow, int step) {
    StepDraft draft = flow.steps[step];
    draft.dueAt = 0;
    if (draft.startedAt == 0) {
      draft.startedAt = flow.at;
    }
    if (draft.parts != null && draft.parts.sets.oweAnything()) {
      // An operator asks again for the parts that were not there.
      askAgainForLost(draft.parts);
      run(flow, step, StepStatus.IN_PROGRESS);
      Parts.send(flow, step);
      return;
    }
    if (draft.parts != null && !draft.parts.isReleased()) {
      // An operator retries the step. The parts of the failed attempt have no effect any more, but
      // nobody else would let them go.
      draft.parts.phase = PartsPhase.RETRIED;
      run(flow, step, StepStatus.IN_PROGRESS);
      Parts.send(flow, step);
      return;
    }
    flow.evaluate(step, Purpose.PARTS);
  }

  private static void planned(FlowDraft flow, int step, Evaluation.Planned planned) {
    int depth = Parts.depthBelow(flow);
    if (depth > Parts.MOST_DEPTH) {
      String why =
          "its parts would stand below %d flows, and at most %d may stand above each other";
      Conditions.failed(flow, step, why.formatted(depth, Parts.MOST_DEPTH));
      return;
    }
    StepDraft draft = flow.steps[step];
    PartsDraft earlier = draft.parts;
    DefinitionId pinned = earlier == null ? null : earlier.plan.flow();
    PartsPlan plan = planned.plan();
    PartsPlan kept =
        earlier == null || pinned == null
            ? plan
            : new PartsPlan(
                plan.total(), pinned, plan.input(), earlier.plan.captured(), plan.items());
    int attempt = earlier == null ? 1 : earlier.attempt + 1;
    boolean standsFromBefore = earlier != null && earlier.leavesStanding();
    draft.parts = new PartsDraft(PartsState.begun(attempt, kept, planned.loop()));
    draft.parts.standing = standsFromBefore;
    draft.parts.earlier = earlier == null ? List.of() : earlier.allRepairing();
    draft.parts.paused = earlier == null ? List.of() : earlier.pausedRepairing();
    draft.doSent = attempt;
    long timeout = flow.definitionOf(step).timeout().toMillis();
    draft.dueAt = timeout == 0 ? 0 : flow.at + timeout;
    draft.error = null;
    run(flow, step, StepStatus.IN_PROGRESS);
    flow.auditStep(FlowEventType.STEP_STARTED, step, CommandAction.DO, null);
    PartsOutcome.judge(flow, step);
  }

  /** The step waits for its parts. */
  static void run(FlowDraft flow, int step, StepStatus status) {
    StepDraft draft = flow.steps[step];
    draft.status = status;
    draft.openAttempt = Parts.of(flow, step).attempt;
  }

  private static void askAgainForLost(PartsDraft parts) {
    for (int index : parts.at(PartPlace.LOST).numbers().toArray()) {
      parts.move(index, PartPlace.RUNNING);
    }
  }

  @Override
  public void evaluated(FlowDraft flow, int step, Purpose purpose, Evaluation evaluation) {
    if (evaluation instanceof Evaluation.Planned planned) {
      planned(flow, step, planned);
    } else if (evaluation instanceof Evaluation.Failed failed && purpose == Purpose.PARTS) {
      Conditions.failed(flow, step, failed.error());
    } else if (evaluation instanceof Evaluation.Failed failed) {
      PartsOutcome.fail(flow, step, failed.error());
      PartsOutcome.judge(flow, step);
    } else if (evaluation instanceof Evaluation.Round round) {
      roundEnded(flow, step, round);
    } else if (evaluation instanceof Evaluation.Value value && purpose == Purpose.GATHER) {
      PartsOutcome.succeeded(flow, step, value.content());
    } else {
      throw new IllegalStateException(
          "%s of step %s gave %s".formatted(purpose, flow.definitionOf(step).name(), evaluation));
    }
  }

  private static void roundEnded(FlowDraft flow, int step, Evaluation.Round round) {
    StepDraft draft = flow.steps[step];
    PartsDraft parts = Parts.of(flow, step);
    if (!(Parts.workOf(flow, step) instanceof Work.Repeat repeat)) {
      throw new IllegalStateException("step " + flow.definitionOf(step).name() + " has no rounds");
    }
    draft.status = StepStatus.IN_PROGRESS;
    parts.loop = round.loop();
    int rounds = parts.next;
    flow.auditStep(
        FlowEventType.ROUND_ENDED, step, CommandAction.DO, "round " + rounds + " has ended");
    if (repeat.isEndless()) {
      Releases.releaseRound(flow, step, rounds - 1);
    }
    if (round.isLast()) {
      flow.evaluate(step, Purpose.GATHER);
    } else if (repeat.most() > 0 && rounds >= repeat.most()) {
      PartsOutcome.fail(
          flow, step, "after " + rounds + " rounds, which is the most, until is still false");
      PartsOutcome.judge(flow, step);
    } else {
      DefinitionId flowOfNext = round.flow() == null ? parts.plan.flow() : round.flow();
      parts.plan =
          new PartsPlan(
              rounds + 1,
              flowOfNext,
              parts.plan.input(),
              round.captured() == null ? parts.plan.captured() : round.captured(),
              parts.plan.items());
      parts.nextAt = repeat.every().isZero() ? 0 : flow.at + repeat.every().toMillis();
    }
  }

  @Override
  public void timedOut(FlowDraft flow, int step) {
    StepDraft draft = flow.steps[step];
    PartsDraft parts = Parts.of(flow, step);
    long timeout = flow.definitionOf(step).timeout().toMillis();
    String why = "its parts have not ended within " + DurationText.of(timeout);
    draft.dueAt = 0;
    if (parts.phase == PartsPhase.FORWARD) {
      flow.auditStep(FlowEventType.STEP_TIMED_OUT, step, CommandAction.DO, timeout, null, why);
      PartsOutcome.fail(flow, step, why);
      parts.phase = PartsPhase.TIMED_OUT;
      PartsOutcome.judge(flow, step);
    }
  }

  @Override
  public void beginUndo(FlowDraft flow, int step) {
    PartsDraft parts = Parts.of(flow, step);
    askAgainForLost(parts);
    parts.phase = PartsPhase.UNDO;
    flow.steps[step].dueAt = 0;
    flow.steps[step].undoSent++;
    run(flow, step, StepStatus.UNDOING);
    flow.auditStep(FlowEventType.STEP_STARTED, step, CommandAction.UNDO, null);
    Parts.send(flow, step);
  }

  @Override
  public void withdraw(FlowDraft flow, int step) {
    StepDraft draft = flow.steps[step];
    PartsDraft parts = draft.parts;
    draft.dueAt = 0;
    if (parts == null || draft.status == StepStatus.DO_SUCCESS) {
      if (draft.status == StepStatus.DO_FAIL) {
        draft.status = StepStatus.FAILED;
      }
      return;
    }
    // Its parts are not drained: they are asked back.
    draft.openAttempt = 0;
    if (parts.sets.oweAnything()) {
      draft.status =
          switch (draft.status) {
            case IN_DOUBT, UNDOING, UNDO_FAIL -> draft.status;
            case RESOLVED -> StepStatus.DO_SUCCESS;
            default -> StepStatus.IN_PROGRESS;
          };
    } else if (draft.status != StepStatus.GIVEN_UP
        && draft.status != StepStatus.RETRY_EXHAUSTED
        && draft.status != StepStatus.SKIPPED
        && draft.status != StepStatus.RESOLVED) {
      draft.status = StepStatus.FAILED;
      draft.effect = StepEffect.NONE;
    }
  }

  @Override
  public void undeliverable(FlowDraft flow, int step, DispatchImpossible event) {
    flow.refuse("no command of step " + event.step() + " was decided");
  }
}
