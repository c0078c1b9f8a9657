package io.doundo.orchestrator.core;

import io.doundo.orchestrator.core.event.FlowEvent.ChildMoved;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.parts.ParentVerb;
import io.doundo.orchestrator.core.state.parts.PartPlace;
import io.doundo.orchestrator.core.state.parts.PartsPhase;
import io.doundo.orchestrator.definition.Work;

/**
 * Parts outlive their end for the sake of their parent. A flow that has ended releases them, some
 * at a time, each until the end of the undo window of the flow at the top; one that turns back from
 * its end has all of them come back before it undoes the first.
 */
final class Releases {

  /** How many parts of a step are released or recalled at a time: their answers set the pace. */
  private static final int AT_ONCE = 100;

  /** The first pause before an ended flow asks again, after the orchestrator has failed on it. */
  private static final long ASK_AGAIN_MS = 60_000;

  private static final long LONGEST_ASK_AGAIN_MS = 3_600_000;

  private Releases() {}

  /** An ended flow releases its parts; a part does so once it is released itself. */
  static void advance(FlowDraft flow) {
    if (!flow.status.isTerminal()) {
      return;
    }
    boolean isPart = flow.before().origin().partOf() != null;
    if (isPart && flow.keptUntil == 0) {
      recall(flow);
      return;
    }
    for (int step = 0; step < flow.steps.length; step++) {
      if (flow.steps[step].parts != null) {
        release(flow, step, isPart ? flow.keptUntil : untilOfEnd(flow));
      }
    }
  }

  /** Until when the flow, which has ended and is no part, may take back its parts. */
  private static long untilOfEnd(FlowDraft flow) {
    return flow.status == FlowStatus.COMPLETED ? untilOf(flow, flow.endedAt) : flow.endedAt;
  }

  private static long untilOf(FlowDraft flow, long end) {
    return end + flow.definition().undoWindow().toMillis();
  }

  /** A failed attempt is not needed any more: its parts have no effect. */
  static void releaseAttempt(FlowDraft flow, int step) {
    release(flow, step, untilOf(flow, flow.at));
  }

  private static void release(FlowDraft flow, int step, long until) {
    PartsDraft parts = Parts.of(flow, step);
    for (int index = firstUnreleased(parts);
        index < parts.next && parts.awaited.size() < AT_ONCE;
        index = firstUnreleased(parts)) {
      releaseOne(flow, step, index, until);
    }
  }

  private static int firstUnreleased(PartsDraft parts) {
    int index = 0;
    if (parts.released.contains(0)) {
      // Nearly always the parts are released in order, and form one range.
      index = parts.released.bounds()[1];
    }
    return index;
  }

  private static void releaseOne(FlowDraft flow, int step, int index, long until) {
    PartsDraft parts = Parts.of(flow, step);
    parts.released = parts.released.with(index);
    parts.awaited = parts.awaited.with(index);
    Parts.ask(flow, step, index, ParentVerb.RELEASE, null, until);
  }

  /** A round of a loop that owes no undo is released as it ends. */
  static void releaseRound(FlowDraft flow, int step, int index) {
    Parts.of(flow, step).move(index, PartPlace.RELEASED);
    releaseOne(flow, step, index, untilOf(flow, flow.at));
  }

  /**
   * The orchestrator has failed on the flow, which has ended: what it failed on may be the answer
   * of a part, or a word of the parent, and nobody else would ask for it again; or it is the word
   * of a part that undoes a late effect. The pauses double.
   */
  static void askAgainLater(FlowDraft flow) {
    flow.timerFired();
    if (awaitsFamily(flow)) {
      long pause = Math.min(flow.since(flow.endedAt), LONGEST_ASK_AGAIN_MS);
      flow.askAgainAt = flow.at + Math.max(pause, ASK_AGAIN_MS);
    }
  }

  /**
   * Whether the flow, which has ended, awaits the answer of a part, that a part has undone a late
   * effect, or a word of its parent.
   */
  static boolean awaitsFamily(FlowDraft flow) {
    if (flow.before().origin().partOf() != null && flow.keptUntil == 0) {
      return true;
    }
    for (StepDraft step : flow.steps) {
      if (step.parts != null && (!step.parts.awaited.isEmpty() || step.parts.isRepairing())) {
        return true;
      }
    }
    return false;
  }

  /** A timer of the flow, which has ended, has fired: it asks again. */
  static void timeReached(FlowDraft flow) {
    long due = flow.before().times().wakeAt();
    flow.timerFired();
    if (due == 0 || due > flow.at) {
      return;
    }
    for (int step = 0; step < flow.steps.length; step++) {
      if (flow.steps[step].parts != null) {
        Parts.askRepairing(flow, step);
        askAgain(flow, step);
      }
    }
    if (flow.before().origin().partOf() != null && flow.keptUntil == 0 && !isRecalling(flow)) {
      Family.tellAgain(flow);
    }
  }

  /**
   * A part that was released says that it is still kept: the orchestrator has failed on the word by
   * which it was released, and so it is told once more.
   */
  static void releaseAgain(FlowDraft flow, int step, ChildMoved event) {
    PartsDraft parts = Parts.of(flow, step);
    int index = event.link().index();
    boolean missedIt =
        event.keptUntil() == 0
            && !event.status().isAwake()
            && parts.released.contains(index)
            && !parts.awaited.contains(index);
    if (missedIt) {
      releaseOne(flow, step, index, releasedUntil(flow));
    }
  }

  /** Until when the parts are kept that are released now. */
  private static long releasedUntil(FlowDraft flow) {
    if (flow.status.isTerminal() && flow.keptUntil > 0) {
      return flow.keptUntil;
    }
    boolean isPart = flow.before().origin().partOf() != null;
    return flow.status.isTerminal() && !isPart ? untilOfEnd(flow) : untilOf(flow, flow.at);
  }

  /** Asks those parts again whose answer is awaited: it may be what the orchestrator failed on. */
  static void askAgain(FlowDraft flow, int step) {
    PartsDraft parts = Parts.of(flow, step);
    for (int index : parts.awaited.numbers().toArray()) {
      askAgain(flow, step, index);
    }
  }

  /** Asks the part once more what it was asked last, RELEASE or KEEP. */
  static void askAgain(FlowDraft flow, int step, int index) {
    boolean isReleased = Parts.of(flow, step).released.contains(index);
    Parts.ask(
        flow,
        step,
        index,
        isReleased ? ParentVerb.RELEASE : ParentVerb.KEEP,
        null,
        isReleased ? releasedUntil(flow) : 0);
  }

  /** Whether the flow has released parts, or awaits what they answer. */
  static boolean hasReleased(FlowDraft flow) {
    for (int step = 0; step < flow.steps.length; step++) {
      PartsDraft parts = flow.steps[step].parts;
      boolean isOut = parts != null && !(parts.released.isEmpty() && parts.awaited.isEmpty());
      if (isOut && !isEndless(flow, step)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the flow, which has ended as a part and is kept, has its own parts come back. */
  static boolean isRecalling(FlowDraft flow) {
    return flow.status.isTerminal()
        && flow.before().origin().partOf() != null
        && flow.keptUntil == 0
        && hasReleased(flow);
  }

  private static void recall(FlowDraft flow) {
    for (int step = 0; step < flow.steps.length; step++) {
      if (flow.steps[step].parts != null && !isEndless(flow, step)) {
        recall(flow, step);
      }
    }
  }

  private static void recall(FlowDraft flow, int step) {
    PartsDraft parts = Parts.of(flow, step);
    while (!parts.released.isEmpty() && parts.awaited.size() < AT_ONCE) {
      int index = parts.released.last();
      if (parts.awaited.contains(index)) {
        // Its answer to RELEASE must not be taken for the one to KEEP.
        return;
      }
      parts.released = parts.released.without(index);
      parts.awaited = parts.awaited.with(index);
      Parts.ask(flow, step, index, ParentVerb.KEEP, null, 0);
    }
  }

  /**
   * Has the parts come back that a flow on its way back has to take back, and says whether it has
   * to wait for some.
   */
  static boolean recalls(FlowDraft flow) {
    boolean waits = false;
    for (int step = 0; step < flow.steps.length; step++) {
      PartsDraft parts = flow.steps[step].parts;
      if (parts != null && isNeeded(flow, step, parts)) {
        recall(flow, step);
        waits |= !parts.awaited.isEmpty() || !parts.released.isEmpty();
      }
    }
    return waits;
  }

  private static boolean isEndless(FlowDraft flow, int step) {
    return flow.definitionOf(step).work() instanceof Work.Repeat repeat && repeat.isEndless();
  }

  /** Parts that have no effect any more, and those of an endless loop, stay where they are. */
  private static boolean isNeeded(FlowDraft flow, int step, PartsDraft parts) {
    return !isEndless(flow, step)
        && parts.phase != PartsPhase.UNDO
        && !parts.at(PartPlace.DONE).isEmpty()
        && Backward.owesUndo(flow, step);
  }
}
