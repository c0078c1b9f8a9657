package io.doundo.orchestrator.core;

import io.doundo.orchestrator.core.event.FlowEvent.AnswerOf;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.protocol.CommandAction;
import java.util.List;

/**
 * Which command an answer answers: by command id, else by the echoed attempt, else by count.
 *
 * @param kind how far the answer is recognised
 * @param attempt the attempt it answers, or 0
 * @param surplus whether it echoes nothing and more answers have come than commands were sent: one
 *     of them was not what it was taken for
 */
record AnswerMatch(Kind kind, int attempt, boolean surplus) {

  enum Kind {
    /** It answers the attempt in flight. */
    OPEN,
    /** It answers an earlier attempt that was sent. */
    EARLIER,
    /** It echoes nothing, nothing is in flight, and every command sent is answered already. */
    SURPLUS,
    /** It answers a command that is not on record, sent by a transaction that never committed. */
    PHANTOM
  }

  static AnswerMatch of(FlowDraft flow, int step, CommandAction action, AnswerOf answer) {
    StepDraft draft = flow.steps[step];
    int sent = action == CommandAction.DO ? draft.doSent : draft.undoSent;
    boolean inFlight = action == CommandAction.DO ? draft.doInFlight() : draft.undoInFlight();
    int open = inFlight ? draft.openAttempt : 0;
    String id = answer.commandId();
    if (id != null) {
      int attempt = attemptOf(flow, step, action, id, answer.attempt(), sent);
      return attempt == 0 ? new AnswerMatch(Kind.PHANTOM, 0, false) : known(attempt, open);
    }
    if (answer.attempt() > 0) {
      return answer.attempt() > sent
          ? new AnswerMatch(Kind.PHANTOM, answer.attempt(), false)
          : known(answer.attempt(), open);
    }
    int answers = action == CommandAction.DO ? draft.doAnswers : draft.undoAnswers;
    boolean surplus = answers >= sent;
    if (action == CommandAction.UNDO && answers < draft.undoBase) {
      // Counted, it answers an UNDO of an earlier generation, which settles nothing any more.
      return new AnswerMatch(Kind.EARLIER, answers + 1, false);
    }
    if (open > 0) {
      return new AnswerMatch(Kind.OPEN, open, surplus);
    }
    return new AnswerMatch(surplus ? Kind.SURPLUS : Kind.EARLIER, sent, surplus);
  }

  private static AnswerMatch known(int attempt, int open) {
    return new AnswerMatch(attempt == open ? Kind.OPEN : Kind.EARLIER, attempt, false);
  }

  /**
   * The attempt that was sent under this id, or 0. Looks at the echoed and the latest ones first.
   */
  private static int attemptOf(
      FlowDraft flow, int step, CommandAction action, String id, int echoed, int sent) {
    StepDraft draft = flow.steps[step];
    List<Content> payload =
        action == CommandAction.DO ? Payloads.forDo(flow, step) : Payloads.forUndo(flow, step);
    if (echoed > 0) {
      return echoed <= sent && isId(flow, step, action, id, echoed, payload) ? echoed : 0;
    }
    int base = action == CommandAction.DO ? draft.doBase : draft.undoBase;
    for (int attempt = sent; attempt > base; attempt--) {
      if (isId(flow, step, action, id, attempt, payload)) {
        return attempt;
      }
    }
    return 0;
  }

  private static boolean isId(
      FlowDraft flow,
      int step,
      CommandAction action,
      String id,
      int attempt,
      List<Content> payload) {
    StepDraft draft = flow.steps[step];
    int base = action == CommandAction.DO ? draft.doBase : draft.undoBase;
    // An attempt of this generation that another one's id names was never committed.
    int latest = attempt > base ? draft.generation : draft.generation - 1;
    int earliest = attempt > base ? draft.generation : 1;
    for (int generation = latest; generation >= earliest; generation--) {
      String derived = OutsideMachine.commandId(flow, step, action, generation, attempt, payload);
      if (derived.equals(id)) {
        return true;
      }
    }
    return false;
  }

  boolean is(Kind other) {
    return kind == other;
  }
}
