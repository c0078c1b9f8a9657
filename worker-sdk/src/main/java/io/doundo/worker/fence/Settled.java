package io.doundo.worker.fence;

import io.doundo.protocol.json.RawJson;
import org.jspecify.annotations.Nullable;

/** How a run ended. */
public sealed interface Settled {

  <R> R accept(Handler<R> handler);

  /** The DO returned, or was found to have been done. */
  record Done(@Nullable RawJson result) implements Settled {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** The DO returned, and vouches that this run had no effect: nothing was left to do. */
  record Unchanged(@Nullable RawJson result) implements Settled {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** The DO failed and vouches that this run had no effect. */
  record NoEffect(String error, boolean retryable) implements Settled {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** The DO threw, or could not be asked about: something may have happened. */
  record InDoubt(String error) implements Settled {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** The UNDO returned. */
  record Undone() implements Settled {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** The UNDO threw: the step goes back to what it was before. */
  record UndoThrew(String error) implements Settled {
    @Override
    public <R> R accept(Handler<R> handler) {
      return handler.on(this);
    }
  }

  /** One method for each case, so that a missing one does not compile. */
  interface Handler<R> {
    R on(Done done);

    R on(Unchanged unchanged);

    R on(NoEffect noEffect);

    R on(InDoubt inDoubt);

    R on(Undone undone);

    R on(UndoThrew undoThrew);
  }
}
