package io.doundo.orchestrator.expression;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * What an expression may name at its place in the document.
 *
 * @param variables such as {@code payload} and {@code flow}, with what is known of their fields;
 *     {@code steps} is one when {@code steps} below may be read
 * @param uncertain those variables that may be null, so that a field of them can be read through
 *     {@code .?} or behind {@code has(…)} only
 * @param steps the step's ancestors
 * @param otherSteps steps of the document that are no ancestors, so that a reference to one can be
 *     told from a slip of the pen
 */
public record Names(
    Map<String, Shape> variables,
    Set<String> uncertain,
    Map<String, Step> steps,
    Set<String> otherSteps) {

  /** The variable under which the results of other steps are read. */
  public static final String STEPS = "steps";

  /**
   * An ancestor of the step that the expression stands at.
   *
   * @param mayBeAbsent whether it may have no result: it has a condition, stands in a branch, or
   *     the flow goes on without it when it fails
   * @param result what is known of the fields of its result
   * @param ownFields what it has beside {@code result}, {@code status}, {@code failed} and {@code
   *     error}, such as {@code by} and {@code at} of a signal
   */
  public record Step(boolean mayBeAbsent, Shape result, Set<String> ownFields) {

    public Step {
      ownFields = Set.copyOf(ownFields);
    }

    /** A step of which nothing else is known. */
    public static Step of(boolean mayBeAbsent) {
      return new Step(mayBeAbsent, Shape.UNKNOWN, Set.of());
    }
  }

  public Names {
    variables = Map.copyOf(variables);
    uncertain = Set.copyOf(uncertain);
    steps = Map.copyOf(steps);
    otherSteps = Set.copyOf(otherSteps);
  }

  /** Variables alone, without steps. */
  public static Names of(String... variables) {
    Map<String, Shape> shapes = new HashMap<>();
    for (String variable : variables) {
      shapes.put(variable, Shape.UNKNOWN);
    }
    return new Names(shapes, Set.of(), Map.of(), Set.of());
  }

  /** The same names where no variable can be null. */
  public Names certain() {
    return new Names(variables, Set.of(), steps, otherSteps);
  }

  boolean isKnown(String variable) {
    return variables.containsKey(variable);
  }
}
