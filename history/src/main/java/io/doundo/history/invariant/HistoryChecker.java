package io.doundo.history.invariant;

import io.doundo.history.History;
import java.util.List;

/** Judges histories by the invariants I1 to I12. Stateless, and so safe for any thread. */
public final class HistoryChecker {

  private final List<Invariant> invariants;

  /**
   * @param core the decider that made the histories
   */
  public HistoryChecker(Core core) {
    invariants =
        List.of(
            new EveryStartEnds(),
            new CompletedHasItsEffects(),
            new UndoneHasNone(),
            new NoEffectAfterUndo(),
            new OneEffectEach(),
            new GraphIsHonoured(),
            new NoUndoAfterPivot(),
            new ReplayDecidesAlike(core),
            new AttemptsWithinPolicy(),
            new EveryAnswerIsTaken(),
            new EndedStaysEnded(),
            new LiveFlowsMove());
  }

  /** Gives everything that is wrong with a history; nothing when all is well. */
  public List<Violation> check(History history) {
    List<Life> lives = Life.of(history);
    Findings findings = new Findings();
    for (Invariant invariant : invariants) {
      for (Life life : lives) {
        invariant.judge(life, findings);
      }
      invariant.judge(history, lives, findings);
    }
    return findings.all();
  }
}
