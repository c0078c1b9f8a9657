package io.doundo.history.invariant;

import io.doundo.history.LedgerLine;
import io.doundo.history.RecordedAnswer;
import io.doundo.history.StepWorker;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.protocol.Answer;
import io.doundo.protocol.AnswerAction;
import io.doundo.protocol.CommandAction;
import java.util.BitSet;

/**
 * I3: when a flow is {@code UNDONE}, nothing stands of any step that has an UNDO.
 *
 * <p>Behind a fence this holds, unless a worker whose lease was given away has its effect after
 * that and is killed before it can answer. Of a plain worker's effect it holds whenever its answer
 * comes, however late, and of an unanswered one whenever the orchestrator can know of it. What it
 * cannot know and so does not promise:
 *
 * <ul>
 *   <li>an unanswered effect that lands after the step's UNDO has run;
 *   <li>an unanswered effect of a command that was never committed, unless the step is a pivot or
 *       {@code dispatch: committed}, which is what that option is for;
 *   <li>an unanswered effect of a worker that echoes nothing, when one of its other commands was
 *       answered more than once, or one was that is not on record: that answer was counted for the
 *       missing one. The same goes for an UNDO that such a worker left unanswered, or that failed
 *       and whose failure came before the success of an earlier one, which was then told twice.
 * </ul>
 */
final class UndoneHasNone implements Invariant {

  @Override
  public String name() {
    return "I3";
  }

  @Override
  public void check(FlowHistory flow, Findings findings) {
    Orchestration definition = flow.definition();
    boolean checked = flow.status() == FlowStatus.UNDONE && flow.history().quiet().settled();
    if (!checked || definition == null) {
      return;
    }
    BitSet settled = flow.settledByHand();
    for (int i = 0; i < definition.steps().size(); i++) {
      Step step = definition.steps().get(i);
      StepWorker.Kind kind = flow.servedBy(step.name());
      if (kind == null || settled.get(i) || !step.undoable()) {
        continue;
      }
      boolean stands = !StandingEffects.standing(flow, step.name()).isEmpty();
      findings.unless(
          !stands || isBeyondKnowledge(flow, step, kind),
          this,
          flow,
          () -> "UNDONE, but the effect of step " + step.name() + " is left standing");
    }
  }

  private static boolean isBeyondKnowledge(FlowHistory flow, Step step, StepWorker.Kind kind) {
    LedgerLine last = StandingEffects.lastChange(flow, step.name());
    if (kind == StepWorker.Kind.FENCED || last == null) {
      return false;
    }
    boolean counted = kind == StepWorker.Kind.ECHOES_NOTHING;
    if (counted) {
      AnswerCount undos = AnswerCount.of(flow, step.name(), CommandAction.UNDO);
      if (undos.hidesAMissingOne() || undos.hidesAFailure()) {
        return true;
      }
    }
    if (wasAnswered(flow, last)) {
      return false;
    }
    int sent = flow.lastCommitted(step.name(), CommandAction.DO);
    boolean isArmed = step.pivot() || step.isCommitted();
    boolean neverCommitted = last.attempt() > sent && !isArmed;
    boolean miscounted =
        counted && AnswerCount.of(flow, step.name(), CommandAction.DO).hidesAMissingOne();
    return neverCommitted || miscounted || StandingEffects.undoneBefore(flow, last);
  }

  private static boolean wasAnswered(FlowHistory flow, LedgerLine line) {
    if (line.answer() != LedgerLine.Report.UNKNOWN) {
      return line.answer() == LedgerLine.Report.ANSWERED;
    }
    for (RecordedAnswer answered : flow.answers()) {
      Answer answer = answered.answer();
      boolean same = answer.attempt() == 0 || answer.attempt() == line.attempt();
      boolean ofIt =
          answer.action() == AnswerAction.FAIL_STEP
              || answer.action().name().equals(line.action().name());
      if (same
          && ofIt
          && answer.stepName().equals(line.step())
          && answered.place().at() >= line.at()) {
        return true;
      }
    }
    return false;
  }
}
