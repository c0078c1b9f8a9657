package io.doundo.orchestrator.streams.task;

import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.streams.state.ByteReader;
import io.doundo.orchestrator.streams.state.ByteWriter;
import io.doundo.orchestrator.streams.state.FlowStateCodec;
import io.doundo.orchestrator.streams.state.FlowValue;
import io.doundo.orchestrator.streams.state.NewerSchemaException;
import io.doundo.orchestrator.streams.state.StoredCodes;
import io.doundo.orchestrator.streams.task.meter.EngineMeters;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many flows of one task are parked, by reason: a durable count beside the flows, changed in
 * the transaction that parks or takes up a flow, so that it is right after a restart. Where no
 * count is kept yet, the flows are counted once. Not thread-safe.
 */
final class ParkedFlows {

  private static final Logger LOG = LoggerFactory.getLogger(ParkedFlows.class);

  /** No definition has a key that begins with a blank. */
  private static final String KEY = " parked";

  private static final int VERSION = 1;

  private final KeyValueStore<String, byte[]> store;
  private final EngineMeters.OfTask meters;
  private final long[] counts;
  private boolean kept;

  /**
   * @param store where the count is kept
   * @param flows the flows of the task
   */
  ParkedFlows(
      KeyValueStore<String, byte[]> store,
      KeyValueStore<String, byte[]> flows,
      EngineMeters.OfTask meters) {
    this.store = store;
    this.meters = meters;
    byte[] count = store.get(KEY);
    this.kept = count != null;
    this.counts = count == null ? count(flows) : read(count);
    publish();
  }

  /** Keeps what had to be counted, so that it is not counted at the next start again. */
  void keep() {
    if (!kept) {
      store.put(KEY, encode());
      kept = true;
    }
  }

  /** Adds to the plan what this update changes. */
  void sealed(@Nullable FlowState before, FlowState after, Plan plan) {
    ParkReason old = before == null ? null : before.parkReason();
    ParkReason next = after.parkReason();
    if (old == next) {
      return;
    }
    plan.write(
        () -> {
          add(old, -1);
          add(next, 1);
          kept = false;
          keep();
          publish();
        });
  }

  private void add(@Nullable ParkReason reason, int change) {
    if (reason != null) {
      int code = StoredCodes.PARK_REASONS.codeOf(reason);
      counts[code] = Math.max(0, counts[code] + change);
    }
  }

  private void publish() {
    for (ParkReason reason : ParkReason.values()) {
      meters.parked(reason, counts[StoredCodes.PARK_REASONS.codeOf(reason)]);
    }
  }

  private byte[] encode() {
    ByteWriter out = new ByteWriter(16);
    out.writeByte(VERSION);
    out.writeNumber(counts.length);
    for (long count : counts) {
      out.writeNumber(count);
    }
    return out.toByteArray();
  }

  private static long[] count(KeyValueStore<String, byte[]> flows) {
    long[] counts = new long[ParkReason.values().length];
    try (KeyValueIterator<String, byte[]> all = flows.all()) {
      while (all.hasNext()) {
        KeyValue<String, byte[]> flow = all.next();
        ParkReason reason = parkReason(flow.key, flow.value);
        if (reason != null) {
          counts[StoredCodes.PARK_REASONS.codeOf(reason)]++;
        }
      }
    }
    return counts;
  }

  private static @Nullable ParkReason parkReason(String flowId, byte[] value) {
    if (!FlowValue.isFlow(value)) {
      return null;
    }
    try {
      return FlowStateCodec.needsAttention(value)
          ? FlowStateCodec.decodeHead(value).parkReason()
          : null;
    } catch (NewerSchemaException e) {
      throw e;
    } catch (RuntimeException e) {
      // Whatever comes for this flow becomes a dead letter, which tells of it.
      FlowLog.about(flowId, () -> LOG.warn("cannot read whether flow {} is parked", flowId, e));
      return null;
    }
  }

  private static long[] read(byte[] value) {
    long[] counts = new long[ParkReason.values().length];
    ByteReader in = new ByteReader(value);
    NewerSchemaException.check("the count of parked flows", in.readByte(), VERSION);
    int length = in.readInt();
    for (int code = 0; code < length; code++) {
      // Codes are only ever added, so an older record has fewer.
      long count = in.readNumber();
      if (code < counts.length) {
        counts[code] = count;
      }
    }
    return counts;
  }
}
