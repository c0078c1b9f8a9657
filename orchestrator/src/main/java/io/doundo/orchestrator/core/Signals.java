package io.doundo.orchestrator.core;

import io.doundo.orchestrator.core.effect.Effect.RefuseSignal;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent.SignalReceived;
import io.doundo.orchestrator.core.state.ControlOutcome;
import io.doundo.orchestrator.core.state.FlowSignals;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.Signal;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.parts.PartWait;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The signals that a flow receives. Each is taken by one step, or refused once with the reason. A
 * signal that arrives before its step waits is kept until then, behind earlier ones. Of several
 * steps that wait for one name, each that does not accept a signal leaves it to the next one. The
 * answer to a task of this flow is for that task alone: no part of the flow gets it, because its
 * sender was asked about this task and about no other.
 */
final class Signals {

  private Signals() {}

  static void received(FlowDraft flow, SignalReceived event) {
    if (flow.before().signals().outcomeOf(event.controlId()) != null
        || isKept(flow, event.controlId())) {
      return;
    }
    Signal signal =
        new Signal(
            event.signal(),
            event.controlId(),
            event.payload(),
            event.onBehalfOf() == null ? event.requestedBy() : event.onBehalfOf(),
            event.at(),
            event.verified(),
            event.onBehalfOf() == null ? null : event.requestedBy(),
            List.of());
    String refusal = refusal(flow, signal);
    if (refusal == null && event.asOneOf() != null) {
      refusal = Tasks.refusalOfCompleting(flow, signal.name(), event.asOneOf());
    }
    if (refusal != null) {
      told(flow, -1, signal, refusal);
      return;
    }
    flow.rememberSignal(signal.controlId(), null);
    if (!isTakenNext(flow, signal.name())) {
      flow.auditSignal(FlowEventType.SIGNAL_KEPT, -1, signal, "is kept until a step waits for it");
    }
    List<Signal> kept = new ArrayList<>(flow.signals);
    kept.add(signal);
    flow.signals = kept;
  }

  /** The parent has handed on a signal, which it has accepted. */
  static void handed(FlowDraft flow, Signal signal) {
    if (flow.status.isTerminal() || !flow.isDefined()) {
      flow.giveBack(signal);
      return;
    }
    List<Signal> kept = new ArrayList<>(flow.signals);
    kept.add(undeclined(signal));
    flow.signals = kept;
  }

  /** The same signal, which no step of this flow has considered. */
  private static Signal undeclined(Signal signal) {
    return new Signal(
        signal.name(),
        signal.controlId(),
        signal.payload(),
        signal.by(),
        signal.at(),
        signal.verified(),
        signal.through(),
        List.of());
  }

  /** Parts have not taken these signals: they are the next ones again. */
  static void returned(FlowDraft flow, List<Signal> signals) {
    if (!signals.isEmpty()) {
      List<Signal> kept = new ArrayList<>();
      signals.forEach(signal -> kept.add(undeclined(signal)));
      kept.addAll(flow.signals);
      flow.signals = kept;
    }
  }

  /** Hands kept signals, other than answers to tasks, to those parts that wait for them. */
  static void passOn(FlowDraft flow, int step) {
    PartsDraft parts = flow.steps[step].parts;
    if (parts == null || parts.waits.isEmpty() || flow.isPaused()) {
      return;
    }
    for (Signal signal : List.copyOf(flow.signals)) {
      PartWait wait = isAsked(flow, signal.name()) ? null : waiting(flow, parts, signal.name());
      if (wait != null) {
        parts.handed(wait);
        remove(flow, signal);
        String part = Parts.flowIdOf(flow, step, wait.index());
        flow.auditSignal(FlowEventType.SIGNAL_PASSED_ON, step, signal, "is handed to part " + part);
        Parts.hand(flow, step, wait.index(), signal);
      }
    }
  }

  /** The part that gets a signal of this name; null when none does. */
  private static @Nullable PartWait waiting(FlowDraft flow, PartsDraft parts, String name) {
    return Tasks.isTask(flow, name) ? null : parts.waiting(name);
  }

  /** Whether the signal was addressed to another flow, which has handed it to this part. */
  private static boolean isHanded(FlowDraft flow, Signal signal) {
    return flow.before().origin().partOf() != null && !flow.remembersSignal(signal.controlId());
  }

  /** Whether the signal is still kept: it may have left the list of remembered outcomes. */
  private static boolean isKept(FlowDraft flow, String controlId) {
    for (Signal kept : flow.signals) {
      if (kept.controlId().equals(controlId)) {
        return true;
      }
    }
    return false;
  }

  /** How the audit log names a signal. */
  static String name(Signal signal) {
    return "signal %s [%s]%s%s"
        .formatted(
            signal.name(),
            signal.controlId(),
            signal.by() == null ? "" : " by " + signal.by(),
            signal.through() == null ? "" : ", sent by " + signal.through());
  }

  private static @Nullable String refusal(FlowDraft flow, Signal signal) {
    String obstacle = obstacle(flow, signal);
    if (obstacle != null) {
      return obstacle;
    }
    if (signal.size() > FlowSignals.MOST_BYTES) {
      return "its payload has %d bytes, and a signal has at most %d"
          .formatted(signal.size(), FlowSignals.MOST_BYTES);
    }
    if (isTakenNext(flow, signal.name())) {
      // It is taken at once and not kept, so the limit does not apply.
      return null;
    }
    if (flow.signals.size() >= FlowSignals.MOST_KEPT) {
      return "the flow already keeps "
          + FlowSignals.MOST_KEPT
          + " signals that no step has taken; send it once a step waits for it";
    }
    int bytes = signal.size();
    for (Signal kept : flow.signals) {
      bytes += kept.size();
    }
    return bytes > FlowSignals.MOST_BYTES
        ? "the flow would keep %d bytes of signals, but keeps at most %d"
            .formatted(bytes, FlowSignals.MOST_BYTES)
        : null;
  }

  /** Why no step will ever take the signal, or null when one may. */
  private static @Nullable String obstacle(FlowDraft flow, Signal signal) {
    if (flow.status.isTerminal()) {
      return "the flow has ended as " + flow.status;
    }
    if (!flow.isDefined()) {
      return null;
    }
    if (flow.leadsBack()) {
      return "the flow is being undone and waits for no signal any more";
    }
    boolean isKnown = false;
    for (int i = 0; i < flow.steps.length; i++) {
      boolean isForParts =
          !Tasks.isTask(flow, signal.name()) && isForParts(flow.definitionOf(i), signal.name());
      if (isForParts || isFor(flow, i, signal.name())) {
        isKnown = true;
        if (!flow.steps[i].passed() && signal.isOfferedTo(i)) {
          return null;
        }
      }
    }
    if (!isKnown) {
      return unknown(flow);
    }
    return signal.declinedBy().isEmpty()
        ? "no step waits for it any more"
        : "none of the steps that can still take it accepts it";
  }

  private static String unknown(FlowDraft flow) {
    TreeSet<String> names = new TreeSet<>();
    for (int i = 0; i < flow.steps.length; i++) {
      if (flow.definitionOf(i).work() instanceof Work.Signal wait) {
        names.add(wait.signal());
      }
    }
    return names.isEmpty()
        ? "orchestration " + flow.definition().name() + " waits for no signal"
        : "orchestration %s waits for no such signal, only for %s"
            .formatted(flow.definition().name(), String.join(", ", names));
  }

  /** Whether a step waits for the arriving signal and no earlier one is kept for it. */
  private static boolean isTakenNext(FlowDraft flow, String name) {
    if (flow.isFaulted()) {
      return false;
    }
    for (int i = 0; i < flow.steps.length; i++) {
      if (flow.steps[i].status == StepStatus.WAITING
          && isFor(flow, i, name)
          && offeredTo(flow, i, name) == null) {
        return true;
      }
      PartsDraft parts = flow.steps[i].parts;
      if (parts != null && waiting(flow, parts, name) != null && !isKeptAlready(flow, name)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isKeptAlready(FlowDraft flow, String name) {
    return flow.signals.stream().anyMatch(kept -> kept.name().equals(name));
  }

  private static boolean isFor(FlowDraft flow, int step, String name) {
    return flow.definitionOf(step).work() instanceof Work.Signal wait && wait.signal().equals(name);
  }

  /** Whether a part of the step may wait for a signal of this name. */
  private static boolean isForParts(Step step, String name) {
    return step.work() instanceof Work.Parts parts
        && (parts.bodies().isEmpty()
            || parts.bodies().stream()
                .flatMap(body -> body.steps().stream())
                .anyMatch(
                    inner ->
                        isForParts(inner, name)
                            || (inner.work() instanceof Work.Signal wait
                                && wait.signal().equals(name))));
  }

  /** The first kept signal of this name that the step has not declined, or null. */
  static @Nullable Signal offeredTo(FlowDraft flow, int step, String name) {
    return FlowSignals.offeredTo(step, name, flow.signals);
  }

  /** Whether another step is considering a signal of this name. */
  static boolean isAsked(FlowDraft flow, String name) {
    for (int i = 0; i < flow.steps.length; i++) {
      if (flow.steps[i].status == StepStatus.COMPUTING && isFor(flow, i, name)) {
        return true;
      }
    }
    return false;
  }

  static void remove(FlowDraft flow, Signal signal) {
    List<Signal> kept = new ArrayList<>(flow.signals);
    kept.remove(signal);
    flow.signals = kept;
  }

  /**
   * A step that waits does not accept the signal. The other steps that wait for it are asked in
   * their order, each once. If none of them accepts it, a signal that has just arrived is refused,
   * because its sender hears of it; one whose sender was told that it is kept stays so as long as a
   * later step may take it.
   */
  static void declined(FlowDraft flow, int step, Signal signal, String why) {
    Signal left = signal.declined(step);
    boolean isLeft =
        isAwaited(flow, left) || (!hasJustArrived(flow, left) && obstacle(flow, left) == null);
    if (!isLeft) {
      remove(flow, signal);
      told(flow, step, signal, why);
      return;
    }
    List<Signal> kept = new ArrayList<>(flow.signals);
    kept.set(kept.indexOf(signal), left);
    flow.signals = kept;
    flow.auditSignal(FlowEventType.SIGNAL_KEPT, step, left, "is left to other steps: " + why);
  }

  /** Whether a step that waits now has yet to consider the signal. */
  private static boolean isAwaited(FlowDraft flow, Signal signal) {
    for (int i = 0; i < flow.steps.length; i++) {
      if (flow.steps[i].status == StepStatus.WAITING
          && isFor(flow, i, signal.name())
          && signal.isOfferedTo(i)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the signal was received in the transition that this decision continues. */
  private static boolean hasJustArrived(FlowDraft flow, Signal signal) {
    ControlOutcome received = flow.before().signals().outcomeOf(signal.controlId());
    return received != null && received.transition() == flow.before().transitions();
  }

  private static void refuse(FlowDraft flow, Signal signal, String why) {
    remove(flow, signal);
    told(flow, -1, signal, why);
  }

  private static void told(FlowDraft flow, int step, Signal signal, String why) {
    flow.rememberSignal(signal.controlId(), why);
    flow.auditSignal(FlowEventType.SIGNAL_REFUSED, step, signal, "refused: " + why);
    flow.add(new RefuseSignal(signal, name(signal) + " refused: " + why));
  }

  /** Refuses the kept signals that no step will take any more. */
  static void refuseObsolete(FlowDraft flow) {
    if (flow.signals.isEmpty() || (flow.status == FlowStatus.WAITING && !flow.isDefined())) {
      return;
    }
    for (Signal signal : List.copyOf(flow.signals)) {
      String obstacle = obstacle(flow, signal);
      if (obstacle != null && isHanded(flow, signal)) {
        remove(flow, signal);
        flow.giveBack(signal);
      } else if (obstacle != null) {
        refuse(flow, signal, obstacle);
      }
    }
  }
}
