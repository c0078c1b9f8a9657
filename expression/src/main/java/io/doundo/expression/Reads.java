package io.doundo.expression;

import java.util.Set;
import java.util.TreeSet;

/**
 * The values that an expression or template reads, so that nothing else has to be loaded and
 * parsed.
 *
 * @param variables the variables it names, {@code steps} excepted
 * @param steps the steps whose result or status it names
 */
public record Reads(Set<String> variables, Set<String> steps) {

  /** Reads nothing. */
  public static final Reads NONE = new Reads(Set.of(), Set.of());

  public Reads {
    variables = Set.copyOf(variables);
    steps = Set.copyOf(steps);
  }

  /** The same without these variables. */
  public Reads without(String... names) {
    Set<String> others = new TreeSet<>(variables);
    others.removeAll(Set.of(names));
    return new Reads(others, steps);
  }

  /** The values that at least one of the two reads. */
  public Reads and(Reads other) {
    Set<String> allVariables = new TreeSet<>(variables);
    allVariables.addAll(other.variables);
    Set<String> allSteps = new TreeSet<>(steps);
    allSteps.addAll(other.steps);
    return new Reads(allVariables, allSteps);
  }
}
