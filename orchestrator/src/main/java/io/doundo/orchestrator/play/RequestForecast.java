package io.doundo.orchestrator.play;

import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.UndoRule;
import io.doundo.protocol.CommandAction;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A request that is about to be made to many flows, played on one of them: the dry run, and of a
 * flow that goes back then, the rest of its way.
 *
 * @param undone the steps that are undone, in the order of sending
 * @param leftStanding the steps whose effect stays in the outside world
 * @param irreversible the steps that are asked to do what cannot be undone: pivots, and those
 *     without an UNDO
 * @param unserved the steps that are asked for something that nobody reads; where that is unknown,
 *     those that no service declared to serve
 */
public record RequestForecast(
    DryRun run,
    List<String> undone,
    List<String> leftStanding,
    List<String> irreversible,
    List<String> unserved) {

  public RequestForecast {
    undone = List.copyOf(undone);
    leftStanding = List.copyOf(leftStanding);
    irreversible = List.copyOf(irreversible);
    unserved = List.copyOf(unserved);
  }

  /**
   * Plays the request on a copy of the flow.
   *
   * @param definition null for a flow that waits for it
   * @param now ms since the epoch
   */
  public static RequestForecast of(
      @Nullable Orchestration definition,
      FlowState state,
      ControlRequested request,
      long now,
      Presence presence,
      Evaluations evaluations) {
    DryRun run = DryRun.of(definition, state, request, evaluations);
    if (run.refusal() != null || definition == null) {
      return new RequestForecast(run, List.of(), List.of(), List.of(), List.of());
    }
    List<String> undone = List.of();
    List<String> leftStanding = List.of();
    if (isOnTheWayBack(run.state())) {
      UndoPlan plan = UndoPlanner.plan(definition, run.state(), now, presence, evaluations);
      undone = plan.stages().stream().flatMap(List::stream).map(UndoPlan.Undone::step).toList();
      leftStanding = plan.leftStanding().stream().map(UndoPlan.Reason::step).toList();
    } else if (run.status().isTerminal()) {
      leftStanding = run.state().leftStanding(definition);
    }
    Stream<String> unread =
        Stream.concat(
            run.commands().stream()
                .filter(one -> !isRead(definition, one.step(), one.action(), presence))
                .map(PlannedCommand::step),
            undone.stream()
                .filter(step -> !isRead(definition, step, CommandAction.UNDO, presence)));
    return new RequestForecast(
        run,
        undone,
        leftStanding,
        run.commands().stream()
            .filter(command -> command.action() == CommandAction.DO)
            .map(PlannedCommand::step)
            .filter(step -> isIrreversible(definition, step))
            .distinct()
            .toList(),
        unread.distinct().toList());
  }

  private static boolean isRead(
      Orchestration definition, String name, CommandAction action, Presence presence) {
    return definition.steps().stream()
        .filter(step -> step.name().equals(name))
        .anyMatch(step -> presence.reads(definition.name(), step, action));
  }

  private static boolean isOnTheWayBack(FlowState state) {
    return state.status() == FlowStatus.UNDOING
        || (state.status() == FlowStatus.PARKED && state.parkReason() == ParkReason.UNDO_FAILED);
  }

  private static boolean isIrreversible(Orchestration definition, String name) {
    return definition.steps().stream()
        .filter(step -> step.name().equals(name))
        .anyMatch(step -> step.pivot() || step.undoing().equals(UndoRule.NONE));
  }
}
