package io.doundo.orchestrator.definition;

import org.jspecify.annotations.Nullable;

/**
 * What an orchestration takes and gives.
 *
 * @param payload the JSON Schema of a start's payload, as JSON text; null when any will do
 * @param result a JSON value with expressions in it, as JSON text: what is told of a flow that
 *     completed; null for the results of its last steps
 */
public record Contract(@Nullable String payload, @Nullable String result) {

  /** Of an orchestration whose document says nothing of it. */
  public static final Contract OPEN = new Contract(null, null);
}
