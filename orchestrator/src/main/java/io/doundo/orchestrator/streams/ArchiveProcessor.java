package io.doundo.orchestrator.streams;

import io.doundo.protocol.MalformedRecordException;
import io.doundo.protocol.Topics;
import io.doundo.protocol.Utf8;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.WindowStore;
import org.jspecify.annotations.Nullable;

/**
 * Keeps ended flows until they expire, and gives one back, with its larger contents before it, when
 * a record comes for it after its end. One instance per task, used by its thread only.
 */
final class ArchiveProcessor
    implements Processor<byte @Nullable [], byte @Nullable [], byte[], Outbound> {

  private final EngineSettings settings;
  private final Unread unread;
  private final DeadLetters deadLetters;
  private final Oversized oversized;
  private @Nullable ProcessorContext<byte[], Outbound> context;
  private @Nullable WindowStore<String, byte[]> store;

  ArchiveProcessor(EngineSettings settings, Unread unread) {
    this.settings = settings;
    this.unread = unread;
    this.deadLetters = new DeadLetters(settings);
    this.oversized = new Oversized(settings);
  }

  @Override
  public void init(ProcessorContext<byte[], Outbound> context) {
    this.context = context;
    WindowStore<String, byte[]> archive = context.getStateStore(StoreNames.ARCHIVE);
    this.store = archive;
    FirstSegment.ensure(context, archive);
  }

  @Override
  public void process(Record<byte @Nullable [], byte @Nullable []> record) {
    if (context == null || store == null) {
      throw new IllegalStateException("the task is not initialised");
    }
    ProcessorContext<byte[], Outbound> sink = context;
    RecordMetadata place = sink.recordMetadata().orElseThrow();
    Plan plan = new Plan();
    SourceRecord source = SourceRecord.of(record, place);
    try {
      take(source, store, plan);
    } catch (UnreadableValueException e) {
      plan = new Plan();
      plan.send(deadLetters.of(source, "not a record the orchestrator wrote: " + e.getMessage()));
    }
    plan.carryOut(
        out ->
            sink.forward(new Record<>(out.key(), out, sink.currentSystemTimeMs(), out.headers())));
    unread.processedOne();
  }

  private void take(SourceRecord record, WindowStore<String, byte[]> archive, Plan plan) {
    byte[] key = record.key();
    byte[] value = record.value();
    String flowId = key == null ? null : Utf8.decode(key);
    if (flowId == null || value == null) {
      throw new UnreadableValueException("it has no key or no value");
    }
    if (ArchiveCodec.isFlow(value)) {
      ArchiveCodec.ArchivedFlow flow = ArchiveCodec.decodeFlow(value);
      FlowStateCodec.decodeHead(flow.flow());
      plan.write(() -> archive.put(flowId, flow.flow(), flow.archivedAt()));
    } else if (ArchiveCodec.isContent(value)) {
      ArchiveCodec.ArchivedContent content = ArchiveCodec.decodeContent(value);
      String contentKey = FlowStores.contentKey(flowId, content.digest());
      plan.write(() -> archive.put(contentKey, content.bytes(), content.archivedAt()));
    } else if (ArchiveCodec.isRecall(value)) {
      giveBack(flowId, ArchiveCodec.decodeRecall(value), archive, plan);
    } else {
      throw new UnreadableValueException("no archive record begins like it");
    }
  }

  private void giveBack(
      String flowId, InboundRecord record, WindowStore<String, byte[]> archive, Plan plan) {
    byte[] flow = Latest.of(archive, flowId);
    if (flow != null) {
      StoredFlow stored = FlowStateCodec.decode(flow);
      for (String digest : Contents.namedBy(stored.state()).keySet()) {
        if (!stored.contents().containsKey(digest)) {
          byte[] bytes = Latest.of(archive, FlowStores.contentKey(flowId, digest));
          if (bytes == null) {
            throw new IllegalStateException(
                "content " + digest + " of the archived flow " + flowId + " is missing");
          }
          plan.send(rekeyed(flowId, new RekeyCodec.RecalledContent(digest, bytes)));
        }
      }
    }
    Outbound answer = rekeyed(flowId, new RekeyCodec.Recalled(flow, record));
    if (answer.size() <= settings.maxRecordBytes()) {
      plan.send(answer);
    } else {
      plan.send(withoutPayload(flowId, flow, record));
    }
  }

  /** The flow and the record are too large together: an answer goes without its payload. */
  private Outbound withoutPayload(String flowId, byte @Nullable [] flow, InboundRecord record) {
    try {
      InboundRecord cut = record.source() == Source.RESPONSE ? oversized.cut(record) : null;
      if (cut != null) {
        return rekeyed(flowId, new RekeyCodec.Recalled(flow, cut));
      }
    } catch (MalformedRecordException e) {
      return deadLetters.of(record, e.reason());
    }
    return deadLetters.of(record, oversized.reason(record));
  }

  private static Outbound rekeyed(String flowId, RekeyCodec.Rekeyed record) {
    return Outbound.of(Topics.REKEY, flowId, record.encode());
  }
}
