package io.doundo.orchestrator.core;

import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.event.FlowEvent.Expectation;
import io.doundo.orchestrator.core.event.FlowEvent.Resolution;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepEffect;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.parts.ParentVerb;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.text.DurationText;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Carries out requests of operators, or refuses them with the reason. A control id counts once: a
 * repeated request changes nothing and keeps its outcome.
 */
final class Controls {

  private Controls() {}

  static void requested(FlowDraft flow, ControlRequested event) {
    if (flow.before().notes().outcomeOf(event.controlId()) != null) {
      return;
    }
    String changed = changedMeanwhile(flow, event.expect());
    String refusal = changed != null ? changed : refusal(flow, event);
    flow.remember(event.controlId(), refusal);
    if (refusal != null) {
      flow.audit(FlowEventType.CONTROL_REFUSED, event.verb() + " refused: " + refusal);
      return;
    }
    flow.audit(FlowEventType.CONTROL_ACCEPTED, describe(event));
    carryOut(flow, event);
  }

  /** How the flow differs from what the operator saw, or null if it does not. */
  private static @Nullable String changedMeanwhile(FlowDraft flow, @Nullable Expectation expect) {
    if (expect == null) {
      return null;
    }
    if (!expect.statuses().isEmpty() && !expect.statuses().contains(flow.status)) {
      List<FlowStatus> expected = expect.statuses().stream().sorted().toList();
      return "CHANGED_MEANWHILE: the flow is %s, expected was %s"
          .formatted(
              flow.status,
              expected.stream().map(FlowStatus::name).collect(Collectors.joining(" or ")));
    }
    int transition = flow.before().transitions();
    return expect.transition() == 0 || expect.transition() == transition
        ? null
        : "CHANGED_MEANWHILE: the flow's last transition is %d, expected was %d"
            .formatted(transition, expect.transition());
  }

  private static String describe(ControlRequested event) {
    StringBuilder text = new StringBuilder(event.verb().name());
    if (event.step() != null) {
      text.append(" step ").append(event.step());
    }
    if (event.requestedBy() != null) {
      text.append(" by ").append(event.requestedBy());
    }
    if (event.reason() != null) {
      text.append(": ").append(event.reason());
    }
    return text.toString();
  }

  private static @Nullable String refusal(FlowDraft flow, ControlRequested event) {
    String ofPart = Family.refusal(flow, event.verb());
    if (ofPart != null) {
      return ofPart;
    }
    if (flow.status.isTerminal()) {
      return refusalOfEnded(flow, event.verb());
    }
    if (flow.status == FlowStatus.WAITING) {
      return switch (event.verb()) {
        case UNDO, CANCEL, ABANDON -> null;
        case RETRY, SKIP, RESOLVE, PAUSE, RESUME -> "the flow is still waiting for its definition";
        case ASSIGN -> "the flow is still waiting for its definition";
        case SIGNAL -> throw notAVerb();
      };
    }
    return switch (event.verb()) {
      case UNDO, CANCEL ->
          flow.leadsBack() ? "the flow is already being undone" : Cancelling.obstacle(flow);
      case RETRY, SKIP, RESOLVE -> StepControls.refusal(flow, event);
      case PAUSE -> {
        if (flow.status == FlowStatus.PARKED && !isWaiting(flow)) {
          yield "the flow is parked and sends nothing";
        }
        yield flow.paused ? "the flow is already paused" : null;
      }
      case RESUME -> flow.paused ? null : "the flow is not paused";
      case ABANDON -> null;
      case ASSIGN -> Tasks.refusalOfAssigning(flow, event);
      case SIGNAL -> throw notAVerb();
    };
  }

  /**
   * Whether a parked flow may go on by itself, when a step has waited long enough, or has parts
   * that run on while the orchestrator fails on the flow.
   */
  private static boolean isWaiting(FlowDraft flow) {
    for (StepDraft step : flow.steps) {
      if (step.status == StepStatus.WAITING || step.awaitsParts()) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable String refusalOfEnded(FlowDraft flow, ControlAction verb) {
    if (flow.status != FlowStatus.COMPLETED) {
      return "the flow has ended as " + flow.status;
    }
    return switch (verb) {
      case UNDO -> {
        Duration window = flow.definition().undoWindow();
        yield flow.at > flow.endedAt + window.toMillis()
            ? "the flow's undo window of " + DurationText.of(window) + " is over"
            : Cancelling.obstacle(flow);
      }
      case CANCEL -> "the flow has completed; use UNDO instead";
      case RETRY, SKIP, RESOLVE, PAUSE, RESUME, ABANDON, ASSIGN -> "the flow has completed";
      case SIGNAL -> throw notAVerb();
    };
  }

  private static void carryOut(FlowDraft flow, ControlRequested event) {
    String why = describe(event);
    switch (event.verb()) {
      case UNDO, CANCEL -> {
        if (flow.status == FlowStatus.WAITING) {
          flow.reason = why;
          flow.end(FlowStatus.REJECTED, FlowEventType.FLOW_REJECTED, why);
        } else {
          Parking.takeUp(flow);
          Cancelling.cancel(flow, why);
        }
      }
      case RETRY, SKIP, RESOLVE -> StepControls.carryOut(flow, event);
      case PAUSE -> {
        flow.paused = true;
        flow.pausedBy = event.requestedBy();
        flow.audit(FlowEventType.FLOW_PAUSED, event.reason());
      }
      case RESUME -> {
        flow.paused = false;
        flow.audit(FlowEventType.FLOW_RESUMED, event.reason());
      }
      case ABANDON -> abandon(flow, why);
      case ASSIGN -> Tasks.assign(flow, event);
      case SIGNAL -> throw notAVerb();
    }
  }

  static void abandon(FlowDraft flow, String why) {
    Parts.askRunning(flow, ParentVerb.ABANDON, why);
    flow.reason = why;
    for (StepDraft step : flow.steps) {
      giveUp(step);
    }
    flow.end(FlowStatus.ABANDONED, FlowEventType.FLOW_ABANDONED, why);
  }

  private static IllegalArgumentException notAVerb() {
    return new IllegalArgumentException("a signal is no request of an operator");
  }

  /** Stops waiting. Commands that may have been sent may still have their effect. */
  private static void giveUp(StepDraft step) {
    if (step.doInFlight() || step.status == StepStatus.ARMED) {
      if (step.openAttempt > 0) {
        step.raise(StepEffect.IN_DOUBT, step.openAttempt);
      } else {
        step.doubtArmed();
      }
      step.status = StepStatus.IN_DOUBT;
      step.armedTurn = 0;
    }
    if (step.status == StepStatus.WAITING) {
      step.status = StepStatus.NOT_TAKEN;
    }
    step.rest();
  }

  /** Whether RESOLVE declares the step done, rather than without effect. */
  static boolean declaresDone(ControlRequested event) {
    return event.resolution() == Resolution.DONE;
  }
}
