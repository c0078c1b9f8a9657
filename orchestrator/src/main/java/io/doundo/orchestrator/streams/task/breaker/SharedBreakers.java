package io.doundo.orchestrator.streams.task.breaker;

import io.doundo.orchestrator.breaker.BreakerState;
import io.doundo.orchestrator.breaker.stored.BreakerStateCodec;
import io.doundo.protocol.json.MalformedRecordException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The states of all breakers, as the breakers topic has them. A breaker whose state cannot be read
 * counts as unknown, and so holds nothing. Not thread-safe.
 */
public final class SharedBreakers {

  private static final Logger LOG = LoggerFactory.getLogger(SharedBreakers.class);

  private final KeyValueStore<String, byte[]> store;
  private final Map<String, Read> read = new HashMap<>();

  /** A state with the bytes it was read from, which are replaced when it changes. */
  @SuppressWarnings("ArrayRecordComponent") // Compared by identity only.
  private record Read(byte[] bytes, @Nullable BreakerState state) {}

  /**
   * @param store the global store
   */
  public SharedBreakers(KeyValueStore<String, byte[]> store) {
    this.store = store;
  }

  /** The state of a breaker; null while it is not known, and once it is deleted. */
  @Nullable BreakerState find(String name) {
    BreakerState state = stored(name);
    return state == null || state.isDeleted() ? null : state;
  }

  /** The state as the topic has it, also of a deleted breaker; null when it cannot be read. */
  @Nullable BreakerState stored(String name) {
    return stored(name, bytes(name));
  }

  byte @Nullable [] bytes(String name) {
    return store.get(name);
  }

  /** All that can be read, deleted ones too. */
  List<BreakerState> all() {
    List<BreakerState> states = new ArrayList<>();
    try (KeyValueIterator<String, byte[]> rows = store.all()) {
      while (rows.hasNext()) {
        KeyValue<String, byte[]> row = rows.next();
        BreakerState state = stored(row.key, row.value);
        if (state != null) {
          states.add(state);
        }
      }
    }
    return states;
  }

  private @Nullable BreakerState stored(String name, byte @Nullable [] bytes) {
    if (bytes == null) {
      read.remove(name);
      return null;
    }
    Read known = read.get(name);
    if (known != null && known.bytes() == bytes) {
      return known.state();
    }
    BreakerState state = null;
    try {
      state = BreakerStateCodec.decode(bytes);
    } catch (MalformedRecordException e) {
      LOG.error("breaker {} cannot be read, so it holds nothing: {}", name, e.reason());
    }
    read.put(name, new Read(bytes, state));
    return state;
  }
}
