package io.doundo.orchestrator.streams.state;

import java.time.Instant;
import java.util.Arrays;
import java.util.Objects;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.ReadOnlyWindowStore;
import org.apache.kafka.streams.state.WindowStore;
import org.apache.kafka.streams.state.WindowStoreIterator;
import org.jspecify.annotations.Nullable;

/**
 * The stores of one task, from its beginning or its revival until it is closed or revived again.
 * The flows that were written last are kept decoded, so that the next record of such a flow neither
 * reads nor decodes it. They stand here exactly as their rows would be decoded. They belong to one
 * life of the task: after a transaction that was aborted, the task gets other stores, and these
 * begin with none. Rows of flows are written here only. Not thread-safe.
 */
public final class FlowStores {

  private static final Instant END_OF_TIME = Instant.parse("9999-12-31T00:00:00Z");

  private final KeyValueStore<String, byte[]> flows;
  private final KeyValueStore<String, byte[]> contents;
  private final WindowStore<String, byte[]> stubs;
  private final FlowCache decoded;

  /**
   * @param flows live flows and held records by flowId; {@link FlowValue}
   * @param contents contents that are too large for their flow's value, by {@link #contentKey}
   * @param stubs of ended flows, by flowId at the time of the archiving
   * @param decodedBytes about how much memory decoded flows may take
   */
  FlowStores(
      KeyValueStore<String, byte[]> flows,
      KeyValueStore<String, byte[]> contents,
      WindowStore<String, byte[]> stubs,
      long decodedBytes) {
    this.flows = flows;
    this.contents = contents;
    this.stubs = stubs;
    this.decoded = new FlowCache(Integer.MAX_VALUE, decodedBytes);
  }

  /**
   * The stores of the task that this is the context of.
   *
   * @param decodedBytes about how much memory decoded flows may take
   */
  public static FlowStores of(ProcessorContext<?, ?> context, long decodedBytes) {
    return new FlowStores(
        context.getStateStore(StoreNames.FLOWS),
        context.getStateStore(StoreNames.CONTENTS),
        context.getStateStore(StoreNames.STUBS),
        decodedBytes);
  }

  /**
   * Live flows and held records by flowId, and the rows of schedules and breakers under keys of
   * their own. Nothing is written under a flowId but by {@link #keep}, {@link #hold} and {@link
   * #drop}.
   */
  public KeyValueStore<String, byte[]> flows() {
    return flows;
  }

  /** Contents that are too large for their flow's value, by {@link #contentKey}. */
  public KeyValueStore<String, byte[]> contents() {
    return contents;
  }

  /** The stubs of ended flows, by flowId at the time of the archiving. */
  public WindowStore<String, byte[]> stubs() {
    return stubs;
  }

  /** Removes a content that stands beside its flow's value. */
  public void dropContent(String flowId, String digest) {
    // To delete it would read the value first, which is a large one.
    contents.put(contentKey(flowId, digest), null);
  }

  /** What stands under a flowId. */
  public StoredRow row(String flowId) {
    StoredFlow flow = decoded.find(flowId);
    if (flow == null) {
      return StoredRow.of(flows.get(flowId));
    }
    assert isRow(flow, flows.get(flowId)) : "another value is stored for flow " + flowId;
    return StoredRow.of(flow);
  }

  /** Writes a live flow. */
  public void keep(String flowId, EncodedFlow flow) {
    // First of all: if the write fails, nobody knows what the store has.
    decoded.remove(flowId);
    flows.put(flowId, flow.bytes());
    StoredFlow kept = flow.flow();
    if (kept != null) {
      assert isRow(kept, flow.bytes()) : "flow " + flowId + " is stored as another one";
      decoded.put(flowId, kept);
    }
  }

  /** Writes records that are held for a flow which is not there. */
  public void hold(String flowId, byte[] held) {
    decoded.remove(flowId);
    flows.put(flowId, held);
  }

  /** Removes what stands under a flowId. */
  public void drop(String flowId) {
    decoded.remove(flowId);
    // To delete it would read the value first, in order to return it.
    flows.put(flowId, null);
  }

  /** Whether the stored value is decoded to this very flow; asked where assertions are enabled. */
  private static boolean isRow(StoredFlow flow, byte @Nullable [] value) {
    if (value == null || !FlowValue.isFlow(value)) {
      return false;
    }
    StoredFlow stored = FlowStateCodec.decode(value);
    return stored.state().equals(flow.state())
        && Objects.equals(stored.searchValue(), flow.searchValue())
        && stored.contents().keySet().equals(flow.contents().keySet())
        && stored.contents().entrySet().stream()
            .allMatch(
                content ->
                    Arrays.equals(content.getValue(), flow.contents().get(content.getKey())));
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
