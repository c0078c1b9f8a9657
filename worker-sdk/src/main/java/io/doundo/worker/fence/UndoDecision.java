package io.doundo.worker.fence;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.json.RawJson;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The fence's decision on an UNDO. */
public sealed interface UndoDecision {

  <R> R accept(Handler<R> handler);

  /**
   * Run the handler, then {@link Fence#finish}.
   *
   * @param effect what the fence and the orchestrator together know of the DO
   * @param result what the DO returned, if the fence still has it; it is newer than the one in the
   *     command
   */
  record Run(Token token, KnownEffect effect, @Nullable RawJson result) implements UndoDecision {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /**
   * Another run holds the step: make the same claim again when this time has passed. A DO has been
   * told to stop, with its next renewal.
   */
  record Wait(Duration remaining) implements UndoDecision {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /**
   * Run nothing and answer this; once that is acknowledged, {@link Fence#answered}.
   *
   * @param token whose run gave the answer
   * @param replayed whether the answer was stored, and not found just now
   */
  record Reply(StepAnswer answer, Token token, boolean replayed) implements UndoDecision {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** One method for each case, so that a missing one does not compile. */
  interface Handler<R> {
    R on(Run run);

    R on(Wait wait);

    R on(Reply reply);
  }
}
