package io.doundo.orchestrator.evaluation;

import io.doundo.expression.Bindings;
import io.doundo.expression.EvaluationException;
import io.doundo.expression.Reads;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.DoKey;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.StepEffect;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.http.HttpCall;
import io.doundo.protocol.http.IdempotencyKey;
import io.doundo.protocol.json.RawJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Evaluates the commands of steps that make HTTP requests. Not thread-safe. */
final class HttpEvaluator {

  private final FlowEvaluator flows;

  HttpEvaluator(FlowEvaluator flows) {
    this.flows = flows;
  }

  /** The payload of the step's next DO. */
  Evaluation request(
      Orchestration definition, FlowState state, int index, FlowEvaluator.Values values)
      throws EvaluationException {
    HttpPrograms programs = programs(definition, index);
    StepState step = state.steps().get(index);
    DoKey key = DoKey.next(step);
    try {
      RawJson command =
          programs.command(
              bind(definition, state, index, programs.readByDo(), values),
              VisibleValues.carried(definition, state, index, programs.carriedByDo(), values),
              keyOf(definition, state, index, key),
              lastDeadline(key),
              read(step.input(), values));
      return FlowEvaluator.value(command, values);
    } catch (EvaluationException e) {
      throw e.in("step " + definition.steps().get(index).name());
    }
  }

  /** The payload of the step's UNDO: a call for each key under which something may stand. */
  Evaluation undo(Orchestration definition, FlowState state, int index, FlowEvaluator.Values values)
      throws EvaluationException {
    HttpPrograms programs = programs(definition, index);
    StepState step = state.steps().get(index);
    RawJson replaced = read(step.undoInput(), values);
    RawJson result = read(step.result(), values);
    List<DoKey> keys = DoKey.unsettled(step);
    DoKey succeeded = DoKey.ofAttempt(step.outside().keys(), step.outside().succeededAttempt());
    List<HttpCall> calls = new ArrayList<>();
    boolean isLeftOpen = false;
    try {
      for (DoKey key : keys) {
        // There is one result. It is that of the key whose attempt succeeded.
        boolean isIts = keys.size() == 1 || isOf(succeeded, key);
        RawJson known = isIts ? result : null;
        KnownEffect effect =
            isIts && key.effect() == StepEffect.DONE ? KnownEffect.DONE : KnownEffect.UNKNOWN;
        HttpPrograms.Undone undone =
            new HttpPrograms.Undone(
                keyOf(definition, state, index, key), lastDeadline(key), effect, known);
        isLeftOpen |= programs.isLeftOpen(effect, known, replaced);
        calls.add(
            programs.call(
                bind(definition, state, index, programs.readByUndo(), values), undone, replaced));
      }
      Reads carried = programs.carriedByUndo(isLeftOpen);
      return FlowEvaluator.value(
          programs.undoCommand(
              calls, VisibleValues.carried(definition, state, index, carried, values)),
          values);
    } catch (EvaluationException e) {
      throw e.in("step " + definition.steps().get(index).name());
    }
  }

  private static @Nullable Instant lastDeadline(DoKey key) {
    return key.lastDeadline() == 0 ? null : Instant.ofEpochMilli(key.lastDeadline());
  }

  private static boolean isOf(@Nullable DoKey succeeded, DoKey key) {
    return succeeded != null && succeeded.number() == key.number();
  }

  private HttpPrograms programs(Orchestration definition, int index) {
    return flows.programs(definition).step(index).http().orElseThrow();
  }

  private static Bindings bind(
      Orchestration definition,
      FlowState state,
      int index,
      Reads reads,
      FlowEvaluator.Values values) {
    return VisibleValues.bind(definition, state, index, reads, null, values);
  }

  private static String keyOf(Orchestration definition, FlowState state, int index, DoKey key) {
    return IdempotencyKey.of(
        state.incarnation(),
        definition.name(),
        definition.steps().get(index).name(),
        CommandAction.DO,
        key.number());
  }

  private static @Nullable RawJson read(@Nullable Content content, FlowEvaluator.Values values) {
    return content == null ? null : values.read(content);
  }
}
