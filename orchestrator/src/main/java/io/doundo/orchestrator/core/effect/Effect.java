package io.doundo.orchestrator.core.effect;

import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.Purpose;
import io.doundo.orchestrator.core.state.Signal;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.KnownEffect;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something to be done because of a decision. Effects are carried out in the order given. */
public sealed interface Effect {

  <R> R accept(Handler<R> handler);

  /** One method per effect, so that a missing case does not compile. */
  interface Handler<R> {
    R on(AskBreaker effect);

    R on(DispatchStep effect);

    R on(ScheduleTimer effect);

    R on(CancelTimer effect);

    R on(SendTurn effect);

    R on(Evaluate effect);

    R on(PublishFlowEvent effect);

    R on(TellFlow effect);

    R on(KeepPart effect);

    R on(Hold effect);

    R on(Unhold effect);

    R on(RefuseSignal effect);

    R on(RefuseEvent effect);
  }

  /**
   * Ask a breaker whether the command may be sent that this decision sends, or sends once the turn
   * is committed. If the breaker holds it back, that command is not sent, and {@code DispatchHeld}
   * is handed in before any other event. Comes before the command.
   *
   * @param step index in the definition
   * @param attempt the number of the command
   * @param past whether the command goes past a breaker that is not forced open
   */
  record AskBreaker(
      int step, String stepName, CommandAction action, int attempt, String breaker, boolean past)
      implements Effect {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /**
   * Remember that a step of the flow is held, so that it is found when the breaker lets commands
   * through again.
   */
  record Hold(String stepName, String breaker) implements Effect {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** Forget that a step of the flow is held: it is not held any more. */
  record Unhold(String stepName, String breaker) implements Effect {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /**
   * Send a DO or UNDO command.
   *
   * @param step index in the definition
   * @param effect the known effect of the DO; null for a DO
   * @param deadline ms since the epoch
   * @param payload the JSON values to merge, top-level fields, later wins; a single one is passed
   *     on as it is; none is {@code {}}
   */
  record DispatchStep(
      int step,
      String stepName,
      CommandAction action,
      int generation,
      int attempt,
      String commandId,
      @Nullable KnownEffect effect,
      long deadline,
      List<Content> payload)
      implements Effect {
    public DispatchStep {
      payload = List.copyOf(payload);
    }

    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** Set the flow's one timer, in ms since the epoch. */
  record ScheduleTimer(long at) implements Effect {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** Remove the flow's timer that was set for this time, in ms since the epoch. */
  record CancelTimer(long at) implements Effect {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** Send a turn record through the transactional topic, to be read back once committed. */
  record SendTurn(int turn) implements Effect {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /**
   * Evaluate an expression of a step, and hand in {@code Evaluated} before any other event.
   *
   * @param step index in the definition; -1 for an expression of the whole flow
   * @param stepName empty for an expression of the whole flow
   */
  record Evaluate(int step, String stepName, Purpose purpose) implements Effect {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /**
   * Write an entry of the audit log.
   *
   * @param durationMs how long the attempt or the flow took, or -1
   * @param controlId the id of the signal that the entry is about, or null
   */
  record PublishFlowEvent(
      FlowEventType type,
      @Nullable String step,
      @Nullable CommandAction action,
      int generation,
      int attempt,
      long durationMs,
      @Nullable String worker,
      @Nullable String reason,
      @Nullable String controlId)
      implements Effect {

    /** An entry that is about no signal. */
    public PublishFlowEvent(
        FlowEventType type,
        @Nullable String step,
        @Nullable CommandAction action,
        int generation,
        int attempt,
        long durationMs,
        @Nullable String worker,
        @Nullable String reason) {
      this(type, step, action, generation, attempt, durationMs, worker, reason, null);
    }

    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** Send a message to another flow through the transactional topic. */
  record TellFlow(String flowId, FlowMessage message) implements Effect {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /**
   * Keep what an ended part has given, or why it failed, beside the flow, until the results of all
   * parts of the step are put together.
   *
   * @param step index in the definition
   * @param attempt of the step
   * @param index of the part
   */
  record KeepPart(
      int step, int attempt, int index, @Nullable Content result, @Nullable String error)
      implements Effect {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** No step takes the signal: tell its sender. It has just arrived, or was kept for a while. */
  record RefuseSignal(Signal signal, String reason) implements Effect {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /**
   * The event cannot apply to this flow: keep it whole in the dead-letter topic. For a flow
   * rejected because no definition arrived, it is the start.
   */
  record RefuseEvent(String reason) implements Effect {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }
}
