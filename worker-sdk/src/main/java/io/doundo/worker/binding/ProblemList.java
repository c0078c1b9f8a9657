package io.doundo.worker.binding;

import java.util.ArrayList;
import java.util.List;

/** Collects the problems of all handlers, so that they are reported together. */
final class ProblemList {

  private final List<HandlerProblem> problems;
  private final String place;

  ProblemList() {
    this(new ArrayList<>(), "");
  }

  private ProblemList(List<HandlerProblem> problems, String place) {
    this.problems = problems;
    this.place = place;
  }

  /** The same list, for problems of another place. */
  ProblemList at(String otherPlace) {
    return new ProblemList(problems, otherPlace);
  }

  void add(String problem, String fix) {
    problems.add(new HandlerProblem(place, problem, fix));
  }

  void throwIfAny() {
    if (!problems.isEmpty()) {
      throw new InvalidHandlersException(problems);
    }
  }
}
