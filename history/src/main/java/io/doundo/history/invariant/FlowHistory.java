package io.doundo.history.invariant;

import io.doundo.history.FaultWindow;
import io.doundo.history.History;
import io.doundo.history.LedgerLine;
import io.doundo.history.RecordedAnswer;
import io.doundo.history.RecordedCommand;
import io.doundo.history.StepWorker;
import io.doundo.history.Transition;
import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluated;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation;
import io.doundo.orchestrator.core.event.FlowEvent.FlowStarted;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.PartOf;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.ControlAction;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All records of one life of a flowId. Transitions stand in the order of their numbers; what names
 * no incarnation belongs to every life of its flowId.
 */
final class FlowHistory {

  private final History history;
  private final String flowId;
  private final String incarnation;
  private final List<Transition> transitions = new ArrayList<>();
  private final List<RecordedCommand> sent = new ArrayList<>();
  private final List<RecordedAnswer> answers = new ArrayList<>();
  private final List<LedgerLine> ledger = new ArrayList<>();
  private @Nullable Orchestration definition;
  private @Nullable PartOf partOf;

  FlowHistory(History history, String flowId, String incarnation) {
    this.history = history;
    this.flowId = flowId;
    this.incarnation = incarnation;
  }

  void add(Transition transition) {
    transitions.add(transition);
    if (transition.input() instanceof FlowStarted started) {
      partOf = started.part();
    }
    if (transition.definition() != null) {
      definition = definitionOf(transition);
    }
  }

  /** The definition by which a transition was decided; null when it is none that is known. */
  @Nullable Orchestration definitionOf(Transition transition) {
    Orchestration whole =
        transition.definition() == null ? null : history.definitions().get(transition.definition());
    String path = partOf == null ? null : partOf.path();
    return whole == null || path == null ? whole : whole.part(path);
  }

  /** The flow that has begun it as a part; null for a flow that stands alone. */
  @Nullable PartOf partOf() {
    return partOf;
  }

  void add(RecordedCommand command) {
    sent.add(command);
  }

  void add(RecordedAnswer answer) {
    answers.add(answer);
  }

  void add(LedgerLine line) {
    ledger.add(line);
  }

  History history() {
    return history;
  }

  String flowId() {
    return flowId;
  }

  String incarnation() {
    return incarnation;
  }

  List<Transition> transitions() {
    return transitions;
  }

  /** All visible commands, in order for each step and action. */
  List<RecordedCommand> sent() {
    return sent;
  }

  List<RecordedAnswer> answers() {
    return answers;
  }

  List<LedgerLine> ledger() {
    return ledger;
  }

  /** The definition that its transitions name, or null when they name none that is known. */
  @Nullable Orchestration definition() {
    return definition;
  }

  /** Where the flow stands by its last transition; null when it has none. */
  @Nullable FlowStatus status() {
    return transitions.isEmpty() ? null : transitions.get(transitions.size() - 1).status();
  }

  /** Whether the last word on its pause was that it is paused. */
  boolean paused() {
    boolean paused = false;
    for (Transition transition : transitions) {
      paused |= transition.published(FlowEventType.FLOW_PAUSED);
      paused &= !transition.published(FlowEventType.FLOW_RESUMED);
    }
    return paused;
  }

  /** The names of the steps that the flow has passed with this entry. */
  Set<String> passedAs(FlowEventType type) {
    Set<String> names = new HashSet<>(0);
    for (Transition transition : transitions()) {
      for (PublishFlowEvent entry : transition.entries()) {
        if (entry.type() == type && entry.step() != null) {
          names.add(entry.step());
        }
      }
    }
    return names;
  }

  /** The branch that each choice has taken, by its conditions or by an operator. */
  Map<String, Integer> takenBranches() {
    Map<String, Integer> branches = new HashMap<>(0);
    for (Transition transition : transitions()) {
      note(transition, transition.input(), branches);
      transition.further().forEach(event -> note(transition, event, branches));
    }
    return branches;
  }

  private static void note(Transition transition, FlowEvent event, Map<String, Integer> branches) {
    if (event instanceof Evaluated evaluated
        && evaluated.evaluation() instanceof Evaluation.Chosen chosen) {
      branches.put(evaluated.step(), chosen.branch());
    } else if (event instanceof ControlRequested control) {
      String step = control.step();
      Integer branch = control.branch();
      boolean chooses =
          control.verb() == ControlAction.RESOLVE || control.verb() == ControlAction.RETRY;
      if (chooses
          && step != null
          && branch != null
          && transition.published(FlowEventType.CONTROL_ACCEPTED)) {
        branches.put(step, branch);
      }
    }
  }

  /** The steps that an operator skipped or resolved: nothing is promised of their effects. */
  BitSet settledByHand() {
    BitSet settled = new BitSet();
    for (Transition transition : transitions) {
      int step = settledBy(transition);
      if (step >= 0) {
        settled.set(step);
      }
    }
    return settled;
  }

  /** The step that an operator settled with this transition, or -1. */
  int settledBy(Transition transition) {
    boolean settles =
        transition.input() instanceof ControlRequested control
            && (control.verb() == ControlAction.SKIP || control.verb() == ControlAction.RESOLVE)
            && transition.published(FlowEventType.CONTROL_ACCEPTED);
    String step = settles ? ((ControlRequested) transition.input()).step() : null;
    return step == null || definition == null ? -1 : definition.indexOf(step);
  }

  /** Whether a worker found nothing left to do for the step, and its answer was accepted. */
  boolean foundUnchanged(String step) {
    for (Transition transition : transitions) {
      if (isUnchanged(transition, step)) {
        return true;
      }
    }
    return false;
  }

  static boolean isUnchanged(Transition transition, String step) {
    return transition.input() instanceof StepSucceeded success
        && success.unchanged()
        && success.step().equals(step)
        && transition.published(FlowEventType.STEP_SUCCESS);
  }

  StepWorker.@Nullable Kind servedBy(String step) {
    for (StepWorker service : history.services()) {
      if (service.step().equals(step)
          && definition != null
          && service.orchestrationName().equals(definition.name())) {
        return service.kind();
      }
    }
    return null;
  }

  /** The highest attempt among the committed commands, or 0. */
  int lastCommitted(String step, CommandAction action) {
    int last = 0;
    for (RecordedCommand command : sent) {
      if (command.committed() && command.action() == action && command.step().equals(step)) {
        last = Math.max(last, command.attempt());
      }
    }
    return last;
  }

  boolean inWindow(long at, String step) {
    for (FaultWindow window : history.windows()) {
      if (window.covers(at, flowId, step)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the fences lost what they knew between these moments. */
  boolean fenceLostBetween(long first, long last) {
    for (FaultWindow window : history.windows()) {
      if (window.isFenceLost() && window.overlaps(first, last)) {
        return true;
      }
    }
    return false;
  }

  /** The lives of all flows, in the order of their first transitions. */
  static List<FlowHistory> of(History history) {
    FlowHistories flows = new FlowHistories(history);
    history.transitions().forEach(flows::add);
    history.sent().forEach(flows::add);
    history.answers().forEach(flows::add);
    history.ledger().forEach(flows::add);
    return flows.all();
  }
}
