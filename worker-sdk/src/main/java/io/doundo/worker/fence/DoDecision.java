package io.doundo.worker.fence;

import java.time.Duration;

/** The fence's decision on a DO. */
public sealed interface DoDecision {

  <R> R accept(Handler<R> handler);

  /**
   * Run the handler, then {@link Fence#finish}.
   *
   * @param again whether an earlier run may have had its effect already
   */
  record Run(Token token, boolean again) implements DoDecision {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /**
   * Ask the outside world whether an earlier run had its effect. If so, or if it cannot be told,
   * {@link Fence#finish}; if not, {@link Fence#ruledOut} and then run the handler under this token.
   */
  record Verify(Token token) implements DoDecision {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** Another run holds the step: make the same claim again when this time has passed. */
  record Wait(Duration remaining) implements DoDecision {
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
  record Reply(StepAnswer answer, Token token, boolean replayed) implements DoDecision {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** One method for each case, so that a missing one does not compile. */
  interface Handler<R> {
    R on(Run run);

    R on(Verify verify);

    R on(Wait wait);

    R on(Reply reply);
  }
}
