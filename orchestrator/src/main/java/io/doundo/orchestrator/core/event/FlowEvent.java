package io.doundo.orchestrator.core.event;

import io.doundo.orchestrator.core.effect.FlowMessage.Moved;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.PartOf;
import io.doundo.orchestrator.core.state.PartStatus;
import io.doundo.orchestrator.core.state.PartsPlan;
import io.doundo.orchestrator.core.state.Purpose;
import io.doundo.orchestrator.core.state.Signal;
import io.doundo.orchestrator.core.state.parts.ParentVerb;
import io.doundo.orchestrator.core.state.parts.PartLink;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.ControlAction;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Something that has happened to a flow. {@code at} is the orchestrator's clock when it accepted
 * the event, in ms since the epoch; deadlines are counted from it.
 */
public sealed interface FlowEvent {

  long at();

  <R> R accept(Handler<R> handler);

  /** One method per event, so that a missing case does not compile. */
  interface Handler<R> {
    R on(FlowStarted event);

    R on(DefinitionFound event);

    R on(StepSucceeded event);

    R on(StepFailed event);

    R on(EffectLanded event);

    R on(TimeReached event);

    R on(TurnCommitted event);

    R on(DispatchImpossible event);

    R on(DispatchHeld event);

    R on(HoldEnded event);

    R on(Evaluated event);

    R on(EngineFailed event);

    R on(ControlRequested event);

    R on(SignalReceived event);

    R on(ChildMoved event);

    R on(ParentAsked event);

    R on(SignalHanded event);
  }

  /**
   * A start event was read.
   *
   * @param headers the start's own body headers, a JSON object, or null
   * @param refusal why its orchestration accepts no starts, or null when it does
   * @param part the flow that has begun it as a part; null for a flow that stands alone
   * @param requestedBy the authenticated caller who started it over REST, or the flow at the top;
   *     null for a start that did not come over REST
   */
  record FlowStarted(
      long at,
      String flowId,
      String incarnation,
      String orchestrationName,
      Content payload,
      String startDigest,
      @Nullable String initiator,
      @Nullable Content headers,
      @Nullable String refusal,
      @Nullable PartOf part,
      @Nullable String requestedBy)
      implements FlowEvent {

    /** A start of a flow that is no part, and that did not come over REST. */
    public FlowStarted(
        long at,
        String flowId,
        String incarnation,
        String orchestrationName,
        Content payload,
        String startDigest,
        @Nullable String initiator,
        @Nullable Content headers,
        @Nullable String refusal) {
      this(
          at,
          flowId,
          incarnation,
          orchestrationName,
          payload,
          startDigest,
          initiator,
          headers,
          refusal,
          null,
          null);
    }

    /** A start of an orchestration that accepts starts. */
    public FlowStarted(
        long at,
        String flowId,
        String incarnation,
        String orchestrationName,
        Content payload,
        String startDigest,
        @Nullable String initiator,
        @Nullable Content headers) {
      this(
          at,
          flowId,
          incarnation,
          orchestrationName,
          payload,
          startDigest,
          initiator,
          headers,
          null);
    }

    /** A start without extra body headers. */
    public FlowStarted(
        long at,
        String flowId,
        String incarnation,
        String orchestrationName,
        Content payload,
        String startDigest,
        @Nullable String initiator) {
      this(at, flowId, incarnation, orchestrationName, payload, startDigest, initiator, null);
    }

    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /**
   * The definition that a flow waited for has arrived.
   *
   * @param refusal why the orchestration accepts no starts, or null when it does
   */
  record DefinitionFound(long at, @Nullable String refusal) implements FlowEvent {

    /** The definition of an orchestration that accepts starts. */
    public DefinitionFound(long at) {
      this(at, null);
    }

    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /**
   * How an answer identifies its command and the worker that ran it.
   *
   * @param commandId the echoed {@code saga-command-id}, or null
   * @param attempt the echoed attempt, or 0
   * @param vouched whether it comes from behind a fence that lost nothing, so that an UNDO already
   *     sent covers the effect that it reports
   * @param mayFollowUndo whether it comes from behind a fence that may have lost an UNDO of the
   *     step
   * @param workerVersion the version of the worker that ran the command, or null
   * @param pickedUp when the handler began, ms since the epoch by the worker's clock; 0 when the
   *     worker does not say. Like {@code handledMs} it is for people: nothing is decided by it
   * @param handledMs how long the handler ran; 0 when the worker does not say
   */
  record AnswerOf(
      @Nullable String commandId,
      int attempt,
      boolean vouched,
      boolean mayFollowUndo,
      @Nullable String workerVersion,
      long pickedUp,
      long handledMs) {

    /** An answer of a worker that does not say how long its handler ran. */
    public AnswerOf(
        @Nullable String commandId, int attempt, boolean vouched, @Nullable String workerVersion) {
      this(commandId, attempt, vouched, false, workerVersion, 0, 0);
    }

    /** An answer of a worker that does not say its version either. */
    public AnswerOf(@Nullable String commandId, int attempt, boolean vouched) {
      this(commandId, attempt, vouched, null);
    }

    /** An answer that echoes nothing: it is matched by count. */
    public static final AnswerOf UNMARKED = new AnswerOf(null, 0, false);
  }

  /**
   * A worker answered that a DO or an UNDO succeeded.
   *
   * @param result null for an absent, null or empty payload; ignored for an UNDO
   * @param unchanged whether this attempt of a DO did nothing, because nothing was left to do; it
   *     says nothing of other attempts
   * @param inDoubt whether an earlier run of the same, unchanged attempt may have had an effect
   */
  record StepSucceeded(
      long at,
      String step,
      CommandAction action,
      AnswerOf answerOf,
      @Nullable Content result,
      @Nullable String worker,
      boolean unchanged,
      boolean inDoubt)
      implements FlowEvent {

    /** A success with an effect. */
    public StepSucceeded(
        long at,
        String step,
        CommandAction action,
        AnswerOf answerOf,
        @Nullable Content result,
        @Nullable String worker) {
      this(at, step, action, answerOf, result, worker, false, false);
    }

    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /**
   * A worker answered that a DO or an UNDO failed.
   *
   * @param action null for {@code FAIL_STEP}, which does not name it: then it is the action in
   *     flight
   * @param notBefore the worker requests no further attempt before this time, ms since the epoch;
   *     or 0
   * @param serviceFault whether the worker reports that its service is unwell; recorded only
   */
  record StepFailed(
      long at,
      String step,
      @Nullable CommandAction action,
      AnswerOf answerOf,
      FailureKind kind,
      @Nullable String error,
      @Nullable String worker,
      long notBefore,
      boolean serviceFault)
      implements FlowEvent {

    /** A failure without a requested pause or a service fault. */
    public StepFailed(
        long at,
        String step,
        @Nullable CommandAction action,
        AnswerOf answerOf,
        FailureKind kind,
        @Nullable String error,
        @Nullable String worker) {
      this(at, step, action, answerOf, kind, error, worker, 0, false);
    }

    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** A worker answered {@code LATE_EFFECT}: its DO or UNDO landed after it lost its lease. */
  record EffectLanded(
      long at,
      String step,
      CommandAction action,
      AnswerOf answerOf,
      @Nullable Content result,
      @Nullable String worker)
      implements FlowEvent {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** The flow's timer fired; everything due at or before {@code at} is due. */
  record TimeReached(long at) implements FlowEvent {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** A turn record was read back, so the decision that sent it is committed. */
  record TurnCommitted(long at, int turn) implements FlowEvent {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /**
   * A command just decided could not be sent: its topic is missing or it is too large. Nothing left
   * the orchestrator.
   */
  record DispatchImpossible(
      long at, String step, CommandAction action, int attempt, boolean retryable, String error)
      implements FlowEvent {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /**
   * A breaker holds back a command that was just decided. Nothing left the orchestrator, and the
   * attempt does not count.
   *
   * @param attempt the number that the command would have had; the next one gets it
   * @param breaker the name of the breaker
   */
  record DispatchHeld(long at, String step, CommandAction action, int attempt, String breaker)
      implements FlowEvent {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** The breaker lets the held command of a step through. Ignored by a step that is not held. */
  record HoldEnded(long at, String step) implements FlowEvent {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** The outcome of an evaluation. */
  sealed interface Evaluation {

    /** A condition is true or not. */
    record Truth(boolean value) implements Evaluation {}

    /** A value was computed; null for none. */
    record Value(@Nullable Content content) implements Evaluation {}

    /** A choice takes the branch with this index. */
    record Chosen(int branch) implements Evaluation {}

    /** A length of time in ms, or a point in time in ms since the epoch, depending on the step. */
    record Millis(long value) implements Evaluation {}

    /** The task of a step: its title and who may complete it. */
    record Asked(String title, @Nullable String assignee, List<String> candidates)
        implements Evaluation {
      public Asked {
        candidates = List.copyOf(candidates);
      }
    }

    /**
     * The parts of a step are known, and what each of them is started with.
     *
     * @param loop the state of the first round of a loop; null for other steps
     */
    record Planned(PartsPlan plan, @Nullable Content loop) implements Evaluation {}

    /**
     * A round of a loop has ended.
     *
     * @param loop the state after it, or null
     * @param isLast whether no further round begins
     * @param flow the definition of the next round, if it may be another one; or null
     * @param captured the values that the body of that definition reads of the flow that holds the
     *     step; null when they stay as they are
     */
    record Round(
        @Nullable Content loop,
        boolean isLast,
        @Nullable DefinitionId flow,
        @Nullable Content captured)
        implements Evaluation {

      /** The next round reads the same values as this one. */
      public Round(@Nullable Content loop, boolean isLast, @Nullable DefinitionId flow) {
        this(loop, isLast, flow, null);
      }
    }

    /** There is no value: the expression failed, or a rule is broken. */
    record Failed(String error) implements Evaluation {}
  }

  /** An expression that the flow asked for was evaluated, before anything else happened to it. */
  record Evaluated(long at, String step, Purpose purpose, Evaluation evaluation)
      implements FlowEvent {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /**
   * The orchestrator has failed repeatedly on this flow.
   *
   * @param error the cause, for the operator
   * @param part the part that has told something, where the orchestrator failed on that message;
   *     else null
   * @param isAwake whether that part has told that it has not ended
   * @param returned the signals that it has given back
   */
  record EngineFailed(
      long at, String error, @Nullable PartLink part, boolean isAwake, List<Signal> returned)
      implements FlowEvent {

    public EngineFailed {
      // Records of earlier releases do not have it.
      returned = returned == null ? List.of() : List.copyOf(returned);
    }

    /** The orchestrator has failed on something other than what a part has told. */
    public EngineFailed(long at, String error) {
      this(at, error, null, false, List.of());
    }

    /** The orchestrator has failed on what a part has told. */
    public static EngineFailed onMoved(long at, String error, Moved told) {
      return new EngineFailed(at, error, told.link(), told.status().isAwake(), told.returned());
    }

    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /**
   * A signal was sent to the flow.
   *
   * @param controlId distinguishes it from others of its name, and its repeats from new ones
   * @param payload null when it carries nothing
   * @param verified whether the orchestrator's API has authenticated {@code requestedBy}
   * @param onBehalfOf for whom {@code requestedBy} sent it; null for themselves
   * @param asOneOf the names of a sender who may complete only tasks for one of these; null for any
   */
  record SignalReceived(
      long at,
      String controlId,
      String signal,
      @Nullable Content payload,
      @Nullable String requestedBy,
      boolean verified,
      @Nullable String onBehalfOf,
      @Nullable List<String> asOneOf)
      implements FlowEvent {

    public SignalReceived {
      asOneOf = asOneOf == null ? null : List.copyOf(asOneOf);
    }

    /** A signal of somebody who may send any. */
    public SignalReceived(
        long at,
        String controlId,
        String signal,
        @Nullable Content payload,
        @Nullable String requestedBy,
        boolean verified,
        @Nullable String onBehalfOf) {
      this(at, controlId, signal, payload, requestedBy, verified, onBehalfOf, null);
    }

    /** A signal whose sender is not verified. */
    public SignalReceived(
        long at,
        String controlId,
        String signal,
        @Nullable Content payload,
        @Nullable String requestedBy) {
      this(at, controlId, signal, payload, requestedBy, false, null, null);
    }

    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /**
   * A part of the flow tells how it stands.
   *
   * @param link its place in this flow
   * @param number of the part's transition
   * @param answer whether this flow has asked
   * @param refusal whether the part does not go back, because it has passed its pivot
   * @param keptUntil until when the part is kept, ms since the epoch; 0 while it is not released;
   *     -1 when that is not told
   * @param result what a completed part gives, or null
   * @param error why it stands so, or null
   * @param leftStanding the steps whose effect it has left standing
   * @param returned the signals handed to it that no step of it takes, in their order
   * @param waitsFor the names of the signals that it waits for
   */
  record ChildMoved(
      long at,
      PartLink link,
      int number,
      PartStatus status,
      boolean answer,
      boolean refusal,
      long keptUntil,
      @Nullable Content result,
      @Nullable String error,
      List<String> leftStanding,
      List<Signal> returned,
      List<String> waitsFor)
      implements FlowEvent {

    public ChildMoved {
      leftStanding = List.copyOf(leftStanding);
      returned = List.copyOf(returned);
      waitsFor = List.copyOf(waitsFor);
    }

    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /**
   * The flow's parent asks something of it.
   *
   * @param link the place of this flow in its parent
   * @param why the reason of BACK and ABANDON, or null
   * @param until for RELEASE, when the flow expires, ms since the epoch; else 0
   */
  record ParentAsked(long at, PartLink link, ParentVerb verb, @Nullable String why, long until)
      implements FlowEvent {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /**
   * The flow's parent hands it a signal that it waits for.
   *
   * @param link the place of this flow in its parent
   */
  record SignalHanded(long at, PartLink link, Signal signal) implements FlowEvent {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** The outcome of a step that the RESOLVE verb declares. */
  enum Resolution {
    /** Forward: it is done, with the given result. Backward: it is undone. */
    DONE,
    /** Forward only: it had no effect, and has failed. */
    NO_EFFECT,
    /** Forward only: it is taken, although its condition could not be evaluated. */
    TAKEN,
    /** Forward only: it is not taken, although its condition could not be evaluated. */
    NOT_TAKEN,
    /** Forward only: a choice takes the branch that the request names. */
    BRANCH
  }

  /**
   * The state of the flow that the operator saw.
   *
   * @param statuses the flow must stand in one of these; none for any
   * @param transition the flow's last transition must have this number; 0 for any
   */
  record Expectation(Set<FlowStatus> statuses, int transition) {
    public Expectation {
      statuses = Set.copyOf(statuses);
    }
  }

  /**
   * An operator asks for something.
   *
   * @param expect the state that the flow must still have for it to be carried out, or null
   * @param step null for the whole flow, or for every step the verb can apply to
   * @param payload RETRY: the payload to send instead; RESOLVE: the step's result
   * @param assignee ASSIGN: the new assignee; null for all candidates
   * @param asOneOf ASSIGN: the names of an operator who may assign only tasks for one of these;
   *     null for any
   */
  record ControlRequested(
      long at,
      String controlId,
      ControlAction verb,
      @Nullable String step,
      @Nullable Content payload,
      Resolution resolution,
      @Nullable String reason,
      @Nullable String requestedBy,
      @Nullable Expectation expect,
      @Nullable Integer branch,
      @Nullable String assignee,
      @Nullable List<String> asOneOf)
      implements FlowEvent {

    public ControlRequested {
      asOneOf = asOneOf == null ? null : List.copyOf(asOneOf);
    }

    /** A request of somebody who may assign any task. */
    public ControlRequested(
        long at,
        String controlId,
        ControlAction verb,
        @Nullable String step,
        @Nullable Content payload,
        Resolution resolution,
        @Nullable String reason,
        @Nullable String requestedBy,
        @Nullable Expectation expect,
        @Nullable Integer branch,
        @Nullable String assignee) {
      this(
          at,
          controlId,
          verb,
          step,
          payload,
          resolution,
          reason,
          requestedBy,
          expect,
          branch,
          assignee,
          null);
    }

    /** A request without an assignee. */
    public ControlRequested(
        long at,
        String controlId,
        ControlAction verb,
        @Nullable String step,
        @Nullable Content payload,
        Resolution resolution,
        @Nullable String reason,
        @Nullable String requestedBy,
        @Nullable Expectation expect,
        @Nullable Integer branch) {
      this(
          at,
          controlId,
          verb,
          step,
          payload,
          resolution,
          reason,
          requestedBy,
          expect,
          branch,
          null,
          null);
    }

    /** A request that names no branch. */
    public ControlRequested(
        long at,
        String controlId,
        ControlAction verb,
        @Nullable String step,
        @Nullable Content payload,
        Resolution resolution,
        @Nullable String reason,
        @Nullable String requestedBy,
        @Nullable Expectation expect) {
      this(at, controlId, verb, step, payload, resolution, reason, requestedBy, expect, null);
    }

    /** A request that applies whatever state the flow is in. */
    public ControlRequested(
        long at,
        String controlId,
        ControlAction verb,
        @Nullable String step,
        @Nullable Content payload,
        Resolution resolution,
        @Nullable String reason,
        @Nullable String requestedBy) {
      this(at, controlId, verb, step, payload, resolution, reason, requestedBy, null);
    }

    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }
}
