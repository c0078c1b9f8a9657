package io.doundo.expression;

import java.util.Collection;

/** Finds the name that was probably meant. */
@FunctionalInterface
public interface Suggester {

  /** {@code , did you mean "x"?}, or nothing. */
  String didYouMean(String name, Collection<String> candidates);
}
