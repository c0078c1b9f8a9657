package io.doundo.orchestrator.streams.read;

import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.compiler.DefinitionCodec;
import io.doundo.orchestrator.definition.compiler.DefinitionHistory;
import io.doundo.orchestrator.definition.compiler.WorkerDeclarations;
import io.doundo.orchestrator.streams.state.StoreNames;
import io.doundo.protocol.Names;
import io.doundo.protocol.json.MalformedRecordException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/** Reads definitions from the global store. */
public final class StoreDefinitionReader implements DefinitionReader {

  private final StoreAccess stores;

  public StoreDefinitionReader(StoreAccess stores) {
    this.stores = stores;
  }

  @Override
  public List<String> names() {
    List<String> names = new ArrayList<>();
    try (KeyValueIterator<String, byte[]> all = store().all()) {
      while (all.hasNext()) {
        String key = all.next().key;
        // The keys of definitions and workers have a colon or a slash, which no name has.
        if (Names.refuse(key) == null) {
          names.add(key);
        }
      }
    }
    names.sort(null);
    return names;
  }

  @Override
  public DefinitionHistory history(String name) {
    byte[] value = store().get(name);
    return value == null
        ? DefinitionHistory.EMPTY
        : read(name, () -> DefinitionHistory.decode(value));
  }

  @Override
  public Optional<Orchestration> definition(DefinitionId id) {
    byte[] value = store().get(id.topicKey());
    return value == null
        ? Optional.empty()
        : Optional.of(read(id.topicKey(), () -> DefinitionCodec.decode(value)));
  }

  @Override
  public WorkerDeclarations workers(String name) {
    byte[] value = store().get(WorkerDeclarations.topicKey(name));
    return value == null
        ? WorkerDeclarations.EMPTY
        : read(name, () -> WorkerDeclarations.decode(value));
  }

  private ReadOnlyKeyValueStore<String, byte[]> store() {
    return stores.get(StoreNames.DEFINITIONS, QueryableStoreTypes.keyValueStore());
  }

  private interface Decoding<T> {
    T decode() throws MalformedRecordException;
  }

  private static <T> T read(String key, Decoding<T> decoding) {
    try {
      return decoding.decode();
    } catch (MalformedRecordException e) {
      throw new UnreadableDefinitionException(
          "the definitions topic at " + key + ": " + e.reason());
    }
  }
}
