package io.doundo.orchestrator.streams.task;

import io.doundo.orchestrator.core.effect.Effect.TellFlow;
import io.doundo.orchestrator.core.effect.FlowMessage;
import io.doundo.orchestrator.core.effect.FlowMessage.Asked;
import io.doundo.orchestrator.core.effect.FlowMessage.Begin;
import io.doundo.orchestrator.core.effect.FlowMessage.Handed;
import io.doundo.orchestrator.core.effect.FlowMessage.Moved;
import io.doundo.orchestrator.core.effect.FlowMessage.PartInput;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.ChildMoved;
import io.doundo.orchestrator.core.event.FlowEvent.FlowStarted;
import io.doundo.orchestrator.core.event.FlowEvent.ParentAsked;
import io.doundo.orchestrator.core.event.FlowEvent.SignalHanded;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.PartOf;
import io.doundo.orchestrator.core.state.Signal;
import io.doundo.orchestrator.streams.record.InputRecord;
import io.doundo.orchestrator.streams.record.OutputRecord;
import io.doundo.orchestrator.streams.record.RekeyCodec;
import io.doundo.orchestrator.streams.state.Digests;
import io.doundo.orchestrator.streams.state.FlowMessageCodec;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.RawJson;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What flows tell each other: makes the records, with the JSON values that the other flow does not
 * have, and gives them their meaning for the flow that hears them. Not thread-safe.
 */
final class FlowMessages {

  /** A message of another flow, with the JSON values that came along. */
  record Incoming(InputRecord record, String flowId, FlowMessageCodec.Told told)
      implements Message {

    @Override
    public FlowEvent eventFor(FlowUpdate update) {
      told.contents().values().forEach(bytes -> update.add(RawJson.trusted(bytes)));
      FlowMessage message = told.message();
      if (message instanceof Moved moved) {
        return new ChildMoved(
            update.now(),
            moved.link(),
            moved.number(),
            moved.status(),
            moved.isAnswer(),
            moved.isRefusal(),
            moved.keptUntil(),
            moved.result(),
            moved.error(),
            moved.leftStanding(),
            moved.returned(),
            moved.waitsFor());
      }
      if (message instanceof Asked asked) {
        return new ParentAsked(
            update.now(), asked.link(), asked.verb(), asked.why(), asked.until());
      }
      if (message instanceof Handed handed) {
        return new SignalHanded(update.now(), handed.link(), handed.signal());
      }
      if (message instanceof Begin begin) {
        return started(begin, update.now());
      }
      throw new IllegalArgumentException("no flow tells another " + message);
    }

    private FlowStarted started(Begin begin, long at) {
      PartOf part = begin.part();
      return new FlowStarted(
          at,
          flowId,
          begin.incarnation(),
          part.definition().name(),
          begin.input().merged().get(0),
          begin.incarnation(),
          begin.initiator(),
          begin.headers(),
          null,
          part,
          begin.requestedBy());
    }
  }

  private final Evaluator evaluator;
  private final int maxRecordBytes;

  FlowMessages(Evaluator evaluator, int maxRecordBytes) {
    this.evaluator = evaluator;
    this.maxRecordBytes = maxRecordBytes;
  }

  /**
   * The record of a message.
   *
   * @param update of the flow that sends it
   * @throws IllegalStateException when the broker would not take it; what flows tell each other is
   *     checked as it is computed
   */
  OutputRecord of(FlowUpdate update, TellFlow effect) {
    Map<String, byte[]> contents = new HashMap<>();
    FlowMessage message = effect.message();
    if (message instanceof Begin begin) {
      message = begun(update, begin, contents);
    } else if (message instanceof Moved moved) {
      add(contents, update, moved.result());
      for (Signal signal : moved.returned()) {
        add(contents, update, signal.payload());
      }
    } else if (message instanceof Handed handed) {
      add(contents, update, handed.signal().payload());
    }
    RekeyCodec.MessageRecord record =
        new RekeyCodec.MessageRecord(new FlowMessageCodec.Told(message, contents));
    OutputRecord output = OutputRecord.of(Topics.REKEY, effect.flowId(), record.encode());
    if (output.size() > maxRecordBytes) {
      throw new IllegalStateException(
          "flow %s cannot tell flow %s: the message takes %d bytes, more than %d"
              .formatted(update.flowId(), effect.flowId(), output.size(), maxRecordBytes));
    }
    return output;
  }

  private Begin begun(FlowUpdate update, Begin begin, Map<String, byte[]> contents) {
    RawJson json = evaluator.partPayload(update, begin);
    Content payload = new Content(Digests.of(json.bytes()), json.size(), json.isObject());
    contents.put(payload.digest(), json.bytes());
    add(contents, update, begin.headers());
    add(contents, update, begin.part().captured());
    return new Begin(
        begin.part(),
        begin.incarnation(),
        new PartInput(List.of(payload), null, null),
        begin.initiator(),
        begin.headers(),
        begin.requestedBy());
  }

  private static void add(
      Map<String, byte[]> contents, FlowUpdate update, @Nullable Content content) {
    if (content != null) {
      contents.put(content.digest(), update.bytesOf(content));
    }
  }
}
