package io.doundo.orchestrator.definition;

import org.jspecify.annotations.Nullable;

/**
 * The input and output of an orchestration.
 *
 * @param payload the JSON Schema of a start's payload, as JSON text; null for any payload
 * @param result a JSON value with expressions in it, as JSON text: the result of a completed flow;
 *     null for the results of its last steps
 */
public record Contract(@Nullable String payload, @Nullable String result) {

  /** The contract of an orchestration whose document defines none. */
  public static final Contract OPEN = new Contract(null, null);
}
