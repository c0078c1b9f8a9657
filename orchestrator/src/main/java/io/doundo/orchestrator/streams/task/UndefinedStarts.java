package io.doundo.orchestrator.streams.task;

import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.streams.record.InputRecord;
import io.doundo.orchestrator.streams.state.ByteReader;
import io.doundo.orchestrator.streams.state.ByteWriter;
import io.doundo.orchestrator.streams.state.FlowStores;
import io.doundo.orchestrator.streams.state.StoredFlow;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the start record of every flow that waits for its definition, whole: when none comes, the
 * record becomes a dead letter, byte for byte. Not thread-safe.
 */
final class UndefinedStarts {

  /** No digest looks like this, so the key meets no content's. */
  private static final String NAME = "start";

  private final KeyValueStore<String, byte[]> store;

  UndefinedStarts(FlowStores stores) {
    this.store = stores.contents();
  }

  /** The start has been taken, and its flow may have to wait. */
  void taken(InputRecord record, FlowUpdate update, Plan plan) {
    if (update.found() == FlowUpdate.FoundIn.NOWHERE && waits(update.state())) {
      ByteWriter out = new ByteWriter(record.size());
      record.writeTo(out);
      byte[] kept = out.toByteArray();
      plan.write(() -> store.put(key(update), kept));
    }
  }

  /** The start record of a flow that has waited until now, or null for any other flow. */
  @Nullable InputRecord of(FlowUpdate update) {
    if (!waits(update.state())) {
      return null;
    }
    byte[] kept = store.get(key(update));
    return kept == null ? null : InputRecord.readFrom(new ByteReader(kept));
  }

  /** Forgets the record when the flow does not wait any more. */
  void settled(FlowUpdate update, Plan plan) {
    StoredFlow before = update.before();
    if (before != null && waits(before.state()) && !waits(update.state())) {
      plan.write(() -> store.delete(key(update)));
    }
  }

  private static boolean waits(@Nullable FlowState state) {
    return state != null && state.status() == FlowStatus.WAITING;
  }

  private static String key(FlowUpdate update) {
    return FlowStores.contentKey(update.flowId(), NAME);
  }
}
