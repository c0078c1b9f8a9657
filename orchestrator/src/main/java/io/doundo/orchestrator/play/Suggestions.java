package io.doundo.orchestrator.play;

import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.protocol.ControlAction;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What an operator can do about a flow that cannot go on by itself. */
final class Suggestions {

  private final @Nullable Orchestration definition;
  private final FlowState state;

  Suggestions(@Nullable Orchestration definition, FlowState state) {
    this.definition = definition;
    this.state = state;
  }

  /**
   * The suggestions.
   *
   * @param backsOff whether a step has failed and is tried again
   * @param verbs the verbs that the flow allows; not evaluated for a flow that goes on by itself
   */
  List<Why.Suggestion> of(boolean backsOff, Supplier<List<VerbRow>> verbs) {
    List<Why.Suggestion> suggestions = new ArrayList<>();
    if (state.paused()) {
      suggest(suggestions, verbs.get(), ControlAction.RESUME);
      return suggestions;
    }
    boolean isParked = state.status() == FlowStatus.PARKED;
    if (!isParked && !backsOff) {
      return suggestions;
    }
    List<VerbRow> allowed = verbs.get();
    suggest(suggestions, allowed, ControlAction.RETRY);
    if (isParked) {
      suggest(suggestions, allowed, ControlAction.RESOLVE);
      suggest(suggestions, allowed, ControlAction.UNDO);
    }
    return suggestions;
  }

  /** The steps that need the verb and allow it; or the flow, if there is no such step. */
  private void suggest(List<Why.Suggestion> suggestions, List<VerbRow> verbs, ControlAction verb) {
    List<VerbRow> allowed =
        verbs.stream().filter(row -> row.verb() == verb && row.allowed()).toList();
    List<VerbRow> ofSteps = allowed.stream().filter(row -> isTroubled(row.step())).toList();
    List<VerbRow> meant =
        ofSteps.isEmpty() ? allowed.stream().filter(row -> row.step() == null).toList() : ofSteps;
    for (VerbRow row : meant) {
      suggestions.add(new Why.Suggestion(verb, row.step(), label(verb, row.step())));
    }
  }

  private boolean isTroubled(@Nullable String name) {
    int index = name == null || definition == null ? -1 : definition.indexOf(name);
    if (index < 0) {
      return false;
    }
    return switch (state.steps().get(index).status()) {
      case DO_FAIL, RETRY_EXHAUSTED, FAILED, IN_DOUBT, UNDO_FAIL -> true;
      case PENDING,
          COMPUTING,
          NOT_TAKEN,
          ARMED,
          IN_PROGRESS,
          DO_SUCCESS,
          UNDOING,
          UNDO_SUCCESS,
          SKIPPED,
          RESOLVED,
          GIVEN_UP,
          WAITING,
          HELD ->
          false;
    };
  }

  private String label(ControlAction verb, @Nullable String step) {
    String word = verb.name().charAt(0) + verb.name().substring(1).toLowerCase(Locale.ROOT);
    if (step == null) {
      return word + " the flow";
    }
    boolean isUndo =
        definition != null
            && state.steps().get(definition.indexOf(step)).status() == StepStatus.UNDO_FAIL;
    return word + (isUndo ? " the UNDO of " : " ") + step;
  }
}
