package io.doundo.orchestrator.definition;

import org.jspecify.annotations.Nullable;

/**
 * What is made of something that came from outside. Expressions read the variable {@code event}.
 *
 * @param when a condition; nothing happens when it is false. Null for always
 * @param flowId a text with expressions: the flow to start or to signal; null for an id that is
 *     made of where the event stands, so that the same event starts one flow
 * @param payload a JSON value with expressions in it, as JSON text; null for the data of the event
 * @param signal the name of the signal that the flow is sent; null to start the flow
 */
public record EventMapping(
    @Nullable String when,
    @Nullable String flowId,
    @Nullable String payload,
    @Nullable String signal) {

  /** Whether any of its fields is an expression. */
  public boolean hasExpressions() {
    return when != null || flowId != null || payload != null;
  }
}
