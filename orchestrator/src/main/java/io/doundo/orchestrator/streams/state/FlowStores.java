package io.doundo.orchestrator.streams.state;

import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.WindowStore;
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

  public @Nullable Stub stub(String flowId) {
    byte[] value = Latest.of(stubs, flowId);
    return value == null ? null : Stub.decode(value);
  }
}
