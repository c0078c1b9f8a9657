package io.doundo.orchestrator.definition;

import org.jspecify.annotations.Nullable;

/**
 * What a step is given, and what is kept of its answer: JSON values with expressions in them, as
 * JSON text.
 *
 * @param input what the step is sent; null for the start payload with the results of its ancestors
 * @param result what later steps see, and what is kept; null for the answer as it is
 */
public record StepData(@Nullable String input, @Nullable String result) {

  /** Of a step whose document says nothing of its data. */
  public static final StepData ALL = new StepData(null, null);
}
