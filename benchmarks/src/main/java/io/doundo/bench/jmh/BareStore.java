package io.doundo.bench.jmh;

import java.util.List;
import java.util.Map;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** A store of bytes without what Kafka Streams puts around it: changelog, metrics, serdes. */
final class BareStore implements KeyValueStore<byte[], byte[]> {

  private final KeyValueStore<Bytes, byte[]> store;

  BareStore(KeyValueStore<Bytes, byte[]> store) {
    this.store = store;
  }

  @Override
  public void put(byte[] key, byte[] value) {
    store.put(Bytes.wrap(key), value);
  }

  @Override
  public byte[] putIfAbsent(byte[] key, byte[] value) {
    return store.putIfAbsent(Bytes.wrap(key), value);
  }

  @Override
  public void putAll(List<KeyValue<byte[], byte[]>> entries) {
    entries.forEach(entry -> put(entry.key, entry.value));
  }

  @Override
  public byte[] delete(byte[] key) {
    return store.delete(Bytes.wrap(key));
  }

  @Override
  public byte[] get(byte[] key) {
    return store.get(Bytes.wrap(key));
  }

  @Override
  public KeyValueIterator<byte[], byte[]> range(byte[] from, byte[] to) {
    return new Unwrapped(store.range(Bytes.wrap(from), Bytes.wrap(to)));
  }

  @Override
  public KeyValueIterator<byte[], byte[]> all() {
    return new Unwrapped(store.all());
  }

  @Override
  public long approximateNumEntries() {
    return store.approximateNumEntries();
  }

  @Override
  public String name() {
    return store.name();
  }

  @Override
  public void init(StateStoreContext context, StateStore root) {
    throw new UnsupportedOperationException("this store belongs to no task");
  }

  @Override
  public void commit(Map<org.apache.kafka.common.TopicPartition, Long> offsets) {
    // Nothing is kept.
  }

  @Override
  public void close() {
    store.close();
  }

  @Override
  public boolean persistent() {
    return false;
  }

  @Override
  public boolean isOpen() {
    return store.isOpen();
  }

  /** An iterator over plain arrays. */
  private record Unwrapped(KeyValueIterator<Bytes, byte[]> entries)
      implements KeyValueIterator<byte[], byte[]> {

    @Override
    public byte[] peekNextKey() {
      return entries.peekNextKey().get();
    }

    @Override
    public boolean hasNext() {
      return entries.hasNext();
    }

    @Override
    public @Nullable KeyValue<byte[], byte[]> next() {
      KeyValue<Bytes, byte[]> next = entries.next();
      return KeyValue.pair(next.key.get(), next.value);
    }

    @Override
    public void close() {
      entries.close();
    }
  }
}
