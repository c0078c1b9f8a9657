package io.doundo.orchestrator.core;

import io.doundo.orchestrator.core.command.Backoff;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.PartsState;
import io.doundo.orchestrator.core.state.Purpose;
import io.doundo.orchestrator.core.state.StepEffect;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.parts.PartPlace;
import io.doundo.orchestrator.core.state.parts.PartsPhase;
import io.doundo.orchestrator.core.state.parts.Ranges;
import io.doundo.orchestrator.definition.OnTimeout;
import io.doundo.orchestrator.definition.RetryPolicy;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.text.DurationText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides what follows from how the parts of a step stand: whether it goes on, has succeeded, or
 * fails once all of them are taken back.
 */
final class PartsOutcome {

  private PartsOutcome() {}

  /** Decides what follows from how the parts stand now. */
  static void judge(FlowDraft flow, int step) {
    StepDraft draft = flow.steps[step];
    if (!draft.awaitsParts()) {
      settle(flow, step);
      return;
    }
    if (draft.status == StepStatus.UNDOING) {
      judgeUndo(flow, step);
      return;
    }
    PartsDraft parts = Parts.of(flow, step);
    if (parts.phase == PartsPhase.FORWARD) {
      judgeForward(flow, step);
    }
    if (draft.status != StepStatus.IN_PROGRESS) {
      return;
    }
    switch (parts.phase) {
      case WON -> {
        if (!parts.at(PartPlace.LOST).isEmpty()) {
          fail(flow, step, null);
        } else if (!parts.owesOthers()) {
          flow.evaluate(step, Purpose.GATHER);
        }
      }
      case FAILING, TIMED_OUT -> judgeFailing(flow, step);
      case RETRIED -> {
        if (parts.isReleased()) {
          flow.evaluate(step, Purpose.PARTS);
        }
      }
      case FORWARD, UNDO -> {
        // Parts are on their way.
      }
    }
  }

  /** A step whose parts have all ended without effect before they were asked back has failed. */
  private static void settle(FlowDraft flow, int step) {
    StepDraft draft = flow.steps[step];
    boolean isOpen = draft.status == StepStatus.IN_PROGRESS || draft.status == StepStatus.IN_DOUBT;
    if (isOpen && flow.leadsBack() && !Parts.of(flow, step).sets.oweAnything()) {
      draft.status = StepStatus.FAILED;
      draft.effect = StepEffect.NONE;
    }
  }

  private static void judgeForward(FlowDraft flow, int step) {
    PartsDraft parts = Parts.of(flow, step);
    Work.Parts work = Parts.workOf(flow, step);
    int failed = parts.at(PartPlace.FAILED).size();
    boolean hasFailed =
        work instanceof Work.ForEach list
            ? list.tolerate().isExceeded(failed, parts.plan.total())
            : work instanceof Work.FirstOf ? failed == parts.plan.total() : failed > 0;
    boolean isDisturbed =
        !parts.at(PartPlace.LOST).isEmpty() || !parts.at(PartPlace.ABANDONED).isEmpty();
    Ranges done = parts.at(PartPlace.DONE);
    if (work instanceof Work.ForEach list && list.strict() && parts.kept > PartsState.MOST_KEPT) {
      fail(flow, step, "the results of its parts take more than 512 KB together");
    } else if (hasFailed || isDisturbed) {
      fail(flow, step, isDisturbed ? disturbance(flow, step) : reasonOf(flow, step, failed));
    } else if (work instanceof Work.FirstOf && !done.isEmpty()) {
      parts.phase = PartsPhase.WON;
      parts.winner = done.first();
      // From here the step waits for those that have lost, however long that takes.
      flow.steps[step].dueAt = 0;
    } else if (parts.next == parts.plan.total() && parts.at(PartPlace.RUNNING).isEmpty()) {
      allEnded(flow, step, work);
    }
  }

  private static void allEnded(FlowDraft flow, int step, Work.Parts work) {
    if (work instanceof Work.Repeat) {
      flow.evaluate(step, Purpose.NEXT);
    } else if (work instanceof Work.ForEach || reducesResult(flow, step, work)) {
      flow.evaluate(step, Purpose.GATHER);
    } else {
      succeeded(flow, step, flow.steps[step].result);
    }
  }

  /** Whether the step keeps only a part of what another orchestration gives it. */
  private static boolean reducesResult(FlowDraft flow, int step, Work.Parts work) {
    return work instanceof Work.Flow && flow.definitionOf(step).data().result() != null;
  }

  private static String disturbance(FlowDraft flow, int step) {
    PartsDraft parts = Parts.of(flow, step);
    boolean isLost = !parts.at(PartPlace.LOST).isEmpty();
    int index = parts.at(isLost ? PartPlace.LOST : PartPlace.ABANDONED).first();
    return "part "
        + Parts.flowIdOf(flow, step, index)
        + (isLost ? " does not exist any more" : " was abandoned");
  }

  private static String reasonOf(FlowDraft flow, int step, int failed) {
    StepDraft draft = flow.steps[step];
    PartsDraft parts = Parts.of(flow, step);
    String last = draft.error == null ? "" : ": " + draft.error;
    return parts.plan.total() == 1
        ? "part "
            + Parts.flowIdOf(flow, step, parts.at(PartPlace.FAILED).first())
            + " failed"
            + last
        : "%d of %d parts failed, the last one%s".formatted(failed, parts.plan.total(), last);
  }

  /** The step fails once all its parts are taken back. */
  static void fail(FlowDraft flow, int step, @Nullable String why) {
    StepDraft draft = flow.steps[step];
    PartsDraft parts = Parts.of(flow, step);
    draft.status = StepStatus.IN_PROGRESS;
    draft.dueAt = 0;
    parts.phase = PartsPhase.FAILING;
    parts.nextAt = 0;
    draft.failedWith(why == null ? disturbance(flow, step) : why);
  }

  private static void judgeFailing(FlowDraft flow, int step) {
    PartsDraft parts = Parts.of(flow, step);
    boolean mayBeAsked = parts.hasToAsk() || !parts.at(PartPlace.ASKED).isEmpty();
    if (mayBeAsked) {
      return;
    }
    if (!parts.at(PartPlace.LOST).isEmpty()) {
      lost(flow, step);
    } else if (!isRetried(flow, step) || parts.isReleased()) {
      failed(flow, step);
    }
    // Otherwise the parts of this attempt are released before the next one begins its own.
  }

  /** A part is not there, so nobody can tell what effect the step has. */
  private static void lost(FlowDraft flow, int step) {
    StepDraft draft = flow.steps[step];
    draft.rest();
    draft.status = StepStatus.IN_DOUBT;
    draft.endedAt = flow.at;
    draft.failedWith(disturbance(flow, step));
    flow.auditStep(FlowEventType.STEP_IN_DOUBT, step, CommandAction.DO, draft.error);
    if (flow.passedPivot() < 0) {
      Backward.turn(flow, "step " + flow.definitionOf(step).name() + " IN_DOUBT: " + draft.error);
    }
  }

  private static boolean isRetried(FlowDraft flow, int step) {
    Step definition = flow.definitionOf(step);
    StepDraft draft = flow.steps[step];
    PartsDraft parts = Parts.of(flow, step);
    boolean allowed =
        parts.phase == PartsPhase.TIMED_OUT
            ? definition.onTimeout() == OnTimeout.RETRY
            : definition.retry().retries(draft.error);
    return allowed
        && flow.cancelReason == null
        && draft.doSent - draft.doBase < definition.retry().maxAttempts();
  }

  /** All parts are taken back: the step has failed, and has no effect. */
  private static void failed(FlowDraft flow, int step) {
    StepDraft draft = flow.steps[step];
    boolean timedOut = Parts.of(flow, step).phase == PartsPhase.TIMED_OUT;
    boolean isRetried = isRetried(flow, step);
    RetryPolicy policy = flow.definitionOf(step).retry();
    int attempts = draft.doSent - draft.doBase;
    draft.rest();
    draft.endedAt = flow.at;
    draft.effect = StepEffect.NONE;
    draft.result = null;
    flow.auditStep(
        FlowEventType.STEP_FAILED,
        step,
        CommandAction.DO,
        flow.since(draft.startedAt),
        null,
        draft.error);
    if (isRetried) {
      draft.status = StepStatus.DO_FAIL;
      String seed =
          OutsideMachine.commandId(
              flow, step, CommandAction.DO, draft.generation, draft.doSent, List.of());
      long delay = Backoff.delayMs(policy, attempts, seed);
      // A step that is due backs off until a later event.
      draft.dueAt = flow.at + Math.max(1, delay);
      flow.auditStep(
          FlowEventType.STEP_RETRY_TRIGGERED,
          step,
          CommandAction.DO,
          "next attempt in " + DurationText.of(delay));
      return;
    }
    draft.status = attempts > 1 ? StepStatus.RETRY_EXHAUSTED : StepStatus.FAILED;
    Forward.givenUp(flow, step, timedOut);
  }

  /** The step has passed its pivot, and so does not fail any more for want of a result. */
  static void succeededWithoutResult(FlowDraft flow, int step) {
    flow.auditStep(
        FlowEventType.INCIDENT,
        step,
        CommandAction.DO,
        "it has passed its pivot, and has no result: " + flow.steps[step].error);
    succeeded(flow, step, null);
  }

  static void succeeded(FlowDraft flow, int step, @Nullable Content result) {
    StepDraft draft = flow.steps[step];
    draft.rest();
    draft.status = StepStatus.DO_SUCCESS;
    draft.effect = Parts.of(flow, step).next == 0 ? StepEffect.NONE : StepEffect.DONE;
    draft.endedAt = flow.at;
    draft.result = result;
    draft.error = null;
    flow.auditStep(
        FlowEventType.STEP_SUCCESS,
        step,
        CommandAction.DO,
        flow.since(draft.startedAt),
        null,
        null);
  }

  private static void judgeUndo(FlowDraft flow, int step) {
    StepDraft draft = flow.steps[step];
    PartsDraft parts = Parts.of(flow, step);
    if (parts.hasToAsk() || !parts.at(PartPlace.ASKED).isEmpty() || parts.isRepairing()) {
      return;
    }
    draft.rest();
    draft.endedAt = flow.at;
    if (!parts.at(PartPlace.LOST).isEmpty()) {
      draft.status = StepStatus.UNDO_FAIL;
      draft.failedWith(disturbance(flow, step));
      flow.auditStep(FlowEventType.STEP_FAILED, step, CommandAction.UNDO, draft.error);
      return;
    }
    draft.status = StepStatus.UNDO_SUCCESS;
    draft.effect = StepEffect.NONE;
    draft.error = null;
    flow.auditStep(FlowEventType.STEP_SUCCESS, step, CommandAction.UNDO, null);
  }
}
