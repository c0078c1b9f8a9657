package io.doundo.orchestrator.streams.task;

import io.doundo.orchestrator.streams.state.StoreNames;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Copies the definitions topic into the global store, key by key and nothing else: after a restart
 * Kafka Streams fills the store without asking this class.
 */
public final class DefinitionStoreWriter
    implements Processor<@Nullable String, byte @Nullable [], Void, Void> {

  private @Nullable KeyValueStore<String, byte[]> store;

  @Override
  public void init(ProcessorContext<Void, Void> context) {
    store = context.getStateStore(StoreNames.DEFINITIONS);
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
