package io.doundo.orchestrator.expression;

/** Takes the problems of a document's expressions, each with its place. */
@FunctionalInterface
public interface ProblemSink {

  /**
   * Takes one problem.
   *
   * @param place where the expression stands in its document, such as {@code input.items[0].name}
   * @param problem a sentence: what is wrong, and where one is known, what was probably meant
   */
  void add(String place, String problem);
}
