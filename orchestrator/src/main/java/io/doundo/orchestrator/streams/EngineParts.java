package io.doundo.orchestrator.streams;

import io.doundo.orchestrator.core.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.FlowEvent;
import io.doundo.orchestrator.core.FlowState;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The parts of the engine that the microbenchmarks time: its codecs, its audit log and its timers.
 * Nothing else needs them from outside. Stateless.
 */
public final class EngineParts {

  private static final int MAX_RECORD_BYTES = 1_000_000;

  private EngineParts() {}

  /** A flow's state as it is stored. */
  public static byte[] encode(FlowState state, Map<String, byte[]> contents) {
    return FlowStateCodec.encode(state, null, contents);
  }

  public static StoredFlow decode(byte[] value) {
    return FlowStateCodec.decode(value);
  }

  /** The record of the audit log. */
  public static byte[] audit(FlowState after, FlowEvent event, List<PublishFlowEvent> entries) {
    return new AuditLog(MAX_RECORD_BYTES).record(after, event, entries).value();
  }

  /** The timers of a task. Not for several threads. */
  public static final class TaskTimers {

    private final Timers timers;

    /**
     * Keeps them in a store.
     *
     * @param store ordered by its keys, compared as unsigned bytes
     */
    public TaskTimers(KeyValueStore<byte[], byte[]> store) {
      this.timers = new Timers(store);
    }

    public void set(long at, String flowId) {
      timers.set(new Timers.Timer(at, flowId));
    }

    public void clear(long at, String flowId) {
      timers.clear(new Timers.Timer(at, flowId));
    }

    /** How many are due, up to a limit. */
    public int due(long until, int limit) {
      return timers.due(until, limit).size();
    }
  }
}
