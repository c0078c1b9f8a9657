package io.doundo.history.simulation;

import java.util.List;

/** An invariant does not hold. */
public final class Violation extends RuntimeException {

  private final String invariant;
  private final List<String> all;
  private final String story;

  public Violation(String invariant, String message) {
    super(invariant + ": " + message);
    this.invariant = invariant;
    this.all = List.of(invariant);
    this.story = "";
  }

  /**
   * @param first what the history checker found first
   * @param all every invariant that does not hold
   */
  public Violation(io.doundo.history.invariant.Violation first, List<String> all) {
    super(first.invariant() + ": " + first.message());
    this.invariant = first.invariant();
    this.all = List.copyOf(all);
    this.story = first.story();
  }

  /** All that are violated; a history is judged by each of them. */
  public List<String> all() {
    return all;
  }

  /** The violated invariant, by which a shrunk run is recognised as the same failure. */
  public String invariant() {
    return invariant;
  }

  /** The flow in the history checker's words; empty when the violation was seen on the way. */
  public String story() {
    return story;
  }
}
