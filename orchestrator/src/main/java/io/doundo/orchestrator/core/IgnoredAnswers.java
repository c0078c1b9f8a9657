package io.doundo.orchestrator.core;

import io.doundo.orchestrator.core.event.FailureKind;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.EffectLanded;
import io.doundo.orchestrator.core.event.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.protocol.CommandAction;
import org.jspecify.annotations.Nullable;

/**
 * Leaves an audit entry for an ignored answer, which says why it has no effect. A flow has a
 * bounded number of them.
 */
final class IgnoredAnswers {

  private IgnoredAnswers() {}

  /** The event has led to no audit entry. */
  static void note(FlowDraft flow, FlowEvent event) {
    if (event instanceof StepSucceeded success) {
      note(flow, success.step(), success.action(), "success", success.worker());
    } else if (event instanceof StepFailed failed) {
      String what = failed.kind() == FailureKind.FENCED ? "FENCED" : "failure";
      note(flow, failed.step(), failed.action(), what, failed.worker());
    } else if (event instanceof EffectLanded landed) {
      note(flow, landed.step(), landed.action(), "LATE_EFFECT", landed.worker());
    }
  }

  private static void note(
      FlowDraft flow,
      String name,
      @Nullable CommandAction said,
      String what,
      @Nullable String worker) {
    int step = flow.isDefined() ? flow.definition().indexOf(name) : -1;
    if (step < 0 || flow.steps[step].hasMoved()) {
      return;
    }
    CommandAction action = said == null ? CommandAction.DO : said;
    flow.ignoredAnswer(
        step,
        action,
        worker,
        "%s of a %s ignored: %s".formatted(what, action, why(flow, step, action)));
  }

  private static String why(FlowDraft flow, int step, CommandAction action) {
    StepDraft draft = flow.steps[step];
    if (flow.status == FlowStatus.ABANDONED) {
      return "the flow was abandoned";
    }
    int sent = action == CommandAction.DO ? draft.doSent : draft.undoSent;
    String awaited =
        draft.doInFlight()
            ? "; DO attempt " + draft.openAttempt + " is waiting for its answer"
            : draft.undoInFlight()
                ? "; UNDO attempt " + draft.openAttempt + " is waiting for its answer"
                : "; the step is " + draft.status;
    return sent == 0
        ? "no %s was sent%s".formatted(action, awaited)
        : "no %s is waiting for this answer%s".formatted(action, awaited);
  }
}
