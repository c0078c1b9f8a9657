package io.doundo.orchestrator.core.state;

/**
 * The turns of a flow: decisions that must be committed before anybody may see a command of them.
 *
 * @param sent number of turns requested so far
 * @param undo the turn whose commit the first UNDO waits for, or 0
 * @param undoCommitted whether that turn is known to be committed
 */
public record TurnState(int sent, int undo, boolean undoCommitted) {

  /** No turn was requested. */
  public static final TurnState NONE = new TurnState(0, 0, false);

  /** These numbers; the shared {@link #NONE} when there are none, as in nearly all flows. */
  public static TurnState of(int sent, int undo, boolean undoCommitted) {
    return sent == 0 && undo == 0 && !undoCommitted
        ? NONE
        : new TurnState(sent, undo, undoCommitted);
  }
}
