package io.doundo.orchestrator.streams.task;

import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.DefinitionFound;
import io.doundo.orchestrator.core.event.FlowEvent.TimeReached;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.streams.record.InputRecord;
import io.doundo.orchestrator.streams.record.OutputRecord;
import io.doundo.orchestrator.streams.state.FlowStores;
import io.doundo.orchestrator.streams.state.StoredFlow;
import io.doundo.orchestrator.streams.state.StoredRow;
import io.doundo.orchestrator.streams.task.FlowUpdates.Clock;
import io.doundo.orchestrator.streams.task.schedule.RunReports;
import org.jspecify.annotations.Nullable;

/**
 * Opens stored flows for what happens to them, each with its definition, and seals what they have
 * become. Computes only; writes go into the plan. Not thread-safe.
 */
final class FlowOpener {

  private final FlowStores stores;
  private final TaskDefinitions definitions;
  private final Decisions decisions;
  private final FlowWriter writer;
  private final UndefinedStarts undefined;
  private final Clock clock;

  FlowOpener(
      FlowStores stores,
      TaskDefinitions definitions,
      Decisions decisions,
      FlowWriter writer,
      UndefinedStarts undefined,
      Clock clock) {
    this.stores = stores;
    this.definitions = definitions;
    this.decisions = decisions;
    this.writer = writer;
    this.undefined = undefined;
    this.clock = clock;
  }

  /** A flow that is not there yet. */
  FlowUpdate beginning(String flowId, Plan plan) {
    return FlowUpdate.beginning(flowId, clock.now(), stores, plan);
  }

  /** A flow of the live store. */
  FlowUpdate live(StoredRow row, Plan plan) {
    return open(row.flow(), FlowUpdate.FoundIn.LIVE, plan);
  }

  /** A flow without its definition, for when that is what the engine fails on. */
  FlowUpdate withoutDefinition(StoredFlow flow, Plan plan) {
    return FlowUpdate.of(flow, FlowUpdate.FoundIn.LIVE, clock.now(), stores, plan);
  }

  /** A flow that was read. One that waits for its definition gets it if it is there by now. */
  FlowUpdate open(StoredFlow flow, FlowUpdate.FoundIn found, Plan plan) {
    FlowUpdate update = FlowUpdate.of(flow, found, clock.now(), stores, plan);
    FlowState state = flow.state();
    DefinitionId id = state.definition();
    if (state.status() == FlowStatus.WAITING) {
      // Whatever comes may be the answer to a command of a transaction that had found the
      // definition and was aborted.
      Orchestration registered = awaited(update, state);
      define(update, registered, update.bytesOf(state.origin().payload()));
      if (registered != null && registered.contract().payload() != null) {
        // Before anything else happens to the flow, its payload must be accepted.
        decisions.apply(update, new DefinitionFound(update.now()), undefined.of(update));
      }
    } else if (id == null && state.status() == FlowStatus.REJECTED) {
      // What comes may be the answer to a command of such a transaction as well.
      update.runsOn(awaited(update, state));
    } else {
      update.runsOn(id == null ? null : definitions.of(id, state.origin().partOf()));
    }
    return update;
  }

  /** The definition that a flow waits for; null when it is not there yet. */
  private @Nullable Orchestration awaited(FlowUpdate update, FlowState state) {
    if (state.origin().partOf() != null) {
      return definitions.of(state.origin().partOf());
    }
    long appendedAt = appendedAt(update);
    String name = state.orchestrationName();
    return definitions.refusal(name, appendedAt) == null
        ? definitions.choose(name, appendedAt)
        : null;
  }

  /** When the flow's start was appended: by the broker's clock, like the definitions. */
  private long appendedAt(FlowUpdate update) {
    InputRecord start = undefined.of(update);
    return start == null ? update.requireState().origin().startedAt() : start.appendedAt();
  }

  /** The flow begins on this definition; null when it is not there yet. */
  static void define(FlowUpdate update, @Nullable Orchestration definition, byte[] payload) {
    update.runsOn(definition);
    if (definition != null) {
      update.foundBy(SearchValue.of(definition.searchKey(), payload));
    }
  }

  /** Adds to the plan what has become of the flow. */
  void seal(FlowUpdate update, Plan plan) {
    Orchestration definition = update.definition();
    if (definition != null) {
      definitions.keep(definition, plan);
    }
    undefined.settled(update, plan);
    StoredFlow before = update.before();
    OutputRecord report =
        RunReports.moved(before == null ? null : before.state(), update.requireState());
    if (report != null) {
      plan.send(report);
    }
    writer.seal(update, plan);
  }

  /**
   * What a due timer means to the flow.
   *
   * @param at up to when everything is due, ms since the epoch
   */
  FlowEvent dueEvent(FlowUpdate update, long at) {
    FlowState state = update.requireState();
    if (state.status() != FlowStatus.WAITING) {
      return new TimeReached(at);
    }
    String refusal =
        state.origin().partOf() == null
            ? definitions.refusal(state.orchestrationName(), appendedAt(update))
            : null;
    return refusal != null || update.definition() != null
        ? new DefinitionFound(at, refusal)
        : new TimeReached(at);
  }
}
