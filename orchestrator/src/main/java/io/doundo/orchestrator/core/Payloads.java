package io.doundo.orchestrator.core;

import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.StepGraph;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The JSON values that make up a command's payload. Results merge in topological order, never in
 * order of arrival.
 */
public final class Payloads {

  private static final int[] NO_STEPS = {};

  private Payloads() {}

  /** The results of a flow's steps. */
  interface Results {

    /** The result of the step with this index, or null. */
    @Nullable Content resultOf(int step);
  }

  /**
   * The start payload with the results of the step's ancestors over it, regardless of an input that
   * the definition or an operator sets.
   *
   * @param step index in the definition; -1 for the results of all steps together
   */
  public static List<Content> merged(Orchestration definition, FlowState state, int step) {
    return merged(
        definition.graph(), state.origin().payload(), s -> state.steps().get(s).result(), step);
  }

  /**
   * The start payload with the results of the step's ancestors over it. A direct predecessor in a
   * chain whose result is no object is passed on alone.
   */
  static List<Content> forDo(FlowDraft flow, int step) {
    Content input = flow.steps[step].input;
    if (input != null) {
      return List.of(input);
    }
    return merged(flow.definition().graph(), flow.before().origin().payload(), flow, step);
  }

  private static List<Content> merged(StepGraph graph, Content start, Results results, int step) {
    int[] direct = step < 0 ? NO_STEPS : graph.givers(step);
    if (direct.length == 1) {
      Content result = results.resultOf(direct[0]);
      if (result != null && !result.object()) {
        return List.of(result);
      }
    }
    int[] ancestors = step < 0 ? graph.all() : graph.ancestors(step);
    List<Content> payload = new ArrayList<>(ancestors.length + 1);
    if (start.object()) {
      payload.add(start);
    }
    for (int ancestor : ancestors) {
      Content result = results.resultOf(ancestor);
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
}
