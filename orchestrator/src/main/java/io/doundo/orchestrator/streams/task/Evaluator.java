package io.doundo.orchestrator.streams.task;

import io.doundo.orchestrator.core.effect.Effect.Evaluate;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluated;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.evaluation.FlowEvaluator;
import io.doundo.orchestrator.evaluation.ResultRoom;
import io.doundo.protocol.json.RawJson;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates the expressions of a task's flows between two decisions. Expressions are compiled once
 * for all flows of a definition. Not thread-safe.
 */
final class Evaluator {

  private final FlowEvaluator evaluator = new FlowEvaluator();
  private final int maxRecordBytes;

  Evaluator(int maxRecordBytes) {
    this.maxRecordBytes = maxRecordBytes;
  }

  /** Evaluates what the core asks for; a failure is a value as well. */
  Evaluated evaluate(FlowUpdate update, Evaluate asked, long at) {
    return new Evaluated(
        at,
        asked.stepName(),
        asked.purpose(),
        evaluator.evaluate(
            update.requireDefinition(), update.requireState(), asked, new Values(update)));
  }

  /**
   * The event with the part of the answer that its step's definition keeps; most keep all of it.
   */
  FlowEvent kept(FlowUpdate update, FlowEvent event) {
    Orchestration definition = update.definition();
    return definition == null
            || update.state() == null
            || !FlowEvaluator.isReduced(definition, event)
        ? event
        : evaluator.kept(definition, update.requireState(), event, new Values(update));
  }

  private final class Values implements FlowEvaluator.Values {

    private final FlowUpdate update;

    Values(FlowUpdate update) {
      this.update = update;
    }

    @Override
    public RawJson read(Content content) {
      return RawJson.trusted(update.bytesOf(content));
    }

    @Override
    public Content add(RawJson value) {
      return update.add(value);
    }

    @Override
    public boolean fitsCommand(RawJson value) {
      return value.size() <= ResultRoom.of(update.requireState(), maxRecordBytes);
    }

    @Override
    public @Nullable Orchestration newest(String orchestration) {
      return null;
    }

    @Override
    public FlowEvaluator.KeptPart part(int step, int attempt, int index) {
      throw new IllegalStateException("no registered orchestration has parts");
    }

    @Override
    public boolean fitsUndo(String step, RawJson result) {
      return ResultRoom.fits(
          update.definition(), update.state(), step, result, maxRecordBytes, this);
    }
  }
}
