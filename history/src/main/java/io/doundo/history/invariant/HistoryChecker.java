package io.doundo.history.invariant;

import io.doundo.history.History;
import io.doundo.history.Violation;
import java.util.List;

/** Checks histories against the invariants I1 to I18. Stateless, and so safe for any thread. */
public final class HistoryChecker {

  private final List<Invariant> invariants;

  /**
   * @param core the decider that made the histories
   */
  public HistoryChecker(ReplayDecider core) {
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
            new EveryAnswerIsConsumed(),
            new EndedStaysEnded(),
            new LiveFlowsMove(),
            new NoPartStandsBehind(),
            new NoPartOutlivesItsParent(),
            new NotTakenHasNoCommand(),
            new EachHoldEnds(),
            new EachSignalHasOneOutcome(),
            new EachTimeStartsOneFlow());
  }

  /** Gives everything that is wrong with a history; nothing when all is well. */
  public List<Violation> check(History history) {
    List<FlowHistory> flows = FlowHistory.of(history);
    Findings findings = new Findings();
    for (Invariant invariant : invariants) {
      for (FlowHistory flow : flows) {
        invariant.check(flow, findings);
      }
      invariant.check(history, flows, findings);
    }
    return findings.all();
  }
}
