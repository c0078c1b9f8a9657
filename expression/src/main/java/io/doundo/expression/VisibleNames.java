package io.doundo.expression;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * The names that an expression may use at its place in the document.
 *
 * @param variables such as {@code payload} and {@code flow}, with the known shape of their fields;
 *     {@code steps} is among them when the steps below may be read
 * @param uncertain the variables that may be null, whose fields can be read only through {@code .?}
 *     or behind {@code has(…)}
 * @param steps the step's ancestors
 * @param otherSteps steps of the document that are not ancestors, so that a reference to one can be
 *     distinguished from a typing error
 */
public record VisibleNames(
    Map<String, Shape> variables,
    Set<String> uncertain,
    Map<String, Step> steps,
    Set<String> otherSteps) {

  /** The variable under which the results of other steps are read. */
  public static final String STEPS = "steps";

  /**
   * An ancestor of the expression's step.
   *
   * @param mayBeAbsent whether it may have no result: it has a condition, belongs to a branch, or
   *     the flow goes on without it when it fails
   * @param result the known shape of its result
   * @param ownFields its fields besides {@code result}, {@code status}, {@code failed} and {@code
   *     error}, such as {@code by} and {@code at} of a signal
   */
  public record Step(boolean mayBeAbsent, Shape result, Set<String> ownFields) {

    public Step {
      ownFields = Set.copyOf(ownFields);
    }

    /** A step with no other known fields. */
    public static Step of(boolean mayBeAbsent) {
      return new Step(mayBeAbsent, Shape.UNKNOWN, Set.of());
    }
  }

  public VisibleNames {
    variables = Map.copyOf(variables);
    uncertain = Set.copyOf(uncertain);
    steps = Map.copyOf(steps);
    otherSteps = Set.copyOf(otherSteps);
  }

  /** Variables alone, without steps. */
  public static VisibleNames of(String... variables) {
    Map<String, Shape> shapes = new HashMap<>();
    for (String variable : variables) {
      shapes.put(variable, Shape.UNKNOWN);
    }
    return new VisibleNames(shapes, Set.of(), Map.of(), Set.of());
  }

  /** The same names where no variable can be null. */
  public VisibleNames certain() {
    return new VisibleNames(variables, Set.of(), steps, otherSteps);
  }

  boolean isKnown(String variable) {
    return variables.containsKey(variable);
  }
}
