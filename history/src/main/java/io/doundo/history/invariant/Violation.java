package io.doundo.history.invariant;

/**
 * An invariant that does not hold.
 *
 * @param invariant {@code I1} to {@code I12}
 * @param flowId empty when it is about all of them
 * @param story what the records tell of the flow, in order of time
 */
public record Violation(String invariant, String flowId, String message, String story) {

  @Override
  public String toString() {
    return invariant + ": " + message + (flowId.isEmpty() ? "" : " (flow " + flowId + ')') + story;
  }
}
