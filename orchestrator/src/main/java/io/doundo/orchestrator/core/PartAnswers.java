package io.doundo.orchestrator.core;

import io.doundo.orchestrator.core.effect.Effect.KeepPart;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.effect.FlowMessage.Moved;
import io.doundo.orchestrator.core.event.FlowEvent.ChildMoved;
import io.doundo.orchestrator.core.event.FlowEvent.EngineFailed;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.PartStatus;
import io.doundo.orchestrator.core.state.PartsState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.parts.EarlierPart;
import io.doundo.orchestrator.core.state.parts.ParentVerb;
import io.doundo.orchestrator.core.state.parts.PartLink;
import io.doundo.orchestrator.core.state.parts.PartPlace;
import io.doundo.orchestrator.core.state.parts.PartsPhase;
import io.doundo.orchestrator.core.state.parts.PausedPart;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.CommandAction;

/** What parts tell: where each of them stands now, and what the flow notes of it. */
final class PartAnswers {

  private PartAnswers() {}

  /** A part tells how it stands. */
  static void moved(FlowDraft flow, int step, ChildMoved event) {
    StepDraft draft = flow.steps[step];
    PartsDraft parts = draft.parts;
    int index = event.link().index();
    PartPlace place = parts == null ? null : parts.sets.placeOf(index);
    Signals.returned(flow, event.returned());
    if (parts != null && event.link().attempt() < parts.attempt) {
      ofEarlierAttempt(flow, step, event);
      return;
    }
    if (parts == null || place == null || event.link().attempt() != parts.attempt) {
      return;
    }
    if (event.answer() && isAwaited(parts, event)) {
      parts.awaited = parts.awaited.without(index);
    }
    Releases.releaseAgain(flow, step, event);
    parts.standing |= !event.leftStanding().isEmpty();
    boolean wasParked = parts.parked.contains(index);
    parts.parked =
        event.status() == PartStatus.PARKED
            ? parts.parked.with(index)
            : parts.parked.without(index);
    note(parts, event);
    if (event.status().isAwake()) {
      if (event.refusal() && place == PartPlace.ASKED) {
        refused(flow, step, index, PartPlace.RUNNING);
      } else if (place == PartPlace.RUNNING) {
        parts.waitsFor(index, event.waitsFor());
      } else if ((place == PartPlace.FAILED || place == PartPlace.UNDONE)
          && (!event.answer() || parts.repairing.contains(index))) {
        wokenUp(flow, step, event);
      }
    } else {
      parts.repairing = parts.repairing.without(index);
      ended(flow, step, place, event);
    }
    if (wasParked && event.status() != PartStatus.PARKED && parts.awaited.contains(index)) {
      // The engine may have failed on it as the part was parked, and nobody has heard of that.
      Releases.askAgain(flow, step, index);
    }
    boolean goesOn = event.status().isAwake() && event.status() != PartStatus.PARKED && wasParked;
    boolean hasToEnd = place == PartPlace.RUNNING || place == PartPlace.ASKED;
    if (goesOn && hasToEnd && !flow.status.isTerminal()) {
      // The engine may have failed on it, so that it has not heard whether the flow is paused.
      ParentVerb verb = flow.isPaused() ? ParentVerb.PAUSE : ParentVerb.RESUME;
      Parts.ask(flow, step, index, verb, null, 0);
    }
    boolean isBehind =
        !event.refusal() && ((event.status() == PartStatus.COMPLETED && !event.answer()) || goesOn);
    if (isBehind && parts.at(PartPlace.ASKED).contains(index)) {
      // The engine may have failed on it, so that it has not heard that it goes back.
      Parts.ask(flow, step, index, ParentVerb.BACK, flow.reason, 0);
    }
    PartsOutcome.judge(flow, step);
  }

  /**
   * Whether the answer is to {@code RELEASE} or {@code KEEP}, whichever the part was told last. In
   * one to an earlier word the part stands otherwise.
   */
  private static boolean isAwaited(PartsDraft parts, ChildMoved event) {
    boolean isReleased = parts.released.contains(event.link().index());
    return event.keptUntil() == Moved.NOT_TOLD || (event.keptUntil() > 0) == isReleased;
  }

  /**
   * The orchestrator has failed on the message of a part. The signals that it has given back are
   * kept, because it has them no more. If it had ended before and has not ended now, a late effect
   * has woken it: that is noted, because the flow asks none of those parts when it goes on.
   */
  static void unheard(FlowDraft flow, PartLink link, EngineFailed event) {
    Signals.returned(flow, event.returned());
    if (!event.isAwake()) {
      return;
    }
    int step = flow.isDefined() ? flow.definition().indexOf(link.step()) : -1;
    PartsDraft parts = step < 0 ? null : flow.steps[step].parts;
    if (parts == null) {
      return;
    }
    EarlierPart part = new EarlierPart(link.attempt(), link.index());
    PartPlace place = parts.sets.placeOf(link.index());
    boolean hadEnded = place == PartPlace.FAILED || place == PartPlace.UNDONE;
    if (link.attempt() < parts.attempt && !parts.earlier.contains(part)) {
      parts.wakes(part);
      repairs(flow, step, link);
    } else if (link.attempt() == parts.attempt
        && hadEnded
        && !parts.repairing.contains(link.index())) {
      parts.repairing = parts.repairing.with(link.index());
      repairs(flow, step, link);
    }
  }

  /**
   * All parts of an earlier attempt had ended without effect. One that a late effect has woken
   * undoes it by itself, and a flow that goes back waits for it.
   */
  private static void ofEarlierAttempt(FlowDraft flow, int step, ChildMoved event) {
    PartsDraft parts = Parts.of(flow, step);
    EarlierPart part = new EarlierPart(event.link().attempt(), event.link().index());
    boolean isAwake = event.status().isAwake();
    if (isAwake && !parts.earlier.contains(part)) {
      parts.wakes(part);
      repairs(flow, step, event.link());
    }
    note(parts, event);
    if (!isAwake && parts.rests(part)) {
      parts.standing |= event.status() == PartStatus.ABANDONED || !event.leftStanding().isEmpty();
      PartsOutcome.judge(flow, step);
    }
  }

  /** Notes whether an operator has paused the part by itself. */
  private static void note(PartsDraft parts, ChildMoved event) {
    int attempt = event.link().attempt();
    int index = event.link().index();
    if (event.status() == PartStatus.PAUSED) {
      parts.pauses(new PausedPart(attempt, index, event.at(), event.error()));
    } else {
      parts.goesOn(attempt, index);
    }
  }

  private static void repairs(FlowDraft flow, int step, PartLink part) {
    flow.auditStep(
        FlowEventType.PART_BEGUN,
        step,
        CommandAction.UNDO,
        "part " + Parts.flowIdOf(part) + " repairs a late effect");
  }

  /** A part does not go back, because it has passed its pivot: the step goes on with it. */
  private static void refused(FlowDraft flow, int step, int index, PartPlace place) {
    PartsDraft parts = Parts.of(flow, step);
    parts.move(index, place);
    if (parts.phase != PartsPhase.UNDO) {
      parts.phase = PartsPhase.FORWARD;
    }
    flow.auditStep(
        FlowEventType.INCIDENT,
        step,
        CommandAction.DO,
        "part " + Parts.flowIdOf(flow, step, index) + " has passed its pivot and does not go back");
  }

  /** A late effect has woken a part that had ended without one; it undoes the effect itself. */
  private static void wokenUp(FlowDraft flow, int step, ChildMoved event) {
    PartsDraft parts = Parts.of(flow, step);
    StepDraft draft = flow.steps[step];
    if (!parts.repairing.contains(event.link().index())) {
      repairs(flow, step, event.link());
    }
    boolean standsAnyway =
        draft.status == StepStatus.DO_SUCCESS && !flow.definitionOf(step).undoable();
    if (!isTakenBack(flow, step) || standsAnyway) {
      parts.repairing = parts.repairing.with(event.link().index());
      return;
    }
    parts.move(event.link().index(), PartPlace.ASKED);
    boolean isSettled =
        draft.status == StepStatus.UNDO_SUCCESS
            || draft.status == StepStatus.FAILED
            || draft.status == StepStatus.RETRY_EXHAUSTED
            || draft.status == StepStatus.GIVEN_UP;
    if (isSettled) {
      parts.phase = PartsPhase.UNDO;
      PartsMachine.run(flow, step, StepStatus.UNDOING);
    }
  }

  /**
   * Whether the part is one of those that its flow, or its step, waits for until they are undone.
   */
  private static boolean isTakenBack(FlowDraft flow, int step) {
    if (flow.leadsBack()) {
      return true;
    }
    boolean takesBack =
        switch (Parts.of(flow, step).phase) {
          case WON, FAILING, TIMED_OUT -> true;
          case FORWARD, UNDO, RETRIED -> false;
        };
    return takesBack && flow.steps[step].awaitsParts();
  }

  private static void ended(FlowDraft flow, int step, PartPlace place, ChildMoved event) {
    PartsDraft parts = Parts.of(flow, step);
    int index = event.link().index();
    PartPlace to =
        switch (event.status()) {
          case COMPLETED ->
              place == PartPlace.RUNNING || place == PartPlace.LOST
                  ? PartPlace.DONE
                  // One that was asked meanwhile goes back, unless it says that it does not.
                  : place;
          case UNDONE, REJECTED ->
              switch (place) {
                case RUNNING, DONE -> PartPlace.FAILED;
                case ASKED, LOST -> PartPlace.UNDONE;
                case FAILED, UNDONE, ABANDONED, RELEASED -> place;
              };
          case ABANDONED -> place.isOwed() ? PartPlace.ABANDONED : place;
          case LOST -> place.isOwed() ? PartPlace.LOST : place;
          case RUNNING, PARKED, PAUSED -> throw new IllegalArgumentException(event + " is no end");
        };
    boolean isRefused = event.refusal() && place == PartPlace.ASKED;
    if (isRefused && event.status() == PartStatus.COMPLETED) {
      // The part had completed when the step failed: for want of a result.
      boolean hasNoResult = parts.phase == PartsPhase.FAILING;
      refused(flow, step, index, PartPlace.DONE);
      completed(flow, step, event);
      if (hasNoResult) {
        PartsOutcome.succeededWithoutResult(flow, step);
      }
      return;
    }
    if (to == place) {
      return;
    }
    parts.move(index, to);
    String why = event.error() == null ? "" : ": " + event.error();
    flow.auditStep(
        event.status() == PartStatus.LOST ? FlowEventType.INCIDENT : FlowEventType.PART_ENDED,
        step,
        CommandAction.DO,
        "part " + Parts.flowIdOf(flow, step, index) + " is " + event.status() + why);
    if (to == PartPlace.DONE) {
      completed(flow, step, event);
    } else if (to == PartPlace.FAILED && parts.phase == PartsPhase.FORWARD) {
      flow.steps[step].failedWith(event.error());
      keep(flow, step, event);
    }
  }

  private static void completed(FlowDraft flow, int step, ChildMoved event) {
    PartsDraft parts = Parts.of(flow, step);
    Work.Parts work = Parts.workOf(flow, step);
    if (work instanceof Work.ForEach) {
      Content result = event.result();
      parts.kept += result == null || !keepsResults(flow, step) ? 0 : result.size();
      keep(flow, step, event);
    } else if (parts.phase == PartsPhase.FORWARD) {
      flow.steps[step].result = event.result();
    }
  }

  /** Whether the step says what it keeps of each part. */
  private static boolean keepsResults(FlowDraft flow, int step) {
    return flow.definitionOf(step).data().result() != null;
  }

  private static void keep(FlowDraft flow, int step, ChildMoved event) {
    // What comes once the step has ended, or takes its parts back, would be kept for ever.
    boolean isNeeded =
        flow.steps[step].status == StepStatus.IN_PROGRESS
            && Parts.of(flow, step).phase == PartsPhase.FORWARD;
    if (isNeeded && Parts.workOf(flow, step) instanceof Work.ForEach) {
      // Beyond the limit only counts are kept.
      boolean isKept =
          keepsResults(flow, step) && Parts.of(flow, step).kept <= PartsState.MOST_KEPT;
      Content result = isKept ? event.result() : null;
      flow.add(
          new KeepPart(step, event.link().attempt(), event.link().index(), result, event.error()));
    }
  }
}
