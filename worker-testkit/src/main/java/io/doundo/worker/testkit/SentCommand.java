package io.doundo.worker.testkit;

import io.doundo.orchestrator.core.effect.Effect.DispatchStep;
import io.doundo.orchestrator.core.state.DoKey;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Step;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.CommandEnvelope;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.json.RawJson;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.record.TimestampType;

/** A command that the orchestrator has sent: its record as a worker reads it. */
record SentCommand(
    String flowId,
    String step,
    CommandAction action,
    int attempt,
    int generation,
    String id,
    RawJson payload,
    ConsumerRecord<byte[], byte[]> record) {

  /**
   * Words a command as the orchestrator does.
   *
   * @param halves the record headers that take an UNDO's payload apart
   */
  static SentCommand of(
      Orchestration definition,
      FlowState flow,
      DispatchStep sent,
      RawJson payload,
      Map<String, RawJson> halves,
      long at) {
    Step step = definition.steps().get(sent.step());
    boolean toDo = sent.action() == CommandAction.DO;
    byte[] value =
        new CommandEnvelope(
                flow.flowId(),
                definition.name(),
                step.name(),
                sent.action(),
                step.seq(),
                sent.attempt(),
                at)
            .encode(payload);
    return new SentCommand(
        flow.flowId(),
        step.name(),
        sent.action(),
        sent.attempt(),
        sent.generation(),
        sent.commandId(),
        payload,
        new ConsumerRecord<>(
            topic(definition, step, toDo),
            0,
            sent.attempt(),
            at,
            TimestampType.LOG_APPEND_TIME,
            flow.flowId().length(),
            value.length,
            utf8(flow.flowId()),
            value,
            headers(definition, flow, sent, halves, at),
            Optional.empty()));
  }

  private static String topic(Orchestration definition, Step step, boolean toDo) {
    return step.topic(definition.name(), toDo ? CommandAction.DO : CommandAction.UNDO);
  }

  private static Headers headers(
      Orchestration definition,
      FlowState flow,
      DispatchStep sent,
      Map<String, RawJson> halves,
      long at) {
    Headers headers = new org.apache.kafka.common.header.internals.RecordHeaders();
    add(headers, RecordHeaders.COMMAND_ID, sent.commandId());
    add(headers, RecordHeaders.ATTEMPT, Integer.toString(sent.attempt()));
    add(headers, RecordHeaders.GENERATION, Integer.toString(sent.generation()));
    String keys = DoKey.header(flow.steps().get(sent.step()), sent.action());
    if (keys != null) {
      add(headers, RecordHeaders.KEYS, keys);
    }
    add(headers, RecordHeaders.DEADLINE, Long.toString(sent.deadline()));
    add(headers, RecordHeaders.DEFINITION, definition.id().header());
    add(headers, RecordHeaders.INCARNATION, flow.incarnation());
    long firstSent = flow.steps().get(sent.step()).startedAt();
    if (firstSent > 0) {
      add(headers, RecordHeaders.FIRST_SENT, Long.toString(firstSent));
    }
    if (sent.action() == CommandAction.DO) {
      // Here a command is visible as soon as it is sent.
      add(headers, RecordHeaders.VISIBLE_SINCE, Long.toString(at));
    }
    if (definition.steps().get(sent.step()).undoFailed()) {
      add(headers, RecordHeaders.UNDO_FAILED, "true");
    }
    if (sent.effect() != null) {
      add(headers, RecordHeaders.EFFECT, sent.effect().name());
    }
    halves.forEach((name, value) -> headers.add(name, value.bytes()));
    return headers;
  }

  private static void add(Headers headers, String name, String value) {
    headers.add(name, utf8(value));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  boolean is(CommandAction other, String name) {
    return action == other && step.equals(name);
  }

  @Override
  public String toString() {
    return action + " " + step + (attempt > 1 ? ", attempt " + attempt : "");
  }
}
