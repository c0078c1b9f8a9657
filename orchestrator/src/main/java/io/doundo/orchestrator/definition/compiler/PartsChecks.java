package io.doundo.orchestrator.definition.compiler;

import io.doundo.orchestrator.definition.Body;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Work;
import java.util.List;
import java.util.Map;

/** Reports what a step with parts must not hold, which only its compiled bodies show. */
final class PartsChecks {

  private final String orchestration;
  private final Map<String, Fields> fields;

  /**
   * @param orchestration the name of the orchestration
   * @param fields those of each step, by its name
   */
  PartsChecks(String orchestration, Map<String, Fields> fields) {
    this.orchestration = orchestration;
    this.fields = fields;
  }

  /**
   * @param isCertain whether nothing decides whether the steps run at all
   */
  void check(List<Step> steps, boolean isCertain) {
    for (Step step : steps) {
      if (step.work() instanceof Work.Parts parts) {
        boolean runs = isCertain && step.guard() == null && step.when() == null;
        checkPivot(step, parts);
        checkEnd(step, parts);
        if (runs && parts instanceof Work.Flow flow && flow.orchestration().equals(orchestration)) {
          problem(
              step,
              PartsDeclaration.FLOW,
              "starts its own orchestration again and again: put a choice around it, or a when");
        }
        for (Body body : parts.bodies()) {
          check(body.steps(), runs);
        }
      }
    }
  }

  private void checkPivot(Step step, Work.Parts parts) {
    boolean holdsPivot = parts.bodies().stream().anyMatch(Body::holdsPivot);
    boolean mayHold = parts instanceof Work.Do || parts instanceof Work.Flow;
    if (!mayHold && (holdsPivot || step.pivot())) {
      problem(
          step,
          holdsPivot ? parts.kind() : "pivot",
          "a step with \"%s\" cannot hold a pivot, because its parts may have to be undone"
              .formatted(parts.kind()));
    } else if (holdsPivot && !step.pivot()) {
      problem(
          step,
          "pivot",
          "is missing: one of the steps of \"%s\" is a pivot, so it is one as well: say pivot: true"
              .formatted(step.name()));
    }
  }

  private void checkEnd(Step step, Work.Parts parts) {
    if (parts instanceof Work.Repeat repeat && repeat.isEndless() && repeat.body().owesUndo()) {
      problem(
          step,
          PartsDeclaration.REPEAT,
          "has no most, and its steps owe an undo: the list of rounds to undo would grow without"
              + " end; say most, or undo: none of its steps");
    }
  }

  private void problem(Step step, String field, String message) {
    Fields at = fields.get(step.name());
    if (at != null) {
      at.problem(field, message);
    }
  }
}
