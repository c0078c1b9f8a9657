package io.doundo.orchestrator.core.family;

import io.doundo.orchestrator.core.FlowDecider;
import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.orchestrator.core.effect.Effect.Evaluate;
import io.doundo.orchestrator.core.event.FailureKind;
import io.doundo.orchestrator.core.event.FlowEvent.AnswerOf;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.event.FlowEvent.Evaluation;
import io.doundo.orchestrator.core.event.FlowEvent.Resolution;
import io.doundo.orchestrator.core.event.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.Sha256;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Work;
import io.doundo.orchestrator.definition.compiler.PartsDocuments;
import io.doundo.orchestrator.evaluation.FlowEvaluator;
import io.doundo.orchestrator.evaluation.FlowEvaluator.KeptPart;
import io.doundo.orchestrator.evaluation.ItemLists;
import io.doundo.orchestrator.evaluation.PartPayloads;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** Runs documents with parts on the core with the real evaluator. Not thread-safe. */
final class DocumentFamily {

  private static final int DIGEST_BYTES = 16;
  private static final int MOST_ITEMS = 5;

  private final FlowEvaluator evaluator = new FlowEvaluator(MOST_ITEMS);
  private final FlowFamily family = new FlowFamily(new FlowDecider()::decide, this::evaluate);
  private final Map<String, RawJson> contents = new HashMap<>();
  private final Map<String, KeptPart> kept = new HashMap<>();
  private final Map<String, Orchestration> registered = new TreeMap<>();
  private final Map<String, UnaryOperator<String>> workers = new TreeMap<>();

  /** What workers were sent: the flow, the step and the payload. */
  final List<String> sent = new ArrayList<>();

  DocumentFamily() {
    family.servedBy(this::carryOut);
    family.startedWith(
        (parent, part) -> {
          int step = parent.indexOf(part.part().link().step());
          Work.Parts work = (Work.Parts) parent.steps().get(step).work();
          return add(
              PartPayloads.of(
                  work, part.part().link().index(), part.input(), this::read, new ItemLists()));
        });
    family.keptBy(
        (flowId, part) -> {
          RawJson result = part.result() == null ? null : read(part.result());
          kept.put(
              flowId + part.step() + '|' + part.attempt() + '|' + part.index(),
              new KeptPart(result, part.error()));
        });
  }

  /** Says what the worker of a step returns for a payload; one that returns empty text fails. */
  DocumentFamily worker(String step, UnaryOperator<String> answer) {
    workers.put(step, answer);
    return this;
  }

  DocumentFamily register(String document) {
    Orchestration orchestration = PartsDocuments.compiled(document);
    registered.put(orchestration.name(), orchestration);
    family.register(orchestration);
    return this;
  }

  DocumentFamily start(String document, String payload) {
    register(document);
    Orchestration orchestration = PartsDocuments.compiled(document);
    family.start(orchestration, "f", add(json(payload)));
    family.readAll();
    return this;
  }

  FlowFamily family() {
    return family;
  }

  /** An operator gives the step its input and has it tried again. */
  void retry(String flowId, String step, String input) {
    family.take(
        flowId,
        new ControlRequested(
            family.now,
            "retry at " + family.now++,
            ControlAction.RETRY,
            step,
            add(json(input)),
            Resolution.DONE,
            null,
            "operator"));
    family.readAll();
  }

  FlowState flow(String flowId) {
    return Objects.requireNonNull(family.flow(flowId));
  }

  /** The result of a step as JSON. */
  String result(String flowId, String step) {
    int index = family.definitionOf(flowId).indexOf(step);
    Content result = flow(flowId).steps().get(index).result();
    return result == null ? "nothing" : read(result).toString();
  }

  private static RawJson json(String text) {
    return Json.of(Json.MAPPER.readTree(text));
  }

  private RawJson read(Content content) {
    return Objects.requireNonNull(contents.get(content.digest()));
  }

  private Content add(RawJson json) {
    String digest = HexFormat.of().formatHex(Sha256.of(json.toString()), 0, DIGEST_BYTES);
    contents.put(digest, json);
    return new Content(digest, json.size(), json.isObject());
  }

  private void carryOut(FlowFamily.Command command) {
    DispatchStep step = command.step();
    RawJson payload = merged(step.payload());
    sent.add(command + " " + payload);
    UnaryOperator<String> worker = workers.getOrDefault(step.stepName(), text -> "{}");
    AnswerOf of = new AnswerOf(step.commandId(), step.attempt(), false);
    String answer = step.action() == CommandAction.UNDO ? "{}" : worker.apply(payload.toString());
    family.take(
        command.flowId(),
        answer.isEmpty()
            ? new StepFailed(
                family.now,
                step.stepName(),
                step.action(),
                of,
                FailureKind.NO_EFFECT_FINAL,
                "no stock",
                "worker")
            : new StepSucceeded(
                family.now, step.stepName(), step.action(), of, add(json(answer)), "worker"));
  }

  private RawJson merged(List<Content> parts) {
    try {
      return parts.size() == 1
          ? read(parts.get(0))
          : Json.merge(parts.stream().map(this::read).toList());
    } catch (MalformedRecordException e) {
      throw new AssertionError(e);
    }
  }

  private Evaluation evaluate(Orchestration definition, FlowState state, Evaluate asked) {
    return evaluator.evaluate(definition, state, asked, new Values(state.flowId()));
  }

  private final class Values implements FlowEvaluator.Values {

    private final String flowId;

    Values(String flowId) {
      this.flowId = flowId;
    }

    @Override
    public RawJson read(Content content) {
      return DocumentFamily.this.read(content);
    }

    @Override
    public Content add(RawJson value) {
      return DocumentFamily.this.add(value);
    }

    @Override
    public boolean fitsCommand(RawJson value) {
      return true;
    }

    @Override
    public boolean fitsUndo(String step, RawJson result) {
      return true;
    }

    @Override
    public boolean fitsMessage(long bytes) {
      return true;
    }

    @Override
    public FlowEvaluator.Newest newest(String orchestration) {
      return new FlowEvaluator.Newest(registered.get(orchestration), null);
    }

    @Override
    public KeptPart part(int step, int attempt, int index) {
      return kept.getOrDefault(
          flowId + step + '|' + attempt + '|' + index, new KeptPart(null, null));
    }
  }
}
