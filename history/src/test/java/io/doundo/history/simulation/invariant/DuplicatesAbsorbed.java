package io.doundo.history.simulation.invariant;

import io.doundo.history.simulation.Core;
import io.doundo.history.simulation.Dice;
import io.doundo.history.simulation.RecordedDecision;
import io.doundo.history.simulation.Sabotage;
import io.doundo.history.simulation.Violation;
import io.doundo.orchestrator.core.effect.Decision;
import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.AnswerOf;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.event.FlowEvent.DefinitionFound;
import io.doundo.orchestrator.core.event.FlowEvent.FlowStarted;
import io.doundo.orchestrator.core.event.FlowEvent.SignalReceived;
import io.doundo.orchestrator.core.event.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.event.FlowEvent.TimeReached;
import io.doundo.orchestrator.core.event.FlowEvent.TurnCommitted;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.protocol.CommandAction;
import org.jspecify.annotations.Nullable;

/**
 * The same event again changes nothing and sends nothing, except for a note that an answer was
 * ignored. The exceptions are intended: an answer that does not identify its command is counted
 * each time; a plain success is not a duplicate once an UNDO was sent (row 14); a second late
 * effect may be a different one; the answer to a command that was not on record may belong to the
 * one just sent; a result that differs from the first one is reported each time.
 */
public final class DuplicatesAbsorbed implements Invariant {

  private final Dice dice;
  private final Core core;

  public DuplicatesAbsorbed(Dice dice, Core core) {
    this.dice = dice;
    this.core = core;
  }

  @Override
  public void decided(RecordedDecision taken) {
    if (!dice.chance(125) || !mustBeAbsorbed(taken) || taken.published(FlowEventType.INCIDENT)) {
      return;
    }
    Decision again = core.decide(taken.definition(), taken.next(), taken.event());
    boolean sends = again.effects().stream().anyMatch(DispatchStep.class::isInstance);
    if (sends || !Sabotage.withoutNotesOf(again.next(), taken.next()).equals(taken.next())) {
      throw new Violation("row 2", "the same event again is not absorbed: " + taken.event());
    }
  }

  private static boolean mustBeAbsorbed(RecordedDecision taken) {
    FlowEvent event = taken.event();
    if (event instanceof StepSucceeded success) {
      if (isPhantom(taken, success.step(), success.action(), success.answerOf())) {
        return false;
      }
      return (success.answerOf().vouched() && isKnown(taken, success))
          || (success.answerOf().attempt() > 0
              && (success.action() == CommandAction.UNDO || !undoSent(taken, success.step())));
    }
    if (event instanceof StepFailed failure) {
      if (isPhantom(taken, failure.step(), failure.action(), failure.answerOf())) {
        return false;
      }
      return (failure.answerOf().vouched() && !raisedGeneration(taken, failure.step()))
          || (failure.answerOf().attempt() > 0 && !undoSent(taken, failure.step()));
    }
    return event instanceof ControlRequested
        || event instanceof SignalReceived
        || event instanceof TurnCommitted
        || event instanceof TimeReached
        || event instanceof FlowStarted
        || event instanceof DefinitionFound;
  }

  private static boolean isPhantom(
      RecordedDecision taken, String step, @Nullable CommandAction action, AnswerOf answerOf) {
    int index = taken.definition() == null ? -1 : taken.definition().indexOf(step);
    if (index < 0) {
      return false;
    }
    StepState before = taken.stepBefore(index);
    int sent =
        action == CommandAction.UNDO
            ? before.outside().undoing().sent()
            : before.outside().doing().sent();
    return answerOf.attempt() > sent;
  }

  /** Whether the core recognised the command: its id matches the payload as known now. */
  private static boolean isKnown(RecordedDecision taken, StepSucceeded success) {
    int index = taken.definition() == null ? -1 : taken.definition().indexOf(success.step());
    if (success.action() == CommandAction.UNDO || index < 0 || taken.next().steps().isEmpty()) {
      return true;
    }
    StepState before = taken.stepBefore(index);
    StepState next = taken.next().steps().get(index);
    int attempt = success.answerOf().attempt();
    boolean takenForNew =
        before.outside().succeededAttempt() >= attempt && raisedGeneration(taken, success.step());
    return next.outside().succeededAttempt() >= attempt && !takenForNew;
  }

  /**
   * Whether the answer was attributed to a command that is not on record, and so counted as new.
   */
  private static boolean raisedGeneration(RecordedDecision taken, String step) {
    int index = taken.definition() == null ? -1 : taken.definition().indexOf(step);
    return index >= 0
        && !taken.next().steps().isEmpty()
        && taken.next().steps().get(index).generation() > taken.stepBefore(index).generation();
  }

  private static boolean undoSent(RecordedDecision taken, String step) {
    int index = taken.definition() == null ? -1 : taken.definition().indexOf(step);
    return index >= 0
        && !taken.next().steps().isEmpty()
        && taken.next().steps().get(index).outside().undoing().sent() > 0;
  }
}
