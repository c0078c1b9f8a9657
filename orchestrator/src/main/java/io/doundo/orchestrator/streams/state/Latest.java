package io.doundo.orchestrator.streams.state;

import java.time.Instant;
import org.apache.kafka.streams.state.ReadOnlyWindowStore;
import org.apache.kafka.streams.state.WindowStore;
import org.apache.kafka.streams.state.WindowStoreIterator;
import org.jspecify.annotations.Nullable;

/** Reads window stores of which each key's newest value counts. */
public final class Latest {

  private static final Instant END_OF_TIME = Instant.parse("9999-12-31T00:00:00Z");

  private Latest() {}

  /** The newest value under a key, or null; for a task, which asks for every start. */
  public static byte @Nullable [] of(WindowStore<String, byte[]> store, String key) {
    try (WindowStoreIterator<byte[]> values =
        store.backwardFetch(key, 0, END_OF_TIME.toEpochMilli())) {
      return values.hasNext() ? values.next().value : null;
    }
  }

  /** The newest value under a key, or null. */
  public static byte @Nullable [] of(ReadOnlyWindowStore<String, byte[]> store, String key) {
    try (WindowStoreIterator<byte[]> values =
        store.backwardFetch(key, Instant.EPOCH, END_OF_TIME)) {
      return values.hasNext() ? values.next().value : null;
    }
  }
}
