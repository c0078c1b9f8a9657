package io.doundo.orchestrator.streams;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyQueryMetadata;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.HostInfo;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.apache.kafka.streams.state.ReadOnlyWindowStore;
import org.jspecify.annotations.Nullable;

/** Reads flows from the live stores, then from the archive. */
final class StoreFlowReader implements FlowReader {

  /** A flow reaches the archive one commit after its end; later than this, it has expired there. */
  private static final long ON_ITS_WAY_MS = 60_000;

  private final KafkaStreams streams;
  private final StoreAccess stores;
  private final Partitions partitions;

  StoreFlowReader(KafkaStreams streams, StoreAccess stores, EngineSettings settings) {
    this.streams = streams;
    this.stores = stores;
    this.partitions = new Partitions(settings.partitions());
  }

  @Override
  public Optional<StoredFlow> find(String flowId) {
    requireHere(flowId);
    return stores.patiently(() -> Optional.ofNullable(read(flowId)));
  }

  @Override
  public FlowOwner ownerOf(String flowId) {
    return stores.patiently(() -> owner(flowId));
  }

  private FlowOwner owner(String flowId) {
    if (isHere(flowId)) {
      return new FlowOwner(true, "");
    }
    KeyQueryMetadata metadata =
        streams.queryMetadataForKey(StoreNames.FLOWS, flowId, new StringSerializer());
    if (metadata == null
        || KeyQueryMetadata.NOT_AVAILABLE.equals(metadata)
        || HostInfo.unavailable().equals(metadata.activeHost())) {
      throw new InvalidStateStoreException("nobody keeps flow " + flowId + " at the moment");
    }
    HostInfo host = metadata.activeHost();
    return new FlowOwner(false, host.host() + ':' + host.port());
  }

  private void requireHere(String flowId) {
    FlowOwner owner = ownerOf(flowId);
    if (!owner.here()) {
      throw new FlowsUnavailableException("the flow is kept by the instance at " + owner.address());
    }
  }

  private boolean isHere(String flowId) {
    TopicPartition input = new TopicPartition(Source.START.topic(), partitions.of(flowId));
    return streams.metadataForLocalThreads().stream()
        .flatMap(thread -> thread.activeTasks().stream())
        .anyMatch(task -> task.topicPartitions().contains(input));
  }

  private @Nullable StoredFlow read(String flowId) {
    ReadOnlyKeyValueStore<String, byte[]> flows =
        stores.get(StoreNames.FLOWS, QueryableStoreTypes.keyValueStore());
    byte[] live = flows.get(flowId);
    if (live != null && FlowValue.isFlow(live)) {
      ReadOnlyKeyValueStore<String, byte[]> contents =
          stores.get(StoreNames.CONTENTS, QueryableStoreTypes.keyValueStore());
      return complete(FlowStateCodec.decode(live), contents::get);
    }
    ReadOnlyWindowStore<String, byte[]> archive =
        stores.get(StoreNames.ARCHIVE, QueryableStoreTypes.windowStore());
    byte[] archived = Latest.of(archive, flowId);
    if (archived != null) {
      return complete(FlowStateCodec.decode(archived), key -> Latest.of(archive, key));
    }
    ReadOnlyWindowStore<String, byte[]> stubs =
        stores.get(StoreNames.STUBS, QueryableStoreTypes.windowStore());
    byte[] stub = Latest.of(stubs, flowId);
    if (stub != null && Stub.decode(stub).endedAt() > System.currentTimeMillis() - ON_ITS_WAY_MS) {
      throw new InvalidStateStoreException("flow " + flowId + " is on its way into the archive");
    }
    return null;
  }

  private static StoredFlow complete(
      StoredFlow flow, Function<String, byte @Nullable []> contents) {
    Map<String, byte[]> all = new HashMap<>(flow.contents());
    String flowId = flow.state().flowId();
    for (String digest : Contents.namedBy(flow.state()).keySet()) {
      if (!all.containsKey(digest)) {
        byte[] bytes = contents.apply(FlowStores.contentKey(flowId, digest));
        if (bytes == null) {
          throw new InvalidStateStoreException("flow " + flowId + " is being moved");
        }
        all.put(digest, bytes);
      }
    }
    return new StoredFlow(flow.state(), flow.searchValue(), all);
  }
}
