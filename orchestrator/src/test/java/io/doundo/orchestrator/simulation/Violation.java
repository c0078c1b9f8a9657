package io.doundo.orchestrator.simulation;

import java.util.List;

/** An invariant does not hold. */
final class Violation extends RuntimeException {

  private final String invariant;
  private final List<String> all;

  Violation(String invariant, String message) {
    this(invariant, message, List.of(invariant));
  }

  /**
   * @param all every invariant that does not hold
   */
  Violation(String invariant, String message, List<String> all) {
    super(invariant + ": " + message);
    this.invariant = invariant;
    this.all = List.copyOf(all);
  }

  /** All that are violated; a history is judged by each of them. */
  List<String> all() {
    return all;
  }

  /** The violated invariant, by which a shrunk run is recognised as the same failure. */
  String invariant() {
    return invariant;
  }
}
