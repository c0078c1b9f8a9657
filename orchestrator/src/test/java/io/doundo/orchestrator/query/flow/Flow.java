package io.doundo.orchestrator.query.flow;

import io.doundo.orchestrator.core.FlowDecider;
import io.doundo.orchestrator.core.event.FailureKind;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.AnswerOf;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluated;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation;
import io.doundo.orchestrator.core.event.FlowEvent.FlowStarted;
import io.doundo.orchestrator.core.event.FlowEvent.ParentAsked;
import io.doundo.orchestrator.core.event.FlowEvent.Resolution;
import io.doundo.orchestrator.core.event.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.event.FlowEvent.TurnCommitted;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.PartOf;
import io.doundo.orchestrator.core.state.Purpose;
import io.doundo.orchestrator.core.state.parts.ParentVerb;
import io.doundo.orchestrator.core.state.parts.PartLink;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.ControlAction;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A flow moved by the core, for tests that need real states. */
final class Flow {

  static final Content PAYLOAD = new Content("0".repeat(32), 2, true);
  static final Content RESULT = new Content("1".repeat(32), 9, true);

  private final Orchestration definition;
  private @Nullable FlowState state;

  private Flow(Orchestration definition) {
    this.definition = definition;
  }

  static Flow started(Orchestration definition, String flowId, long at) {
    Flow flow = new Flow(definition);
    return flow.take(
        new FlowStarted(
            at,
            flowId,
            "%032x".formatted(at),
            definition.name(),
            PAYLOAD,
            "2".repeat(32),
            "web-shop"));
  }

  /** The first part of step {@code items} of another flow, begun by it. */
  static Flow begun(Orchestration definition, String parent, long at) {
    Flow flow = new Flow(definition);
    PartLink link = new PartLink(parent, "3".repeat(32), "items", 1, 0);
    return flow.take(
        new FlowStarted(
            at,
            PartOf.flowIdOf(link),
            "%032x".formatted(at),
            definition.name(),
            PAYLOAD,
            "2".repeat(32),
            "web-shop",
            null,
            null,
            new PartOf(link, parent, 1, definition.id(), null, null),
            null));
  }

  /** The part has completed, and its flow has not. */
  Flow gaveItsResult(long at) {
    return take(new Evaluated(at, "", Purpose.RESULT, new Evaluation.Value(RESULT)));
  }

  Flow succeeded(String step, long at) {
    return succeeded(step, RESULT, at);
  }

  Flow succeeded(String step, Content result, long at) {
    return take(
        new StepSucceeded(at, step, CommandAction.DO, AnswerOf.UNMARKED, result, "worker-1"));
  }

  /** The step fails for good, without effect. */
  Flow failed(String step, CommandAction action, long at) {
    return take(
        new StepFailed(
            at, step, action, AnswerOf.UNMARKED, FailureKind.NO_EFFECT_FINAL, "no", "worker-1"));
  }

  /** The turn to UNDO is committed. */
  Flow turned(long at) {
    return take(new TurnCommitted(at, state().turns().undo()));
  }

  Flow asked(ControlAction verb, @Nullable String step, long at) {
    return take(
        new ControlRequested(at, "c-" + at, verb, step, null, Resolution.DONE, "because", "alice"));
  }

  /** Its flow takes the part back. */
  Flow askedBack(long at) {
    PartLink link = Objects.requireNonNull(state().origin().partOf()).link();
    return take(new ParentAsked(at, link, ParentVerb.BACK, "because", 0));
  }

  Flow undoAsked(long at) {
    return take(
        new ControlRequested(
            at, "c-" + at, ControlAction.UNDO, null, null, Resolution.DONE, "wrong", "alice"));
  }

  FlowState state() {
    return Objects.requireNonNull(state);
  }

  private Flow take(FlowEvent event) {
    state = new FlowDecider().decide(definition, state, event).next();
    return this;
  }
}
