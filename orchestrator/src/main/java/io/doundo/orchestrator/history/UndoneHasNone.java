package io.doundo.orchestrator.history;

import io.doundo.orchestrator.core.FlowStatus;
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
 * What it cannot know, and so does not promise:
 *
 * <ul>
 *   <li>an unanswered effect that lands after the step's UNDO has run;
 *   <li>an unanswered effect of a command that was never committed, unless the step is a pivot or
 *       {@code dispatch: committed}, which is what that option is for;
 *   <li>an unanswered effect of a worker that echoes nothing, when the same step gave more answers
 *       than it was sent commands: one of them was counted for the missing one. The same goes for
 *       an UNDO dropped by such a worker.
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
          () -> "UNDONE, but the effect of step " + step.name() + " stands");
    }
  }

  private static boolean isBeyondKnowledge(Life life, Step step, Service.Kind kind) {
    LedgerLine last = World.lastChange(life, step.name());
    if (kind == Service.Kind.FENCED || last == null) {
      return false;
    }
    boolean counted = kind == Service.Kind.ECHOES_NOTHING;
    if (counted
        && outcomes(life, step, CommandAction.UNDO) > count(life, step, CommandAction.UNDO)) {
      return true;
    }
    if (wasAnswered(life, last)) {
      return false;
    }
    int sent = life.lastCommitted(step.name(), CommandAction.DO);
    boolean miscounted =
        counted && outcomes(life, step, CommandAction.DO) > count(life, step, CommandAction.DO);
    boolean neverCommitted = last.attempt() > sent && !step.pivot() && !step.committed();
    return miscounted || neverCommitted || World.everUndone(life, step.name());
  }

  /** How many commands were sent; an attempt that could not be sent has a number, and no answer. */
  private static int count(Life life, Step step, CommandAction action) {
    int count = 0;
    for (Sent command : life.sent()) {
      if (command.committed() && command.action() == action && command.step().equals(step.name())) {
        count++;
      }
    }
    return count;
  }

  /** How many answers were or could have been given, repetitions included. */
  private static int outcomes(Life life, Step step, CommandAction action) {
    int runs = 0;
    int answeredRuns = 0;
    for (LedgerLine line : life.ledger()) {
      if (line.action() == action && line.step().equals(step.name())) {
        runs++;
        answeredRuns += line.answer() == LedgerLine.Report.UNANSWERED ? 0 : 1;
      }
    }
    int answers = 0;
    for (Answered answered : life.answers()) {
      Answer answer = answered.answer();
      if (answer.stepName().equals(step.name()) && concerns(answer, action)) {
        answers++;
      }
    }
    return runs + Math.max(0, answers - answeredRuns);
  }

  /** {@code FAIL_STEP} does not say which action failed. */
  private static boolean concerns(Answer answer, CommandAction action) {
    return answer.action() == AnswerAction.FAIL_STEP
        || (answer.action() == AnswerAction.UNDO) == (action == CommandAction.UNDO);
  }

  private static boolean wasAnswered(Life life, LedgerLine line) {
    if (line.answer() != LedgerLine.Report.UNKNOWN) {
      return line.answer() == LedgerLine.Report.ANSWERED;
    }
    for (Answered answered : life.answers()) {
      Answer answer = answered.answer();
      boolean same = answer.attempt() == 0 || answer.attempt() == line.attempt();
      if (same
          && answer.stepName().equals(line.step())
          && answered.place().at() >= line.at()
          && concerns(answer, line.action())) {
        return true;
      }
    }
    return false;
  }
}
