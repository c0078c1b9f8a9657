package io.doundo.orchestrator.streams;

import io.doundo.orchestrator.core.FlowState;
import io.doundo.orchestrator.core.ParkReason;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * How many flows of one task are parked, by reason: a durable count beside the flows, changed in
 * the transaction that parks or takes up a flow, so that it is right after a restart and no store
 * is scanned for it. Not thread-safe.
 */
final class ParkedFlows {

  /** No definition has a key that begins with a blank. */
  private static final String KEY = " parked";

  private static final int VERSION = 1;

  private final KeyValueStore<String, byte[]> store;
  private final EngineMeters.OfTask meters;
  private final long[] counts;

  ParkedFlows(KeyValueStore<String, byte[]> store, EngineMeters.OfTask meters) {
    this.store = store;
    this.meters = meters;
    this.counts = read(store.get(KEY));
    publish();
  }

  /** Adds to the plan what this turn changes. */
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
          store.put(KEY, encode());
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

  private static long[] read(byte @Nullable [] value) {
    long[] counts = new long[ParkReason.values().length];
    if (value != null) {
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
    }
    return counts;
  }
}
