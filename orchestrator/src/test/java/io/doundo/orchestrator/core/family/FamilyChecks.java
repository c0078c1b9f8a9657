package io.doundo.orchestrator.core.family;

import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.PartOf;
import io.doundo.orchestrator.core.state.PartsState;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.parts.PartLink;
import io.doundo.orchestrator.core.state.parts.PartPlace;
import io.doundo.orchestrator.core.state.parts.Ranges;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Work;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What must hold of a family of flows: at each decision, and when nothing happens any more. */
final class FamilyChecks {

  /** An invariant does not hold. */
  static final class Broken extends RuntimeException {
    private static final long serialVersionUID = 1;

    Broken(String invariant, String what) {
      super(invariant + ": " + what);
    }
  }

  private final FlowFamily family;
  private final FamilyWorkers workers;
  private final Set<String> everUndone = new HashSet<>();
  private final List<String> signals = new ArrayList<>();

  FamilyChecks(FlowFamily family, FamilyWorkers workers) {
    this.family = family;
    this.workers = workers;
  }

  /** After a decision of this flow. */
  void decided(String flowId, @Nullable FlowState before) {
    FlowState after = family.flow(flowId);
    if (after == null) {
      return;
    }
    Orchestration definition = family.definitionOf(flowId);
    for (int i = 0; i < after.steps().size(); i++) {
      PartsState parts = after.steps().get(i).parts();
      if (parts != null) {
        paced(flowId, definition.steps().get(i), parts, partsBefore(before, i));
        keptWhenAsked(after, definition.steps().get(i), parts, partsBefore(before, i));
      }
    }
    boolean hasTurned =
        after.status() == FlowStatus.UNDONE
            && (before == null || before.status() != FlowStatus.UNDONE);
    if (hasTurned && everUndone.add(flowId)) {
      undone(after, definition);
    }
    PartOf partOf = after.origin().partOf();
    if (partOf != null && after.life().keptUntil() > 0) {
      releasedByAnEnd(after, partOf.link());
    }
  }

  private static @Nullable PartsState partsBefore(@Nullable FlowState before, int step) {
    return before == null || before.steps().isEmpty() ? null : before.steps().get(step).parts();
  }

  private static void paced(
      String flowId, Step step, PartsState parts, @Nullable PartsState before) {
    if (!(step.work() instanceof Work.Parts work)) {
      throw new Broken("state", flowId + ' ' + step.name() + " is no step with parts");
    }
    if (parts.sets().at(PartPlace.RUNNING).size() > work.atOnce()) {
      throw new Broken("at once", flowId + ' ' + step.name() + " runs too many parts");
    }
    if (parts.sets().size() != parts.next() || parts.next() > parts.plan().total()) {
      throw new Broken("places", flowId + ' ' + step.name() + ": " + parts);
    }
    if (before == null || before.attempt() != parts.attempt()) {
      return;
    }
    Ranges done = parts.sets().at(PartPlace.DONE).without(parts.winner());
    for (int asked : parts.sets().at(PartPlace.ASKED).numbers().toArray()) {
      boolean wasDone = before.sets().at(PartPlace.DONE).contains(asked);
      if (wasDone && !done.isEmpty() && done.last() > asked) {
        throw new Broken(
            "last first", flowId + ' ' + step.name() + " takes back " + asked + " before " + done);
      }
    }
  }

  /** I14: no part is taken back while another one that has to be is released, and may expire. */
  private void keptWhenAsked(
      FlowState flow, Step step, PartsState parts, @Nullable PartsState before) {
    Ranges asked = parts.sets().at(PartPlace.ASKED);
    if (before == null || before.sets().at(PartPlace.DONE).numbers().noneMatch(asked::contains)) {
      return;
    }
    Ranges needed = parts.sets().at(PartPlace.DONE).or(asked);
    for (FlowState part : partsOf(flow, step)) {
      PartLink link = Objects.requireNonNull(part.origin().partOf()).link();
      boolean isNeeded =
          link.attempt() == parts.attempt()
              && needed.contains(link.index())
              && part.status() == FlowStatus.COMPLETED;
      if (isNeeded && part.life().keptUntil() > 0) {
        throw new Broken("I14", part.flowId() + " is released as " + flow.flowId() + " is undone");
      }
    }
  }

  /** I13: the effects of its parts are undone before a flow is. */
  private void undone(FlowState flow, Orchestration definition) {
    for (int i = 0; i < flow.steps().size(); i++) {
      Step step = definition.steps().get(i);
      StepState state = flow.steps().get(i);
      PartsState parts = state.parts();
      if (parts == null || leavesStanding(step, state) || isEndless(step)) {
        continue;
      }
      for (FlowState part : partsOf(flow, step)) {
        boolean isClean =
            part.status() == FlowStatus.REJECTED
                || part.status() == FlowStatus.ABANDONED
                || everUndone.contains(part.flowId());
        if (!isClean) {
          throw new Broken(
              "I13", flow.flowId() + " is UNDONE, " + part.flowId() + " is " + part.status());
        }
      }
    }
  }

  /** I14, from the other side: nothing is released while its parent may need it. */
  private void releasedByAnEnd(FlowState part, PartLink link) {
    FlowState parent = family.flow(link.flowId());
    if (parent == null || parent.status().isTerminal()) {
      return;
    }
    Orchestration definition = family.definitionOf(link.flowId());
    int step = definition.indexOf(link.step());
    PartsState parts = parent.steps().get(step).parts();
    boolean isEndless = isEndless(definition.steps().get(step));
    boolean hasNoEffect =
        everUndone.contains(part.flowId()) || part.status() != FlowStatus.COMPLETED;
    boolean isRecalled = parts != null && !parts.awaited().isEmpty();
    boolean staysAnyway = leavesStanding(definition.steps().get(step), parent.steps().get(step));
    if (!isEndless && !hasNoEffect && !isRecalled && !staysAnyway) {
      throw new Broken(
          "I14", part.flowId() + " is released while its parent is " + parent.status());
    }
  }

  /** Its rounds owe no undo, and are not taken back. */
  private static boolean isEndless(Step step) {
    return step.work() instanceof Work.Repeat repeat && repeat.isEndless();
  }

  private static boolean leavesStanding(Step step, StepState state) {
    return state.status() == StepStatus.DO_SUCCESS && !step.undoable();
  }

  private List<FlowState> partsOf(FlowState flow, Step step) {
    return family.flows().values().stream()
        .filter(
            part -> {
              PartOf partOf = part.origin().partOf();
              return partOf != null
                  && partOf.link().flowId().equals(flow.flowId())
                  && partOf.link().step().equals(step.name());
            })
        .toList();
  }

  /** A signal with this control id was sent. */
  void sent(String controlId) {
    signals.add(controlId);
  }

  /** I17: each signal is taken once or refused once, whatever flows it has passed through. */
  private void everySignalIsSettledOnce() {
    for (String signal : signals) {
      long outcomes =
          family.audit().stream()
              .filter(entry -> entry.contains(" SIGNAL_TAKEN") || entry.contains(" SIGNAL_REFUSED"))
              .filter(entry -> entry.contains('[' + signal + ']'))
              .count();
      if (outcomes != 1) {
        throw new Broken("I17", signal + " has " + outcomes + " outcomes");
      }
    }
  }

  /** The answer to a task is for that task alone. */
  private void noPartGetsAnAnswer() {
    for (String told : family.told) {
      String[] words = told.split(" ", -1);
      if (words[3].equals("HANDED") && isTask(family.definitionOf(words[0]), words[4])) {
        throw new Broken("tasks", told + " is the answer to a task of " + words[0]);
      }
    }
  }

  private static boolean isTask(Orchestration definition, String name) {
    int step = definition.indexOf(name);
    return step >= 0
        && definition.steps().get(step).work() instanceof Work.Signal wait
        && wait.task() != null;
  }

  /** Nothing happens any more. */
  void ended(String root, boolean isExact) {
    for (FlowState flow : family.flows().values()) {
      if (!flow.status().isTerminal()) {
        throw new Broken("I1", flow.flowId() + " is " + flow.status() + ", " + flow.reason());
      }
      if (!flow.mayBeArchived()) {
        throw new Broken("I14", flow.flowId() + " is kept for ever: " + flow);
      }
    }
    everySignalIsSettledOnce();
    noPartGetsAnAnswer();
    FlowState flow = family.flow(root);
    if (isExact && flow != null) {
      clean(flow);
    }
  }

  /** Every effect of the flow and its parts is as their ends say. */
  private void clean(FlowState flow) {
    Orchestration definition = family.definitionOf(flow.flowId());
    for (int i = 0; i < flow.steps().size(); i++) {
      Step step = definition.steps().get(i);
      StepState state = flow.steps().get(i);
      if (step.work() instanceof Work.Parts) {
        cleanParts(flow, step, state);
      } else if (step.undoable()) {
        boolean stands = workers.hasEffect(flow.flowId(), step.name());
        boolean shouldStand = state.status() == StepStatus.DO_SUCCESS;
        if (stands != shouldStand) {
          throw new Broken(
              shouldStand ? "I2" : "I3",
              flow.flowId() + " " + step.name() + " is " + state.status());
        }
      }
    }
  }

  private void cleanParts(FlowState flow, Step step, StepState state) {
    PartsState parts = state.parts();
    for (FlowState part : partsOf(flow, step)) {
      PartOf partOf = Objects.requireNonNull(part.origin().partOf());
      boolean counts =
          parts != null
              && partOf.link().attempt() == parts.attempt()
              && state.status() == StepStatus.DO_SUCCESS
              && countsFor(step, parts, partOf.link().index());
      boolean asItShould = isEndless(step) || counts == (part.status() == FlowStatus.COMPLETED);
      if (!asItShould) {
        throw new Broken(
            counts ? "I2" : "I3",
            part.flowId() + " is " + part.status() + ", its step " + state.status());
      }
      clean(part);
    }
  }

  private static boolean countsFor(Step step, PartsState parts, int index) {
    if (step.work() instanceof Work.FirstOf) {
      return parts.winner() == index;
    }
    PartPlace place = parts.sets().placeOf(index);
    return place == PartPlace.DONE || place == PartPlace.RELEASED;
  }
}
