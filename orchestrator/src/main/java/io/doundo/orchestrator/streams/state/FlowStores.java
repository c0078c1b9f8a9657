package io.doundo.orchestrator.streams.state;

import java.time.Instant;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.ReadOnlyWindowStore;
import org.apache.kafka.streams.state.WindowStore;
import org.apache.kafka.streams.state.WindowStoreIterator;
import org.jspecify.annotations.Nullable;

/**
 * The stores of one task.
 *
 * @param flows live flows and held records by flowId; {@link FlowValue}
 * @param contents contents that are too large for their flow's value, by {@link #contentKey}
 * @param stubs of ended flows, by flowId at the time of the archiving
 */
public record FlowStores(
    KeyValueStore<String, byte[]> flows,
    KeyValueStore<String, byte[]> contents,
    WindowStore<String, byte[]> stubs) {

  private static final Instant END_OF_TIME = Instant.parse("9999-12-31T00:00:00Z");

  public static FlowStores of(ProcessorContext<?, ?> context) {
    return new FlowStores(
        context.getStateStore(StoreNames.FLOWS),
        context.getStateStore(StoreNames.CONTENTS),
        context.getStateStore(StoreNames.STUBS));
  }

  /** A digest has a fixed length, so no two flows' keys meet. */
  public static String contentKey(String flowId, String digest) {
    return flowId + '|' + digest;
  }

  public @Nullable FlowStub stub(String flowId) {
    byte[] value = newest(stubs, flowId);
    return value == null ? null : FlowStub.decode(value);
  }

  /** The newest value under a key, or null; for a task, which asks for every start. */
  public static byte @Nullable [] newest(WindowStore<String, byte[]> store, String key) {
    try (WindowStoreIterator<byte[]> values =
        store.backwardFetch(key, 0, END_OF_TIME.toEpochMilli())) {
      return values.hasNext() ? values.next().value : null;
    }
  }

  /** The newest value under a key, or null. */
  public static byte @Nullable [] newest(ReadOnlyWindowStore<String, byte[]> store, String key) {
    try (WindowStoreIterator<byte[]> values =
        store.backwardFetch(key, Instant.EPOCH, END_OF_TIME)) {
      return values.hasNext() ? values.next().value : null;
    }
  }
}
