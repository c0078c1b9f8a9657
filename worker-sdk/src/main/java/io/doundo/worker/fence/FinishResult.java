package io.doundo.worker.fence;

/** The fence's decision after a run. */
public sealed interface FinishResult {

  <R> R accept(Handler<R> handler);

  /**
   * Answer this; once that is acknowledged, {@link Fence#answered}. It may say less than the run
   * did: a failure without effect is in doubt when an earlier run of the step was. {@code
   * LATE_EFFECT} when the run had lost the step and something of it may stand.
   */
  record Reply(StepAnswer answer) implements FinishResult {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /**
   * Say nothing: the run had lost the step, and the one that took it over answers for both. Or the
   * ending is repeated after the UNDO of the step has begun, which undoes it.
   */
  record Superseded() implements FinishResult {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** One method for each case, so that a missing one does not compile. */
  interface Handler<R> {
    R on(Reply reply);

    R on(Superseded superseded);
  }
}
