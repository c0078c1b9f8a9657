package io.doundo.history;

/**
 * An invariant that does not hold.
 *
 * @param invariant by its number, such as {@code I4}
 * @param flowId empty when it concerns all flows
 * @param story the flow's records in order of time
 */
public record Violation(String invariant, String flowId, String message, String story) {

  @Override
  public String toString() {
    return invariant + ": " + message + (flowId.isEmpty() ? "" : " (flow " + flowId + ')') + story;
  }
}
