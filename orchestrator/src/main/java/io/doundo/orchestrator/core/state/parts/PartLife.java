package io.doundo.orchestrator.core.state.parts;

/**
 * What a part has been told by its parent.
 *
 * @param paused whether a flow above it is paused
 * @param keptUntil until when the flow at the top may take it back, ms since the epoch; 0 while its
 *     parent has not ended
 */
public record PartLife(boolean paused, long keptUntil) {

  /** Of a flow that is no part, or that was told nothing yet. */
  public static final PartLife NONE = new PartLife(false, 0);

  /** These words; the shared {@link #NONE} when there are none. */
  public static PartLife of(boolean paused, long keptUntil) {
    return !paused && keptUntil == 0 ? NONE : new PartLife(paused, keptUntil);
  }
}
