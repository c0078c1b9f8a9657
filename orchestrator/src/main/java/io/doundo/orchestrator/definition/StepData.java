package io.doundo.orchestrator.definition;

import org.jspecify.annotations.Nullable;

/**
 * A step's input, and the kept part of its answer: JSON values with expressions in them, as JSON
 * text.
 *
 * @param input the input of its DO; null for the start payload with the results of its ancestors
 * @param result the result that is kept and visible to later steps; null for the whole answer
 */
public record StepData(@Nullable String input, @Nullable String result) {

  /** The data of a step whose document defines none. */
  public static final StepData ALL = new StepData(null, null);
}
