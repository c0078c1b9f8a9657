package io.doundo.orchestrator.core;

import io.doundo.orchestrator.core.state.Content;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which JSON values make a command's payload. Results merge in topological order, never in order of
 * arrival.
 */
final class Payloads {

  private Payloads() {}

  /**
   * The start payload with the results of the step's ancestors over it. A direct predecessor in a
   * chain whose result is no object is passed on alone.
   */
  static List<Content> forDo(FlowDraft flow, int step) {
    Content input = flow.steps[step].input;
    if (input != null) {
      return List.of(input);
    }
    int[] direct = flow.definition().graph().dependencies(step);
    if (direct.length == 1) {
      Content result = passedOn(flow.steps[direct[0]]);
      if (result != null && !result.object()) {
        return List.of(result);
      }
    }
    int[] ancestors = flow.definition().graph().ancestors(step);
    List<Content> payload = new ArrayList<>(ancestors.length + 1);
    Content start = flow.before().origin().payload();
    if (start.object()) {
      payload.add(start);
    }
    for (int ancestor : ancestors) {
      Content result = passedOn(flow.steps[ancestor]);
      if (result != null && result.object()) {
        payload.add(result);
      }
    }
    return payload.isEmpty() ? List.of(start) : payload;
  }

  /** The DO payload with the step's own result over it, when there is one to merge. */
  static List<Content> forUndo(FlowDraft flow, int step) {
    StepDraft draft = flow.steps[step];
    if (draft.undoInput != null) {
      return List.of(draft.undoInput);
    }
    List<Content> asked = forDo(flow, step);
    Content made = draft.result;
    if (made == null || !made.object()) {
      return asked;
    }
    List<Content> payload = new ArrayList<>(asked.size() + 1);
    for (Content content : asked) {
      if (content.object()) {
        payload.add(content);
      }
    }
    payload.add(made);
    return payload;
  }

  private static @Nullable Content passedOn(StepDraft step) {
    return step.result;
  }
}
