package io.doundo.orchestrator.play;

import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.effect.FlowMessage.Asked;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.state.ControlOutcome;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.parts.ParentVerb;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.protocol.CommandAction;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The consequence of an operator's request for a flow that receives nothing else, until the request
 * and the turns that it sends are committed. A missing topic or a command that is too large is
 * noticed only when the command is sent.
 *
 * @param refusal why the request is refused; null when it is carried out
 * @param status the flow's status afterwards
 * @param events the entries of the audit log
 * @param commands in the order of sending
 * @param parts what its parts are asked, and how many of each step
 * @param state the flow afterwards
 */
public record DryRun(
    @Nullable String refusal,
    FlowStatus status,
    List<Entry> events,
    List<PlannedCommand> commands,
    List<AskedParts> parts,
    FlowState state) {

  /** So many parts of a step are asked the same at once; further ones may follow. */
  public record AskedParts(String step, ParentVerb verb, int parts) {}

  /**
   * An entry of the audit log.
   *
   * @param generation 0 for the whole flow
   * @param attempt 0 when the entry concerns no attempt
   */
  public record Entry(
      FlowEventType type,
      @Nullable String step,
      @Nullable CommandAction action,
      int generation,
      int attempt,
      @Nullable String reason) {

    static Entry of(PublishFlowEvent entry) {
      return new Entry(
          entry.type(),
          entry.step(),
          entry.action(),
          entry.generation(),
          entry.attempt(),
          entry.reason());
    }
  }

  public DryRun {
    events = List.copyOf(events);
    commands = List.copyOf(commands);
    parts = List.copyOf(parts);
  }

  /**
   * Runs a request on a copy of the flow.
   *
   * @param definition null for a flow that waits for it
   */
  public static DryRun of(
      @Nullable Orchestration definition,
      FlowState state,
      ControlRequested request,
      Evaluations evaluations) {
    FlowCopy copy = new FlowCopy(definition, state, evaluations);
    copy.give(request);
    copy.commitTurns(request.at());
    return new DryRun(
        refusal(copy, request),
        copy.state().status(),
        copy.events().stream().map(Entry::of).toList(),
        copy.commands().stream().map(PlannedCommand::of).toList(),
        askedParts(copy),
        copy.state());
  }

  private static List<AskedParts> askedParts(FlowCopy copy) {
    Map<String, Map<ParentVerb, Integer>> counts = new LinkedHashMap<>();
    for (Asked asked : copy.toldParts()) {
      if (asked.verb() == ParentVerb.RELEASE) {
        // It does nothing to a part; only its place is another one.
        continue;
      }
      counts
          .computeIfAbsent(asked.link().step(), unused -> new EnumMap<>(ParentVerb.class))
          .merge(asked.verb(), 1, Integer::sum);
    }
    List<AskedParts> parts = new ArrayList<>();
    counts.forEach(
        (step, verbs) ->
            verbs.forEach((verb, number) -> parts.add(new AskedParts(step, verb, number))));
    return parts;
  }

  /** The core's refusal of this request; a repeated request has the refusal of the first. */
  private static @Nullable String refusal(FlowCopy copy, ControlRequested request) {
    ControlOutcome outcome = copy.state().notes().outcomeOf(request.controlId());
    return outcome == null ? null : outcome.refusal();
  }
}
