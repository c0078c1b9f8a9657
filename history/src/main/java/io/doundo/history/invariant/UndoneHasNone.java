package io.doundo.history.invariant;

import io.doundo.history.Answered;
import io.doundo.history.LedgerLine;
import io.doundo.history.Service;
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
 * <p>Behind a fence this holds without exception. Of a plain worker's effect it holds whenever its
 * answer comes, however late, and of an unanswered one whenever the orchestrator can know of it.
 * What it cannot know and so does not promise:
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
  public void judge(Life life, Findings findings) {
    Orchestration definition = life.definition();
    boolean judged = life.status() == FlowStatus.UNDONE && life.history().quiet().settled();
    if (!judged || definition == null) {
      return;
    }
    BitSet settled = life.settledByHand();
    for (int i = 0; i < definition.steps().size(); i++) {
      Step step = definition.steps().get(i);
      Service.Kind kind = life.servedBy(step.name());
      if (kind == null || settled.get(i) || !step.undoable()) {
        continue;
      }
      boolean stands = !World.standing(life, step.name()).isEmpty();
      findings.unless(
          !stands || isBeyondKnowledge(life, step, kind),
          this,
          life,
          () -> "UNDONE, but the effect of step " + step.name() + " is left standing");
    }
  }

  private static boolean isBeyondKnowledge(Life life, Step step, Service.Kind kind) {
    LedgerLine last = World.lastChange(life, step.name());
    if (kind == Service.Kind.FENCED || last == null) {
      return false;
    }
    boolean counted = kind == Service.Kind.ECHOES_NOTHING;
    if (counted) {
      AnswerCount undos = AnswerCount.of(life, step.name(), CommandAction.UNDO);
      if (undos.hidesAMissingOne() || undos.hidesAFailure()) {
        return true;
      }
    }
    if (wasAnswered(life, last)) {
      return false;
    }
    int sent = life.lastCommitted(step.name(), CommandAction.DO);
    boolean neverCommitted = last.attempt() > sent && !step.pivot() && !step.remote().committed();
    boolean miscounted =
        counted && AnswerCount.of(life, step.name(), CommandAction.DO).hidesAMissingOne();
    return neverCommitted || miscounted || World.undoneBefore(life, last);
  }

  private static boolean wasAnswered(Life life, LedgerLine line) {
    if (line.answer() != LedgerLine.Report.UNKNOWN) {
      return line.answer() == LedgerLine.Report.ANSWERED;
    }
    for (Answered answered : life.answers()) {
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
