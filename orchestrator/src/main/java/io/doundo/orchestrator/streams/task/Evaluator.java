package io.doundo.orchestrator.streams.task;

import io.doundo.orchestrator.core.effect.Effect.Evaluate;
import io.doundo.orchestrator.core.effect.FlowMessage;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluated;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.parts.PartLink;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Work;
import io.doundo.orchestrator.evaluation.FlowEvaluator;
import io.doundo.orchestrator.evaluation.ItemLists;
import io.doundo.orchestrator.evaluation.PartPayloads;
import io.doundo.orchestrator.evaluation.ResultRoom;
import io.doundo.orchestrator.streams.EngineSettings;
import io.doundo.protocol.json.RawJson;

/**
 * Evaluates the expressions of a task's flows between two decisions. Expressions are compiled once
 * for all flows of a definition. Not thread-safe.
 */
final class Evaluator {

  private final FlowEvaluator evaluator;
  private final TaskDefinitions definitions;
  private final ItemLists items = new ItemLists();
  private final int maxRecordBytes;

  Evaluator(EngineSettings settings, TaskDefinitions definitions) {
    this.evaluator = new FlowEvaluator(settings.mostItems());
    this.definitions = definitions;
    this.maxRecordBytes = settings.maxRecordBytes();
  }

  /** The start payload of a part that the flow begins. */
  RawJson partPayload(FlowUpdate update, FlowMessage.Begin begin) {
    PartLink link = begin.part().link();
    Orchestration definition = update.requireDefinition();
    Step step = definition.steps().get(definition.indexOf(link.step()));
    if (!(step.work() instanceof Work.Parts work)) {
      throw new IllegalStateException("step " + step.name() + " has no parts");
    }
    return PartPayloads.of(work, link.index(), begin.input(), new Values(update), items);
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
    public FlowEvaluator.Newest newest(String orchestration) {
      return definitions.newest(orchestration, update.now());
    }

    @Override
    public boolean fitsMessage(long bytes) {
      return bytes <= ResultRoom.ofMessage(update.requireState(), maxRecordBytes);
    }

    @Override
    public FlowEvaluator.KeptPart part(int step, int attempt, int index) {
      return update.keptPart(step, attempt, index);
    }

    @Override
    public boolean fitsUndo(String step, RawJson result) {
      return ResultRoom.fits(
          update.definition(), update.state(), step, result, maxRecordBytes, this);
    }
  }
}
