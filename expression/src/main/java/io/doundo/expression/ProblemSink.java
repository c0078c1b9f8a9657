package io.doundo.expression;

/** Receives the problems of a document's expressions, each with its place. */
@FunctionalInterface
public interface ProblemSink {

  /**
   * Receives one problem.
   *
   * @param place the place of the expression in its document, such as {@code input.items[0].name}
   * @param problem a sentence that states the error and, if it is known, what was probably meant
   */
  void add(String place, String problem);
}
