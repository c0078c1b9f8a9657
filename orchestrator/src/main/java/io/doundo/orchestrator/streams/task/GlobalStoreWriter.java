package io.doundo.orchestrator.streams.task;

import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Copies a compacted topic into its global store, key by key and nothing else: after a restart
 * Kafka Streams fills the store without asking this class.
 */
public final class GlobalStoreWriter
    implements Processor<@Nullable String, byte @Nullable [], Void, Void> {

  private final String name;
  private @Nullable KeyValueStore<String, byte[]> store;

  /**
   * @param name of the store
   */
  public GlobalStoreWriter(String name) {
    this.name = name;
  }

  @Override
  public void init(ProcessorContext<Void, Void> context) {
    store = context.getStateStore(name);
  }

  @Override
  public void process(Record<@Nullable String, byte @Nullable []> record) {
    String key = record.key();
    if (store == null || key == null) {
      return;
    }
    byte[] value = record.value();
    if (value == null) {
      store.delete(key);
    } else {
      store.put(key, value);
    }
  }
}
