package io.doundo.worker.fence;

import io.doundo.protocol.Outcome;
import io.doundo.protocol.json.RawJson;
import org.jspecify.annotations.Nullable;

/**
 * How a run ended, as flat fields.
 *
 * @param error empty when there is none
 */
record RunEnding(EndingKind kind, boolean retryable, String error, @Nullable RawJson result) {

  enum EndingKind {
    DONE,
    UNCHANGED,
    NO_EFFECT,
    IN_DOUBT,
    UNDONE,
    UNDO_THREW;

    boolean ofDo() {
      return this == DONE || this == UNCHANGED || this == NO_EFFECT || this == IN_DOUBT;
    }

    /** Whether this run had no effect. */
    boolean isClean() {
      return this == UNCHANGED || this == NO_EFFECT;
    }
  }

  /** The longest error, because errors are kept in the record and sent with the answer. */
  private static final int MAX_ERROR = 1_000;

  static RunEnding of(Settled settled) {
    return settled.accept(OF);
  }

  /** The answer for this outcome of the fence. */
  StepAnswer answer(Outcome outcome, boolean mayFollowUndo) {
    return new StepAnswer(
        outcome, retryable, error.isEmpty() ? null : error, result, false, mayFollowUndo);
  }

  private static String shortened(String error) {
    return error.length() <= MAX_ERROR ? error : error.substring(0, MAX_ERROR - 1) + '…';
  }

  private static final Settled.Handler<RunEnding> OF =
      new Settled.Handler<>() {
        @Override
        public RunEnding on(Settled.Done done) {
          return new RunEnding(EndingKind.DONE, true, "", done.result());
        }

        @Override
        public RunEnding on(Settled.Unchanged unchanged) {
          return new RunEnding(EndingKind.UNCHANGED, true, "", unchanged.result());
        }

        @Override
        public RunEnding on(Settled.NoEffect noEffect) {
          return new RunEnding(
              EndingKind.NO_EFFECT, noEffect.retryable(), shortened(noEffect.error()), null);
        }

        @Override
        public RunEnding on(Settled.InDoubt inDoubt) {
          return new RunEnding(EndingKind.IN_DOUBT, true, shortened(inDoubt.error()), null);
        }

        @Override
        public RunEnding on(Settled.Undone undone) {
          return new RunEnding(EndingKind.UNDONE, true, "", null);
        }

        @Override
        public RunEnding on(Settled.UndoThrew undoThrew) {
          return new RunEnding(EndingKind.UNDO_THREW, true, shortened(undoThrew.error()), null);
        }
      };
}
