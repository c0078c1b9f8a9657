package io.doundo.orchestrator.core;

import io.doundo.orchestrator.core.effect.Effect;
import io.doundo.orchestrator.core.effect.Effect.TellFlow;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.effect.FlowMessage.Moved;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation;
import io.doundo.orchestrator.core.event.FlowEvent.ParentAsked;
import io.doundo.orchestrator.core.state.FlowSignals;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.PartOf;
import io.doundo.orchestrator.core.state.PartStatus;
import io.doundo.orchestrator.core.state.PartsState;
import io.doundo.orchestrator.core.state.Purpose;
import io.doundo.orchestrator.core.state.Signal;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.parts.ParentVerb;
import io.doundo.orchestrator.core.state.parts.PartLink;
import io.doundo.orchestrator.core.state.parts.PartWait;
import io.doundo.orchestrator.definition.Work;
import io.doundo.protocol.ControlAction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A flow that is a part of another one: it tells its parent how it stands whenever that changes,
 * and answers each of its parent's words.
 */
final class Family {

  private static final int LONGEST_ERROR = 500;

  private Family() {}

  /** Whether there is such a flow, and it is this part. */
  static boolean isOf(@Nullable FlowState state, PartLink link) {
    PartOf partOf = state == null ? null : state.origin().partOf();
    return partOf != null && partOf.link().equals(link);
  }

  /** The answer for a part that is not there. */
  static TellFlow lost(PartLink link, List<Signal> returned) {
    String why = "there is no flow " + Parts.flowIdOf(link);
    return new TellFlow(
        link.flowId(),
        new Moved(
            link,
            0,
            PartStatus.LOST,
            true,
            false,
            Moved.NOT_TOLD,
            null,
            why,
            List.of(),
            returned,
            List.of()));
  }

  /** What the parent of a flow is told that was parked without asking its definition. */
  static List<Effect> toldOfFault(FlowState before, FlowState faulted) {
    PartOf partOf = before.origin().partOf();
    if (partOf == null || faulted.status() == before.status()) {
      return List.of();
    }
    PartLink link = partOf.link();
    return List.of(
        new TellFlow(
            link.flowId(),
            new Moved(
                link,
                faulted.transitions(),
                PartStatus.PARKED,
                false,
                false,
                faulted.life().keptUntil(),
                null,
                shortened(faulted.reason()),
                List.of(),
                List.of(),
                List.of())));
  }

  /** Carries out what the parent asks. */
  static void asked(FlowDraft flow, ParentAsked event) {
    flow.answersParent = true;
    switch (event.verb()) {
      case BACK -> {
        back(flow, event.why() == null ? "its parent takes it back" : event.why());
        if (flow.refusesParent) {
          tellResultAgain(flow);
        }
      }
      case PAUSE -> {
        if (!flow.status.isTerminal() && !flow.pausedAbove) {
          flow.pausedAbove = true;
          flow.audit(FlowEventType.FLOW_PAUSED, "with its parent");
        }
      }
      case RESUME -> {
        if (flow.pausedAbove) {
          flow.pausedAbove = false;
          flow.audit(FlowEventType.FLOW_RESUMED, "with its parent");
        }
      }
      case ABANDON -> {
        if (!flow.status.isTerminal()) {
          Controls.abandon(
              flow, "with its parent" + (event.why() == null ? "" : ": " + event.why()));
        }
      }
      case RELEASE -> flow.keptUntil = event.until();
      case KEEP -> {
        boolean isNew = flow.keptUntil == 0;
        flow.keptUntil = 0;
        // Parts of this part come back first. One that goes on has none that have to.
        flow.answersParent = !flow.status.isTerminal() || !Releases.hasReleased(flow);
        if (isNew && flow.answersParent) {
          tellResultAgain(flow);
        }
      }
    }
  }

  /** The flow, which has ended, tells its parent once more how it stands. */
  static void tellAgain(FlowDraft flow) {
    flow.answersParent = true;
    tellResultAgain(flow);
  }

  /** A completed part may have told its result to a parent that had no use for it then. */
  private static void tellResultAgain(FlowDraft flow) {
    if (flow.status == FlowStatus.COMPLETED) {
      flow.answersParent = false;
      flow.evaluate(Purpose.RESULT);
    }
  }

  private static void back(FlowDraft flow, String why) {
    if (flow.status == FlowStatus.WAITING) {
      flow.reason = why;
      flow.end(FlowStatus.REJECTED, FlowEventType.FLOW_REJECTED, why);
      return;
    }
    boolean hasEnded = flow.status.isTerminal() && flow.status != FlowStatus.COMPLETED;
    if (hasEnded || (flow.leadsBack() && !flow.isFaulted())) {
      return;
    }
    Parking.takeUp(flow);
    if (flow.leadsBack()) {
      return;
    }
    flow.refusesParent = Cancelling.obstacle(flow) != null;
    Cancelling.cancel(flow, why);
  }

  /** The pivot that decides whether the part goes back is passed: it does not. */
  static void refuseBack(FlowDraft flow) {
    if (flow.before().origin().partOf() != null) {
      flow.answersParent = true;
      flow.refusesParent = true;
    }
  }

  /** Whether the flow is a part whose steps have all passed, and its result is to be computed. */
  static boolean needsResult(FlowDraft flow) {
    return flow.before().origin().partOf() != null && !flow.hasResult;
  }

  /** The result of a part is known; without one it cannot count as completed, and is undone. */
  static void resultKnown(FlowDraft flow, Evaluation evaluation) {
    if (flow.status == FlowStatus.COMPLETED) {
      // Its parent has asked, and hears the result once more.
      flow.answersParent = true;
      flow.refusesParent = flow.passedPivot() >= 0;
      flow.ownResult = evaluation instanceof Evaluation.Value value ? value.content() : null;
      return;
    }
    if (evaluation instanceof Evaluation.Value value) {
      flow.hasResult = true;
      flow.ownResult = value.content();
    } else if (evaluation instanceof Evaluation.Failed failed) {
      withoutResult(flow, "its result: " + failed.error());
    } else {
      throw new IllegalStateException("the result of the flow gave " + evaluation);
    }
  }

  private static void withoutResult(FlowDraft flow, String why) {
    if (flow.passedPivot() < 0) {
      Backward.turn(flow, why);
    } else {
      // It cannot go back any more: it has completed, without a result.
      flow.hasResult = true;
      flow.audit(FlowEventType.INCIDENT, why);
    }
  }

  /** A flow that is paused or resumed passes it on to its parts. */
  static void passOn(FlowDraft flow, boolean wasPaused) {
    if (flow.isPaused() != wasPaused && !flow.status.isTerminal()) {
      Parts.askRunning(flow, flow.isPaused() ? ParentVerb.PAUSE : ParentVerb.RESUME, null);
    }
  }

  /** A part that is kept again says so once all its own parts are. */
  static void kept(FlowDraft flow, boolean wasRecalling) {
    boolean isKept = flow.status.isTerminal() && flow.keptUntil == 0;
    if (wasRecalling && isKept && !Releases.isRecalling(flow)) {
      flow.answersParent = true;
    }
  }

  /** Why an operator's verb is refused because the flow is a part, or null. */
  static @Nullable String refusal(FlowDraft flow, ControlAction verb) {
    PartOf partOf = flow.before().origin().partOf();
    boolean mayBeTakenBack = flow.status == FlowStatus.COMPLETED && flow.at <= flow.keptUntil;
    boolean isHeld = flow.keptUntil == 0 || mayBeTakenBack;
    if (partOf == null) {
      return null;
    }
    if (verb == ControlAction.RESUME && flow.pausedAbove && !flow.paused) {
      return "it is paused with %s; resume that".formatted(partOf.link().flowId());
    }
    return verb == ControlAction.UNDO && isHeld
        ? "it is a part of %s; undo that".formatted(partOf.link().flowId())
        : null;
  }

  /** Tells the parent how the flow stands, when that has changed or the parent has asked. */
  static void tellParent(FlowDraft flow) {
    PartOf partOf = flow.before().origin().partOf();
    if (partOf == null) {
      return;
    }
    PartStatus status = PartStatus.of(flow.status, flow.paused);
    List<String> waitsFor = waitsFor(flow);
    boolean isNews =
        status != PartStatus.of(flow.before().status(), flow.before().paused())
            || flow.answersParent
            || !flow.returned().isEmpty()
            || !waitsFor.equals(waitedFor(flow));
    if (!isNews) {
      return;
    }
    String parentId = partOf.link().flowId();
    flow.add(
        new TellFlow(
            parentId,
            new Moved(
                partOf.link(),
                flow.before().transitions() + 1,
                status,
                flow.answersParent,
                flow.refusesParent,
                flow.keptUntil,
                flow.ownResult,
                shortened(errorOf(flow, status)),
                leftStanding(flow),
                flow.returned(),
                waitsFor)));
  }

  private static @Nullable String errorOf(FlowDraft flow, PartStatus status) {
    return switch (status) {
      case COMPLETED -> null;
      case PAUSED -> flow.pausedBy;
      case RUNNING, PARKED, UNDONE, REJECTED, ABANDONED, LOST -> flow.reason;
    };
  }

  /** The signals that a step of the flow, or a part of it, waits for. */
  private static List<String> waitsFor(FlowDraft flow) {
    if (flow.status != FlowStatus.IN_PROGRESS && flow.status != FlowStatus.PARKED) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    for (int i = 0; i < flow.steps.length; i++) {
      PartsDraft parts = flow.steps[i].parts;
      add(names, flow, i, flow.steps[i].status, parts == null ? null : parts.waits);
    }
    return names;
  }

  private static List<String> waitedFor(FlowDraft flow) {
    FlowState before = flow.before();
    if (before.status() != FlowStatus.IN_PROGRESS && before.status() != FlowStatus.PARKED) {
      return List.of();
    }
    List<String> names = new ArrayList<>();
    for (int i = 0; i < before.steps().size(); i++) {
      StepState step = before.steps().get(i);
      PartsState parts = step.parts();
      add(names, flow, i, step.status(), parts == null ? null : parts.waits());
    }
    return names;
  }

  private static void add(
      List<String> names,
      FlowDraft flow,
      int step,
      StepStatus status,
      @Nullable List<PartWait> waits) {
    if (status == StepStatus.WAITING
        && flow.definitionOf(step).work() instanceof Work.Signal wait) {
      names.add(wait.signal());
    }
    if (waits != null && !waits.isEmpty()) {
      // The flow above keeps no more signals of one name, and hears again with each that it hands.
      Map<String, Integer> told = new HashMap<>();
      for (PartWait wait : waits) {
        // This flow hands no answer to its own task to a part.
        if (!Tasks.isTask(flow, wait.signal())
            && told.merge(wait.signal(), 1, Integer::sum) <= FlowSignals.MOST_KEPT) {
          names.add(wait.signal());
        }
      }
    }
  }

  private static @Nullable String shortened(@Nullable String text) {
    return text == null || text.length() <= LONGEST_ERROR
        ? text
        : text.substring(0, LONGEST_ERROR) + "…";
  }

  private static List<String> leftStanding(FlowDraft flow) {
    if (flow.status != FlowStatus.UNDONE && flow.status != FlowStatus.ABANDONED) {
      return List.of();
    }
    List<String> standing = new ArrayList<>();
    for (int i = 0; i < flow.steps.length; i++) {
      PartsDraft parts = flow.steps[i].parts;
      if (flow.steps[i].effect.mayExist() || (parts != null && parts.leavesStanding())) {
        standing.add(flow.definitionOf(i).name());
      }
    }
    return standing;
  }
}
