package io.doundo.orchestrator.streams.read;

import io.doundo.orchestrator.streams.EngineSettings;
import io.doundo.orchestrator.streams.record.InputSource;
import io.doundo.orchestrator.streams.record.Partitions;
import io.doundo.orchestrator.streams.state.Archive;
import io.doundo.orchestrator.streams.state.ContentReferences;
import io.doundo.orchestrator.streams.state.FlowStateCodec;
import io.doundo.orchestrator.streams.state.FlowStores;
import io.doundo.orchestrator.streams.state.FlowStub;
import io.doundo.orchestrator.streams.state.FlowValue;
import io.doundo.orchestrator.streams.state.StoreNames;
import io.doundo.orchestrator.streams.state.StoredFlow;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
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
public final class StoreFlowReader implements FlowReader {

  /** How long a caller waits for an ended flow; it can be read one commit after its end. */
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final KafkaStreams streams;
  private final StoreAccess stores;
  private final Archive archive;
  private final Partitions partitions;

  public StoreFlowReader(
      KafkaStreams streams, StoreAccess stores, Archive archive, EngineSettings settings) {
    this.streams = streams;
    this.stores = stores;
    this.archive = archive;
    this.partitions = new Partitions(settings.partitions());
  }

  @Override
  public Optional<StoredFlow> find(String flowId) {
    requireHere(flowId);
    return find(() -> stores.patiently(() -> keptHere(flowId)), stub -> archived(flowId, stub));
  }

  /**
   * A flow that is live or archived. Empty only when there is neither row nor stub, or when the
   * archive has nothing for a stub that is still there: a stub that was not committed may have been
   * taken back meanwhile.
   */
  static Optional<StoredFlow> find(
      Supplier<Kept> stores, Function<FlowStub, Optional<StoredFlow>> archive) {
    FlowStub missing = null;
    while (true) {
      Kept kept = stores.get();
      FlowStub stub = kept.stub();
      if (stub == null) {
        return Optional.ofNullable(kept.live());
      }
      if (stub.equals(missing)) {
        return Optional.empty();
      }
      Optional<StoredFlow> archived = archive.apply(stub);
      if (archived.isPresent()) {
        return archived;
      }
      missing = stub;
    }
  }

  /** A live flow, or what an ended one has left, or neither. */
  record Kept(@Nullable StoredFlow live, @Nullable FlowStub stub) {}

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
      throw new InvalidStateStoreException("no instance currently holds flow " + flowId);
    }
    HostInfo host = metadata.activeHost();
    return new FlowOwner(false, host.host() + ':' + host.port());
  }

  private void requireHere(String flowId) {
    FlowOwner owner = ownerOf(flowId);
    if (!owner.here()) {
      throw new FlowsUnavailableException("the flow is on the instance at " + owner.address());
    }
  }

  private boolean isHere(String flowId) {
    // Its task, and with it the stores, have the same number.
    TopicPartition input = new TopicPartition(InputSource.START.topic(), partitions.of(flowId));
    return streams.metadataForLocalThreads().stream()
        .flatMap(thread -> thread.activeTasks().stream())
        .anyMatch(task -> task.topicPartitions().contains(input));
  }

  /**
   * Whether a flow of a partition that is here is in the live store: it has not ended, or a flow
   * that it is a part of has not.
   *
   * @throws FlowsUnavailableException while the stores move
   */
  public boolean isLive(String flowId) {
    ReadOnlyKeyValueStore<String, byte[]> flows =
        stores.get(StoreNames.FLOWS, QueryableStoreTypes.keyValueStore());
    byte[] value = stores.patiently(() -> flows.get(flowId));
    return value != null && FlowValue.isFlow(value);
  }

  private Kept keptHere(String flowId) {
    StoredFlow live = live(flowId);
    FlowStub stub = live == null ? stub(flowId) : null;
    if (live == null && stub == null) {
      // A flow that comes back from the archive has left its stub once it is live.
      live = live(flowId);
    }
    return new Kept(live, stub);
  }

  private @Nullable StoredFlow live(String flowId) {
    byte[] live = keyValue(StoreNames.FLOWS, flowId).get(flowId);
    if (live == null || !FlowValue.isFlow(live)) {
      return null;
    }
    ReadOnlyKeyValueStore<String, byte[]> contents = keyValue(StoreNames.CONTENTS, flowId);
    return complete(FlowStateCodec.decode(live), contents::get);
  }

  private @Nullable FlowStub stub(String flowId) {
    ReadOnlyWindowStore<String, byte[]> stubs =
        stores.get(StoreNames.STUBS, QueryableStoreTypes.windowStore(), partitions.of(flowId));
    byte[] stub = FlowStores.newest(stubs, flowId);
    return stub == null ? null : FlowStub.decode(stub);
  }

  private ReadOnlyKeyValueStore<String, byte[]> keyValue(String store, String flowId) {
    return stores.get(store, QueryableStoreTypes.keyValueStore(), partitions.of(flowId));
  }

  private Optional<StoredFlow> archived(String flowId, FlowStub stub) {
    CompletableFuture<Optional<StoredFlow>> search = archive.find(flowId, stub);
    try {
      return search.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      search.cancel(false);
      throw new FlowsUnavailableException(
          "flow %s has ended and could not be read from the archive within %d s: its end is not committed yet, or the topic cannot be read; try again in a moment"
              .formatted(flowId, PATIENCE.toSeconds()),
          e);
    } catch (ExecutionException | CancellationException e) {
      throw new FlowsUnavailableException(
          "flow " + flowId + " has ended and cannot be read from the archive", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FlowsUnavailableException("interrupted while reading flow " + flowId, e);
    }
  }

  private static StoredFlow complete(
      StoredFlow flow, Function<String, byte @Nullable []> contents) {
    Map<String, byte[]> all = new HashMap<>(flow.contents());
    String flowId = flow.state().flowId();
    for (String digest : ContentReferences.namedBy(flow.state()).keySet()) {
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
