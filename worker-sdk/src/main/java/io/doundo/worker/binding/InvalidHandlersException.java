package io.doundo.worker.binding;

import java.util.List;

/** The handlers of this application cannot be used; carries every problem, each with its fix. */
public final class InvalidHandlersException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final List<HandlerProblem> problems;

  public InvalidHandlersException(List<HandlerProblem> problems) {
    super("the saga handlers have " + problems.size() + " problem(s): " + problems);
    this.problems = List.copyOf(problems);
  }

  public List<HandlerProblem> problems() {
    return problems;
  }
}
