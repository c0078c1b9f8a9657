package io.doundo.worker.autoconfigure;

import io.doundo.worker.binding.HandlerProblem;
import io.doundo.worker.binding.InvalidHandlersException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows all mistakes in handlers as Spring Boot shows its own. */
final class InvalidHandlersAnalyzer extends AbstractFailureAnalyzer<InvalidHandlersException> {

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, InvalidHandlersException cause) {
    StringBuilder description = new StringBuilder("The saga handlers cannot be used:\n");
    StringBuilder action = new StringBuilder();
    for (HandlerProblem problem : cause.problems()) {
      description.append("\n- ").append(problem.place()).append("\n    ").append(problem.problem());
      action.append("\n- ").append(problem.place()).append("\n    ").append(problem.fix());
    }
    return new FailureAnalysis(description.toString(), action.toString(), cause);
  }
}
