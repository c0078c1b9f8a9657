package io.doundo.orchestrator.streams.task;

import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.orchestrator.core.event.FlowEvent.DispatchImpossible;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.DoKey;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.StepState;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Work;
import io.doundo.orchestrator.streams.TopicCatalog;
import io.doundo.orchestrator.streams.TraceSampling;
import io.doundo.orchestrator.streams.record.OutputRecord;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.CommandEnvelope;
import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.UndoPayload;
import io.doundo.protocol.json.Json;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** Makes the DO and UNDO records, or says why one cannot be sent. Immutable. */
final class Commands {

  private static final int SPAN_DIGITS = 16;

  private final TopicCatalog topics;
  private final int maxRecordBytes;
  private final TraceSampling traces;
  private final LongSupplier answersRead;

  /**
   * @param answersRead up to when all answers have been read, ms since the epoch
   */
  Commands(
      TopicCatalog topics, int maxRecordBytes, TraceSampling traces, LongSupplier answersRead) {
    this.topics = topics;
    this.maxRecordBytes = maxRecordBytes;
    this.traces = traces;
    this.answersRead = answersRead;
  }

  /**
   * Adds the command to what the update sends.
   *
   * @return null, or the reason for which nothing was added
   */
  @Nullable DispatchImpossible dispatch(FlowUpdate update, DispatchStep effect, long at) {
    Orchestration definition = update.requireDefinition();
    Step step = definition.steps().get(effect.step());
    String topic = step.topic(definition.name(), effect.action());
    if (!topics.exists(topic)) {
      return impossible(effect, at, true, "topic " + topic + " does not exist");
    }
    OutputRecord command =
        new OutputRecord(
            topic,
            update.flowId().getBytes(StandardCharsets.UTF_8),
            headers(update, definition, effect),
            envelope(update, definition, step, effect, at));
    tellHalves(update, effect, command);
    if (command.size() > maxRecordBytes) {
      return impossible(
          effect,
          at,
          false,
          "the command takes " + command.size() + " bytes, more than " + maxRecordBytes);
    }
    update.send(command);
    return null;
  }

  private static DispatchImpossible impossible(
      DispatchStep effect, long at, boolean retryable, String error) {
    return new DispatchImpossible(
        at, effect.stepName(), effect.action(), effect.attempt(), retryable, error);
  }

  private static byte[] envelope(
      FlowUpdate update, Orchestration definition, Step step, DispatchStep effect, long at) {
    return new CommandEnvelope(
            update.flowId(),
            definition.name(),
            step.name(),
            effect.action(),
            step.seq(),
            effect.attempt(),
            at)
        .encode(payload(update, effect.payload()), startHeaders(update));
  }

  /** The start's own body headers, which travel with every command. */
  private static @Nullable RawJson startHeaders(FlowUpdate update) {
    Content headers = update.requireState().origin().headers();
    return headers == null ? null : RawJson.trusted(update.bytesOf(headers));
  }

  private static RawJson payload(FlowUpdate update, List<Content> contents) {
    if (contents.isEmpty()) {
      return RawJson.EMPTY_OBJECT;
    }
    List<RawJson> values = new ArrayList<>(contents.size());
    for (Content content : contents) {
      values.add(RawJson.trusted(update.bytesOf(content)));
    }
    try {
      return Json.merge(values);
    } catch (MalformedRecordException e) {
      throw new IllegalStateException(
          "a stored content of flow " + update.flowId() + " is not JSON", e);
    }
  }

  /**
   * Says on an UNDO which fields are the result's, and what they replaced. An UNDO that would be
   * too large with these headers goes without them: its payload is whole either way.
   */
  private void tellHalves(FlowUpdate update, DispatchStep effect, OutputRecord command) {
    StepState step = update.requireState().steps().get(effect.step());
    List<Content> payload = effect.payload();
    Content made = step.result();
    boolean knowsResult = effect.effect() == KnownEffect.DONE || made != null;
    boolean isRequest =
        update.requireDefinition().steps().get(effect.step()).work() instanceof Work.Http;
    if (isRequest
        || effect.action() != CommandAction.UNDO
        || !knowsResult
        || step.undoInput() != null) {
      return;
    }
    List<Content> asked = payload;
    RawJson result = null;
    if (made != null && made.object() && !payload.isEmpty()) {
      asked = payload.subList(0, payload.size() - 1);
      result = RawJson.trusted(update.bytesOf(made));
    }
    Map<String, RawJson> halves = UndoPayload.headers(payload(update, asked), result);
    Headers headers = command.headers();
    halves.forEach((name, value) -> headers.add(name, value.bytes()));
    if (command.size() > maxRecordBytes) {
      halves.keySet().forEach(headers::remove);
    }
  }

  private Headers headers(FlowUpdate update, Orchestration definition, DispatchStep effect) {
    FlowState state = update.requireState();
    Headers headers = new org.apache.kafka.common.header.internals.RecordHeaders();
    add(headers, RecordHeaders.COMMAND_ID, effect.commandId());
    add(headers, RecordHeaders.ATTEMPT, Integer.toString(effect.attempt()));
    add(headers, RecordHeaders.GENERATION, Integer.toString(effect.generation()));
    String keys = DoKey.header(state.steps().get(effect.step()), effect.action());
    if (keys != null) {
      add(headers, RecordHeaders.KEYS, keys);
    }
    add(headers, RecordHeaders.DEADLINE, Long.toString(effect.deadline()));
    add(headers, RecordHeaders.DEFINITION, definition.id().header());
    add(headers, RecordHeaders.INCARNATION, state.incarnation());
    StepState step = state.steps().get(effect.step());
    long firstSent = step.startedAt();
    if (effect.action() == CommandAction.DO) {
      long visibleSince = update.visibleSince(effect.step(), answersRead);
      add(headers, RecordHeaders.VISIBLE_SINCE, Long.toString(visibleSince));
      if (isFirstThatCounts(definition, effect, step)) {
        firstSent = visibleSince;
      }
    }
    if (firstSent > 0) {
      add(headers, RecordHeaders.FIRST_SENT, Long.toString(firstSent));
    }
    if (definition.steps().get(effect.step()).undoFailed()) {
      add(headers, RecordHeaders.UNDO_FAILED, "true");
    }
    if (effect.effect() != null) {
      add(headers, RecordHeaders.EFFECT, effect.effect().name());
    }
    add(headers, RecordHeaders.TRACEPARENT, traceparent(state, effect.commandId()));
    return headers;
  }

  /**
   * Whether every DO before this one is known to have failed without any effect. A fence that does
   * not remember them has lost nothing then.
   */
  private static boolean isFirstThatCounts(
      Orchestration definition, DispatchStep effect, StepState step) {
    return effect.attempt() > 1
        && !step.effect().mayExist()
        && !definition.steps().get(effect.step()).undoFailed();
  }

  /** One trace per life of a flow, one span per command; the same again in a replay. */
  private String traceparent(FlowState state, String commandId) {
    String flags = traces.isSampled(state.incarnation()) ? "-01" : "-00";
    return "00-" + state.incarnation() + '-' + commandId.substring(0, SPAN_DIGITS) + flags;
  }

  private static void add(Headers headers, String name, String value) {
    headers.add(name, value.getBytes(StandardCharsets.UTF_8));
  }
}
