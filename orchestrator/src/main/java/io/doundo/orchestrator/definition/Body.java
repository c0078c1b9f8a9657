package io.doundo.orchestrator.definition;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a part, compiled like those of an orchestration.
 *
 * @param branch the name of the branch whose body it is; null for the only body of its step
 * @param type how its steps are connected
 * @param steps in topological order, at least one
 */
public record Body(@Nullable String branch, GraphType type, List<Step> steps) {

  public Body {
    steps = List.copyOf(steps);
  }

  /** Whether an UNDO of a flow with these steps has anything to do. */
  public boolean owesUndo() {
    return steps.stream()
        .anyMatch(
            step ->
                step.work() instanceof Work.Parts parts
                    ? step.undoable()
                        && (parts.bodies().isEmpty()
                            || parts.bodies().stream().anyMatch(Body::owesUndo))
                    : step.isOutside() && step.undoable());
  }

  /** Whether one of its steps is a point of no return, at any depth. */
  public boolean holdsPivot() {
    return steps.stream()
        .anyMatch(
            step ->
                step.pivot()
                    || (step.work() instanceof Work.Parts parts
                        && parts.bodies().stream().anyMatch(Body::holdsPivot)));
  }
}
