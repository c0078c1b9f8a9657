package io.doundo.orchestrator.simulation;

/** An invariant does not hold. */
final class Violation extends RuntimeException {

  private final String invariant;

  Violation(String invariant, String message) {
    super(invariant + ": " + message);
    this.invariant = invariant;
  }

  /** The violated invariant, by which a shrunk run is recognised as the same failure. */
  String invariant() {
    return invariant;
  }
}
