package io.doundo.orchestrator.core;

import io.doundo.orchestrator.core.effect.Effect.KeepPart;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent.ChildMoved;
import io.doundo.orchestrator.core.event.FlowEvent.DispatchImpossible;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.ParentVerb;
import io.doundo.orchestrator.core.state.PartPlace;
import io.doundo.orchestrator.core.state.PartStatus;
import io.doundo.orchestrator.core.state.PartsPhase;
import io.doundo.orchestrator.core.state.PartsPlan;
import io.doundo.orchestrator.core.state.PartsState;
import io.doundo.orchestrator.core.state.Purpose;
import io.doundo.orchestrator.core.state.Ranges;
import io.doundo.orchestrator.core.state.StepEffect;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.OnTimeout;
import io.doundo.orchestrator.definition.RetryPolicy;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.DurationText;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Steps whose work is done by flows of their own. {@code do}, {@code flow}, {@code forEach}, {@code
 * firstOf} and {@code repeat} differ only in how many parts they begin, and in when they have
 * succeeded or failed. A step that fails takes back all its parts first, and then has failed
 * without effect; nothing about it is ever in doubt, because a part can always be asked.
 *
 * <p>Events only change where the parts stand, and {@link #judge} decides what follows; {@link
 * #send} begins and takes back parts while the flow is neither paused nor waiting for a turn.
 */
final class PartsMachine extends WorkerlessMachine {

  static final PartsMachine INSTANCE = new PartsMachine();

  private PartsMachine() {}

  /** Whether a part of the step has to be taken back when the flow turns, or to be heard of. */
  static boolean owesUndo(FlowDraft flow, int step) {
    StepDraft draft = flow.steps[step];
    return draft.parts != null
        && draft.parts.sets.oweAnything()
        && (flow.definitionOf(step).undoable() || draft.status != StepStatus.DO_SUCCESS);
  }

  @Override
  public void begin(FlowDraft flow, int step) {
    StepDraft draft = flow.steps[step];
    draft.dueAt = 0;
    if (draft.startedAt == 0) {
      draft.startedAt = flow.at;
    }
    if (draft.parts != null && draft.parts.sets.oweAnything()) {
      // An operator asks again for the parts that were not there.
      askAgainForLost(draft.parts);
      run(flow, step, StepStatus.IN_PROGRESS);
      send(flow, step);
      return;
    }
    flow.evaluate(step, Purpose.PARTS);
  }

  private static void planned(FlowDraft flow, int step, Evaluation.Planned planned) {
    int depth = Parts.depthBelow(flow);
    if (depth > Parts.MOST_DEPTH) {
      String why =
          "its parts would stand below %d flows, and at most %d may stand above each other";
      Conditions.failed(flow, step, why.formatted(depth, Parts.MOST_DEPTH));
      return;
    }
    StepDraft draft = flow.steps[step];
    PartsDraft earlier = draft.parts;
    DefinitionId pinned = earlier == null ? null : earlier.plan.flow();
    PartsPlan plan = planned.plan();
    PartsPlan kept =
        pinned == null
            ? plan
            : new PartsPlan(plan.total(), pinned, plan.input(), plan.captured(), plan.items());
    int attempt = earlier == null ? 1 : earlier.attempt + 1;
    draft.parts = new PartsDraft(PartsState.begun(attempt, kept, planned.loop()));
    draft.doSent = attempt;
    long timeout = flow.definitionOf(step).timeout().toMillis();
    draft.dueAt = timeout == 0 ? 0 : flow.at + timeout;
    draft.error = null;
    run(flow, step, StepStatus.IN_PROGRESS);
    flow.auditStep(FlowEventType.STEP_STARTED, step, CommandAction.DO, null);
    judge(flow, step);
  }

  /** The step waits for its parts. */
  private static void run(FlowDraft flow, int step, StepStatus status) {
    StepDraft draft = flow.steps[step];
    draft.status = status;
    draft.openAttempt = Parts.of(flow, step).attempt;
  }

  private static void askAgainForLost(PartsDraft parts) {
    for (int index : parts.at(PartPlace.LOST).numbers().toArray()) {
      parts.move(index, PartPlace.RUNNING);
    }
  }

  /** A part tells how it stands. */
  static void moved(FlowDraft flow, int step, ChildMoved event) {
    StepDraft draft = flow.steps[step];
    PartsDraft parts = draft.parts;
    int index = event.link().index();
    PartPlace place = parts == null ? null : parts.sets.placeOf(index);
    Signals.returned(flow, event.returned());
    if (parts == null || place == null || event.link().attempt() != parts.attempt) {
      ofEarlierAttempt(flow, step, event);
      return;
    }
    if (event.answer()) {
      parts.awaited = parts.awaited.without(index);
    }
    parts.standing |= !event.leftStanding().isEmpty();
    parts.parked =
        event.status() == PartStatus.PARKED
            ? parts.parked.with(index)
            : parts.parked.without(index);
    if (event.status() == PartStatus.RUNNING || event.status() == PartStatus.PARKED) {
      if (event.refusal() && place == PartPlace.ASKED) {
        refused(flow, step, index, PartPlace.RUNNING);
      } else if (place == PartPlace.RUNNING) {
        parts.waitsFor(index, event.waitsFor());
      } else if (!event.answer() && (place == PartPlace.FAILED || place == PartPlace.UNDONE)) {
        wokenUp(flow, step, event);
      }
    } else {
      parts.repairing = parts.repairing.without(index);
      ended(flow, step, place, event);
    }
    judge(flow, step);
  }

  /** All parts of an earlier attempt have ended without effect, and repair themselves. */
  private static void ofEarlierAttempt(FlowDraft flow, int step, ChildMoved event) {
    if (event.status() == PartStatus.RUNNING && !event.answer()) {
      repairs(flow, step, event);
    }
  }

  private static void repairs(FlowDraft flow, int step, ChildMoved event) {
    flow.auditStep(
        FlowEventType.PART_BEGUN,
        step,
        CommandAction.UNDO,
        "part " + Parts.flowIdOf(event.link()) + " repairs a late effect");
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
    repairs(flow, step, event);
    boolean standsAnyway =
        draft.status == StepStatus.DO_SUCCESS && !flow.definitionOf(step).undoable();
    if (!flow.leadsBack() || standsAnyway) {
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
      run(flow, step, StepStatus.UNDOING);
    }
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
          case RUNNING, PARKED -> throw new IllegalArgumentException(event + " is no end");
        };
    boolean isRefused = event.refusal() && place == PartPlace.ASKED;
    if (isRefused && event.status() == PartStatus.COMPLETED) {
      refused(flow, step, index, PartPlace.DONE);
      completed(flow, step, event);
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
      parts.kept += result == null ? 0 : result.size();
      keep(flow, step, event);
    } else if (parts.phase == PartsPhase.FORWARD) {
      flow.steps[step].result = event.result();
    }
  }

  private static void keep(FlowDraft flow, int step, ChildMoved event) {
    if (Parts.workOf(flow, step) instanceof Work.ForEach) {
      flow.add(
          new KeepPart(
              step, event.link().attempt(), event.link().index(), event.result(), event.error()));
    }
  }

  /** Decides what follows from how the parts stand now. */
  private static void judge(FlowDraft flow, int step) {
    StepDraft draft = flow.steps[step];
    if (!draft.awaitsParts()) {
      settle(flow, step);
      return;
    }
    if (draft.status == StepStatus.UNDOING) {
      judgeUndo(flow, step);
      return;
    }
    PartsDraft parts = Parts.of(flow, step);
    if (parts.phase == PartsPhase.FORWARD) {
      judgeForward(flow, step);
    }
    if (draft.status != StepStatus.IN_PROGRESS) {
      return;
    }
    switch (parts.phase) {
      case WON -> {
        if (!parts.at(PartPlace.LOST).isEmpty()) {
          fail(flow, step, null);
        } else if (!parts.owesOthers()) {
          flow.evaluate(step, Purpose.GATHER);
        }
      }
      case FAILING, TIMED_OUT -> judgeFailing(flow, step);
      case FORWARD, UNDO -> {
        // Parts are on their way.
      }
    }
  }

  /** A step whose parts have all ended without effect before they were asked back has failed. */
  private static void settle(FlowDraft flow, int step) {
    StepDraft draft = flow.steps[step];
    boolean isOpen = draft.status == StepStatus.IN_PROGRESS || draft.status == StepStatus.IN_DOUBT;
    if (isOpen && flow.leadsBack() && !Parts.of(flow, step).sets.oweAnything()) {
      draft.status = StepStatus.FAILED;
      draft.effect = StepEffect.NONE;
    }
  }

  private static void judgeForward(FlowDraft flow, int step) {
    PartsDraft parts = Parts.of(flow, step);
    Work.Parts work = Parts.workOf(flow, step);
    int failed = parts.at(PartPlace.FAILED).size();
    boolean hasFailed =
        work instanceof Work.ForEach list
            ? list.tolerate().isExceeded(failed, parts.plan.total())
            : work instanceof Work.FirstOf ? failed == parts.plan.total() : failed > 0;
    boolean isDisturbed =
        !parts.at(PartPlace.LOST).isEmpty() || !parts.at(PartPlace.ABANDONED).isEmpty();
    Ranges done = parts.at(PartPlace.DONE);
    if (hasFailed || isDisturbed) {
      fail(flow, step, isDisturbed ? disturbance(flow, step) : reasonOf(flow, step, failed));
    } else if (work instanceof Work.FirstOf && !done.isEmpty()) {
      parts.phase = PartsPhase.WON;
      parts.winner = done.first();
      // From here the step waits for those that have lost, however long that takes.
      flow.steps[step].dueAt = 0;
    } else if (parts.next == parts.plan.total() && parts.at(PartPlace.RUNNING).isEmpty()) {
      allEnded(flow, step, work);
    }
  }

  private static void allEnded(FlowDraft flow, int step, Work.Parts work) {
    if (work instanceof Work.Repeat) {
      flow.evaluate(step, Purpose.NEXT);
    } else if (work instanceof Work.ForEach) {
      flow.evaluate(step, Purpose.GATHER);
    } else {
      succeeded(flow, step, flow.steps[step].result);
    }
  }

  private static String disturbance(FlowDraft flow, int step) {
    PartsDraft parts = Parts.of(flow, step);
    boolean isLost = !parts.at(PartPlace.LOST).isEmpty();
    int index = parts.at(isLost ? PartPlace.LOST : PartPlace.ABANDONED).first();
    return "part "
        + Parts.flowIdOf(flow, step, index)
        + (isLost ? " does not exist any more" : " was abandoned");
  }

  private static String reasonOf(FlowDraft flow, int step, int failed) {
    StepDraft draft = flow.steps[step];
    PartsDraft parts = Parts.of(flow, step);
    String last = draft.error == null ? "" : ": " + draft.error;
    return parts.plan.total() == 1
        ? "part "
            + Parts.flowIdOf(flow, step, parts.at(PartPlace.FAILED).first())
            + " failed"
            + last
        : "%d of %d parts failed, the last one%s".formatted(failed, parts.plan.total(), last);
  }

  /** The step fails once all its parts are taken back. */
  private static void fail(FlowDraft flow, int step, @Nullable String why) {
    StepDraft draft = flow.steps[step];
    PartsDraft parts = Parts.of(flow, step);
    draft.status = StepStatus.IN_PROGRESS;
    draft.dueAt = 0;
    parts.phase = PartsPhase.FAILING;
    parts.nextAt = 0;
    draft.failedWith(why == null ? disturbance(flow, step) : why);
  }

  private static void judgeFailing(FlowDraft flow, int step) {
    PartsDraft parts = Parts.of(flow, step);
    boolean mayBeAsked = parts.hasToAsk() || !parts.at(PartPlace.ASKED).isEmpty();
    if (mayBeAsked) {
      return;
    }
    if (!parts.at(PartPlace.LOST).isEmpty()) {
      lost(flow, step);
    } else if (!isRetried(flow, step) || parts.isReleased()) {
      failed(flow, step);
    }
    // Otherwise the parts of this attempt are released before the next one begins its own.
  }

  /** A part is not there, so nobody can tell what effect the step has. */
  private static void lost(FlowDraft flow, int step) {
    StepDraft draft = flow.steps[step];
    draft.rest();
    draft.status = StepStatus.IN_DOUBT;
    draft.endedAt = flow.at;
    draft.failedWith(disturbance(flow, step));
    flow.auditStep(FlowEventType.STEP_IN_DOUBT, step, CommandAction.DO, draft.error);
    if (flow.passedPivot() < 0) {
      Backward.turn(flow, "step " + flow.definitionOf(step).name() + " IN_DOUBT: " + draft.error);
    }
  }

  private static boolean isRetried(FlowDraft flow, int step) {
    Step definition = flow.definitionOf(step);
    StepDraft draft = flow.steps[step];
    PartsDraft parts = Parts.of(flow, step);
    boolean allowed =
        parts.phase == PartsPhase.TIMED_OUT
            ? definition.onTimeout() == OnTimeout.RETRY
            : definition.retry().retries(draft.error);
    return allowed
        && flow.cancelReason == null
        && draft.doSent - draft.doBase < definition.retry().maxAttempts();
  }

  /** All parts are taken back: the step has failed, and has no effect. */
  private static void failed(FlowDraft flow, int step) {
    StepDraft draft = flow.steps[step];
    boolean timedOut = Parts.of(flow, step).phase == PartsPhase.TIMED_OUT;
    boolean isRetried = isRetried(flow, step);
    RetryPolicy policy = flow.definitionOf(step).retry();
    int attempts = draft.doSent - draft.doBase;
    draft.rest();
    draft.endedAt = flow.at;
    draft.effect = StepEffect.NONE;
    draft.result = null;
    flow.auditStep(
        FlowEventType.STEP_FAILED,
        step,
        CommandAction.DO,
        flow.since(draft.startedAt),
        null,
        draft.error);
    if (isRetried) {
      draft.status = StepStatus.DO_FAIL;
      String seed =
          OutsideMachine.commandId(
              flow, step, CommandAction.DO, draft.generation, draft.doSent, List.of());
      long delay = Backoff.delayMs(policy, attempts, seed);
      // A step that is due backs off until a later event.
      draft.dueAt = flow.at + Math.max(1, delay);
      flow.auditStep(
          FlowEventType.STEP_RETRY_TRIGGERED,
          step,
          CommandAction.DO,
          "next attempt in " + DurationText.of(delay));
      return;
    }
    draft.status = attempts > 1 ? StepStatus.RETRY_EXHAUSTED : StepStatus.FAILED;
    Forward.givenUp(flow, step, timedOut);
  }

  private static void succeeded(FlowDraft flow, int step, @Nullable Content result) {
    StepDraft draft = flow.steps[step];
    draft.rest();
    draft.status = StepStatus.DO_SUCCESS;
    draft.effect = Parts.of(flow, step).next == 0 ? StepEffect.NONE : StepEffect.DONE;
    draft.endedAt = flow.at;
    draft.result = result;
    draft.error = null;
    flow.auditStep(
        FlowEventType.STEP_SUCCESS,
        step,
        CommandAction.DO,
        flow.since(draft.startedAt),
        null,
        null);
  }

  private static void judgeUndo(FlowDraft flow, int step) {
    StepDraft draft = flow.steps[step];
    PartsDraft parts = Parts.of(flow, step);
    if (parts.hasToAsk() || !parts.at(PartPlace.ASKED).isEmpty()) {
      return;
    }
    draft.rest();
    draft.endedAt = flow.at;
    if (!parts.at(PartPlace.LOST).isEmpty()) {
      draft.status = StepStatus.UNDO_FAIL;
      draft.failedWith(disturbance(flow, step));
      flow.auditStep(FlowEventType.STEP_FAILED, step, CommandAction.UNDO, draft.error);
      return;
    }
    draft.status = StepStatus.UNDO_SUCCESS;
    draft.effect = StepEffect.NONE;
    draft.error = null;
    flow.auditStep(FlowEventType.STEP_SUCCESS, step, CommandAction.UNDO, null);
  }

  @Override
  public void evaluated(FlowDraft flow, int step, Purpose purpose, Evaluation evaluation) {
    if (evaluation instanceof Evaluation.Planned planned) {
      planned(flow, step, planned);
    } else if (evaluation instanceof Evaluation.Failed failed && purpose == Purpose.PARTS) {
      Conditions.failed(flow, step, failed.error());
    } else if (evaluation instanceof Evaluation.Failed failed) {
      fail(flow, step, failed.error());
      judge(flow, step);
    } else if (evaluation instanceof Evaluation.Round round) {
      roundEnded(flow, step, round);
    } else if (evaluation instanceof Evaluation.Value value && purpose == Purpose.GATHER) {
      succeeded(flow, step, value.content());
    } else {
      throw new IllegalStateException(
          "%s of step %s gave %s".formatted(purpose, flow.definitionOf(step).name(), evaluation));
    }
  }

  private static void roundEnded(FlowDraft flow, int step, Evaluation.Round round) {
    StepDraft draft = flow.steps[step];
    PartsDraft parts = Parts.of(flow, step);
    if (!(Parts.workOf(flow, step) instanceof Work.Repeat repeat)) {
      throw new IllegalStateException("step " + flow.definitionOf(step).name() + " has no rounds");
    }
    draft.status = StepStatus.IN_PROGRESS;
    parts.loop = round.loop();
    int rounds = parts.next;
    flow.auditStep(
        FlowEventType.ROUND_ENDED, step, CommandAction.DO, "round " + rounds + " has ended");
    if (repeat.isEndless()) {
      Releases.releaseRound(flow, step, rounds - 1);
    }
    if (round.isLast()) {
      flow.evaluate(step, Purpose.GATHER);
    } else if (repeat.most() > 0 && rounds >= repeat.most()) {
      fail(flow, step, "after " + rounds + " rounds, which is the most, until is still false");
      judge(flow, step);
    } else {
      DefinitionId flowOfNext = round.flow() == null ? parts.plan.flow() : round.flow();
      parts.plan =
          new PartsPlan(
              rounds + 1,
              flowOfNext,
              parts.plan.input(),
              parts.plan.captured(),
              parts.plan.items());
      parts.nextAt = repeat.every().isZero() ? 0 : flow.at + repeat.every().toMillis();
    }
  }

  @Override
  public void timedOut(FlowDraft flow, int step) {
    StepDraft draft = flow.steps[step];
    PartsDraft parts = Parts.of(flow, step);
    long timeout = flow.definitionOf(step).timeout().toMillis();
    String why = "its parts have not ended within " + DurationText.of(timeout);
    draft.dueAt = 0;
    if (parts.phase == PartsPhase.FORWARD) {
      flow.auditStep(FlowEventType.STEP_TIMED_OUT, step, CommandAction.DO, timeout, null, why);
      fail(flow, step, why);
      parts.phase = PartsPhase.TIMED_OUT;
      judge(flow, step);
    }
  }

  /** Begins the parts whose turn it is, or asks back those that are taken back. */
  static void send(FlowDraft flow, int step) {
    PartsDraft parts = Parts.of(flow, step);
    if (flow.isPaused() || !flow.steps[step].awaitsParts()) {
      return;
    }
    if (parts.phase == PartsPhase.FORWARD) {
      beginNext(flow, step);
      return;
    }
    takeBack(flow, step);
    boolean isFailing = parts.phase == PartsPhase.FAILING || parts.phase == PartsPhase.TIMED_OUT;
    if (isFailing && !parts.sets.oweAnything()) {
      Releases.releaseAttempt(flow, step);
    }
  }

  private static void beginNext(FlowDraft flow, int step) {
    PartsDraft parts = Parts.of(flow, step);
    int atOnce = Parts.workOf(flow, step).atOnce();
    if (parts.nextAt > flow.at) {
      return;
    }
    while (parts.next < parts.plan.total() && parts.at(PartPlace.RUNNING).size() < atOnce) {
      int index = parts.next;
      Parts.begin(flow, step, index);
      parts.move(index, PartPlace.RUNNING);
      parts.next++;
      parts.nextAt = 0;
      flow.steps[step].effect = StepEffect.IN_DOUBT;
      flow.auditStep(
          FlowEventType.PART_BEGUN,
          step,
          CommandAction.DO,
          "part " + Parts.flowIdOf(flow, step, index) + " begins");
    }
  }

  /** Those that run are asked at once, the others last started first, some at a time. */
  private static void takeBack(FlowDraft flow, int step) {
    PartsDraft parts = Parts.of(flow, step);
    int atOnce = Parts.workOf(flow, step).atOnce();
    String why =
        flow.steps[step].status == StepStatus.UNDOING ? flow.reason : flow.steps[step].error;
    for (Ranges running = parts.at(PartPlace.RUNNING);
        !running.isEmpty();
        running = parts.at(PartPlace.RUNNING)) {
      askBack(flow, step, running.last(), why);
    }
    Ranges done = doneToAsk(parts);
    while (!done.isEmpty() && parts.at(PartPlace.ASKED).size() < atOnce) {
      askBack(flow, step, done.last(), why);
      done = doneToAsk(parts);
    }
  }

  private static Ranges doneToAsk(PartsDraft parts) {
    Ranges done = parts.at(PartPlace.DONE);
    return parts.phase == PartsPhase.WON ? done.without(parts.winner) : done;
  }

  private static void askBack(FlowDraft flow, int step, int index, @Nullable String why) {
    Parts.of(flow, step).move(index, PartPlace.ASKED);
    Parts.ask(flow, step, index, ParentVerb.BACK, why, 0);
  }

  @Override
  public void beginUndo(FlowDraft flow, int step) {
    PartsDraft parts = Parts.of(flow, step);
    askAgainForLost(parts);
    parts.phase = PartsPhase.UNDO;
    flow.steps[step].dueAt = 0;
    flow.steps[step].undoSent++;
    run(flow, step, StepStatus.UNDOING);
    flow.auditStep(FlowEventType.STEP_STARTED, step, CommandAction.UNDO, null);
    send(flow, step);
  }

  @Override
  public void withdraw(FlowDraft flow, int step) {
    StepDraft draft = flow.steps[step];
    PartsDraft parts = draft.parts;
    draft.dueAt = 0;
    if (parts == null || draft.status == StepStatus.DO_SUCCESS) {
      if (draft.status == StepStatus.DO_FAIL) {
        draft.status = StepStatus.FAILED;
      }
      return;
    }
    // Its parts are not drained: they are asked back.
    draft.openAttempt = 0;
    if (parts.sets.oweAnything()) {
      draft.status =
          switch (draft.status) {
            case IN_DOUBT, UNDOING, UNDO_FAIL -> draft.status;
            case RESOLVED -> StepStatus.DO_SUCCESS;
            default -> StepStatus.IN_PROGRESS;
          };
    } else if (draft.status != StepStatus.GIVEN_UP
        && draft.status != StepStatus.RETRY_EXHAUSTED
        && draft.status != StepStatus.SKIPPED
        && draft.status != StepStatus.RESOLVED) {
      draft.status = StepStatus.FAILED;
      draft.effect = StepEffect.NONE;
    }
  }

  @Override
  public void undeliverable(FlowDraft flow, int step, DispatchImpossible event) {
    flow.refuse("no command of step " + event.step() + " was decided");
  }
}
