package io.doundo.orchestrator.streams;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * The durable timers of one task, in the order in which they are due. A flow has at most one, and
 * so has a group of held records. Not for several threads.
 */
final class Timers {

  private static final byte[] PRESENT = {1};

  /** The store copies every key of a range, so it is read in slices; this is the first one. */
  private static final long FIRST_SLICE_MS = 1_000;

  private final KeyValueStore<byte[], byte[]> store;

  /** No timer is due earlier than this. */
  private long earliest;

  Timers(KeyValueStore<byte[], byte[]> store) {
    this.store = store;
  }

  /**
   * A timer that is set.
   *
   * @param at when it is due, ms since the epoch
   */
  record Timer(long at, String flowId) {}

  void set(Timer timer) {
    store.put(key(timer), PRESENT);
    earliest = Math.min(earliest, timer.at());
  }

  void clear(Timer timer) {
    store.delete(key(timer));
  }

  /** The timers due at or before a time, earliest first, at most so many. */
  List<Timer> due(long until, int limit) {
    List<Timer> due = new ArrayList<>();
    long slice = FIRST_SLICE_MS;
    while (earliest <= until) {
      long end = earliest + Math.min(slice, until - earliest);
      if (!collect(end, limit, due)) {
        break;
      }
      earliest = end + 1;
      slice = due.isEmpty() ? slice * 2 : FIRST_SLICE_MS;
    }
    if (!due.isEmpty()) {
      earliest = due.get(0).at();
    }
    return due;
  }

  /** Whether the slice was read to its end. */
  private boolean collect(long end, int limit, List<Timer> due) {
    try (KeyValueIterator<byte[], byte[]> slice = store.range(bound(earliest), bound(end + 1))) {
      while (slice.hasNext()) {
        if (due.size() == limit) {
          return false;
        }
        KeyValue<byte[], byte[]> next = slice.next();
        due.add(timer(next.key));
      }
    }
    return true;
  }

  private static byte[] bound(long at) {
    return ByteBuffer.allocate(Long.BYTES).putLong(at).array();
  }

  private static byte[] key(Timer timer) {
    byte[] flowId = timer.flowId().getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(Long.BYTES + flowId.length).putLong(timer.at()).put(flowId).array();
  }

  private static Timer timer(byte[] key) {
    return new Timer(
        ByteBuffer.wrap(key).getLong(),
        new String(key, Long.BYTES, key.length - Long.BYTES, StandardCharsets.UTF_8));
  }
}
