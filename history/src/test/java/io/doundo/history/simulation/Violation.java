package io.doundo.history.simulation;

import java.util.List;

/** Thrown when an invariant does not hold. */
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
   * @param first the history checker's first finding
   * @param all every invariant that does not hold
   */
  public Violation(io.doundo.history.Violation first, List<String> all) {
    super(first.invariant() + ": " + first.message());
    this.invariant = first.invariant();
    this.all = List.copyOf(all);
    this.story = first.story();
  }

  /** All violated invariants; a history is checked against each of them. */
  public List<String> all() {
    return all;
  }

  /** The violated invariant, by which a shrunk run is recognised as the same failure. */
  public String invariant() {
    return invariant;
  }

  /** The history checker's account of the flow; empty if the violation was seen during the run. */
  public String story() {
    return story;
  }
}
