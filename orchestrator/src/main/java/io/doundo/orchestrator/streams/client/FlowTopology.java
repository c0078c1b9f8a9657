package io.doundo.orchestrator.streams.client;

import io.doundo.orchestrator.streams.EngineSettings;
import io.doundo.orchestrator.streams.TopicCatalog;
import io.doundo.orchestrator.streams.record.OutputRecord;
import io.doundo.orchestrator.streams.state.Archive;
import io.doundo.orchestrator.streams.state.StoreNames;
import io.doundo.orchestrator.streams.task.ConsumerProgress;
import io.doundo.orchestrator.streams.task.FlowProcessor;
import io.doundo.orchestrator.streams.task.GlobalStoreWriter;
import io.doundo.orchestrator.streams.task.SharedEventProcessor;
import io.doundo.orchestrator.streams.task.meter.EngineMeters;
import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serde;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.RecordContext;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.KeyValueBytesStoreSupplier;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.WindowStore;

/**
 * The topology: one sub-topology in which a task takes everything that concerns the flows of its
 * partition, one that sends on what clients write to the topic they share, and global copies of the
 * definitions and of the breakers. Keys and values stay bytes until the processors, so that no
 * deserialiser can skip a record.
 */
final class FlowTopology {

  private static final String FLOW_PROCESSOR = "flow";
  private static final String SHARED_EVENT_PROCESSOR = "shared-event-routing";

  /** A timer is set and cleared within seconds: its changelog is compacted within minutes. */
  private static final Map<String, String> TIMER_LOG =
      Map.of(
          TopicConfig.SEGMENT_MS_CONFIG, "60000",
          TopicConfig.SEGMENT_BYTES_CONFIG, "16777216",
          TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG, "0.1",
          TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG, "120000",
          TopicConfig.DELETE_RETENTION_MS_CONFIG, "60000");

  /**
   * Only whole segments are compacted, and what is not compacted is read again after every crash:
   * under load the size ends a segment long before the time does.
   */
  private static final Map<String, String> FLOW_LOG =
      Map.of(
          TopicConfig.SEGMENT_MS_CONFIG, "600000",
          TopicConfig.SEGMENT_BYTES_CONFIG, "16777216",
          TopicConfig.MIN_CLEANABLE_DIRTY_RATIO_CONFIG, "0.3",
          TopicConfig.MAX_COMPACTION_LAG_MS_CONFIG, "3600000");

  private FlowTopology() {}

  static Topology build(
      EngineSettings settings,
      TopicCatalog topics,
      ConsumerProgress unread,
      Archive archive,
      EngineMeters meters) {
    return build(
        settings,
        () -> new FlowProcessor(settings, topics, unread, archive, meters),
        unread,
        meters);
  }

  /**
   * @param flows makes the processor of the flows
   */
  static Topology build(
      EngineSettings settings,
      ProcessorSupplier<byte[], byte[], byte[], OutputRecord> flows,
      ConsumerProgress unread,
      EngineMeters meters) {
    Topology topology = new Topology();
    addGlobal(topology, StoreNames.DEFINITIONS, "definitions-source", Topics.DEFINITIONS);
    addFlows(topology, flows, settings);
    // After the flows: the number of a sub-topology stands in the names of its tasks' directories.
    addSharedEvents(topology, () -> new SharedEventProcessor(settings, unread, meters));
    // Its name sorts behind that of the shared topic, so that the numbers before it stay.
    addGlobal(topology, StoreNames.BREAKERS, "states-of-breakers", Topics.BREAKERS);
    return topology;
  }

  private static void addSharedEvents(
      Topology topology, ProcessorSupplier<byte[], byte[], byte[], OutputRecord> processor) {
    addSource(topology, "shared-event", Topics.SHARED_EVENT);
    topology.addProcessor(SHARED_EVENT_PROCESSOR, processor, "shared-event");
    addSink(topology, "shared-event-out", SHARED_EVENT_PROCESSOR);
  }

  /**
   * Adds a global copy of a compacted topic.
   *
   * @param source its name must not change the order of the others: Kafka Streams numbers
   *     sub-topologies in the order of the names of their sources
   */
  private static void addGlobal(Topology topology, String store, String source, String topic) {
    topology.addGlobalStore(
        Stores.keyValueStoreBuilder(
                Stores.inMemoryKeyValueStore(store), Serdes.String(), Serdes.ByteArray())
            .withLoggingDisabled(),
        source,
        new AppendTime(),
        new StringDeserializer(),
        new ByteArrayDeserializer(),
        topic,
        store + "-writer",
        () -> new GlobalStoreWriter(store));
  }

  private static void addFlows(
      Topology topology,
      ProcessorSupplier<byte[], byte[], byte[], OutputRecord> processor,
      EngineSettings settings) {
    addSource(topology, "start", Topics.EXECUTION_START);
    addSource(topology, "response", Topics.RESPONSE);
    addSource(topology, "control", Topics.CONTROL);
    addSource(topology, "rekey", Topics.REKEY);
    topology.addProcessor(FLOW_PROCESSOR, processor, "start", "response", "control", "rekey");
    topology.addStateStore(
        keyValue(Stores.persistentKeyValueStore(StoreNames.FLOWS), Serdes.String(), FLOW_LOG),
        FLOW_PROCESSOR);
    topology.addStateStore(
        keyValue(Stores.persistentKeyValueStore(StoreNames.CONTENTS), Serdes.String(), FLOW_LOG),
        FLOW_PROCESSOR);
    topology.addStateStore(
        keyValue(
            Stores.persistentKeyValueStore(StoreNames.TASK_DEFINITIONS), Serdes.String(), FLOW_LOG),
        FLOW_PROCESSOR);
    topology.addStateStore(
        keyValue(Stores.inMemoryKeyValueStore(StoreNames.TIMERS), Serdes.ByteArray(), TIMER_LOG),
        FLOW_PROCESSOR);
    topology.addStateStore(stubs(settings), FLOW_PROCESSOR);
    addSink(topology, "flow-out", FLOW_PROCESSOR);
  }

  private static void addSource(Topology topology, String name, String topic) {
    topology.addSource(
        AutoOffsetReset.earliest(),
        name,
        new AppendTime(),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer(),
        topic);
  }

  /** Keyed by flowId, so that the producer's own partitioner finds the flow's partition. */
  private static void addSink(Topology topology, String name, String from) {
    Serializer<OutputRecord> value = (topic, record) -> record.value();
    topology.addSink(
        name,
        (byte[] key, OutputRecord record, RecordContext context) -> record.topic(),
        new ByteArraySerializer(),
        value,
        from);
  }

  private static <K> StoreBuilder<KeyValueStore<K, byte[]>> keyValue(
      KeyValueBytesStoreSupplier supplier, Serde<K> key, Map<String, String> log) {
    return Stores.keyValueStoreBuilder(supplier, key, Serdes.ByteArray())
        .withCachingDisabled()
        .withLoggingEnabled(log);
  }

  /**
   * The time in which starts may be read again, whatever the archive keeps: an expired stub could
   * not tell that its flow has already run.
   */
  private static final Duration SHORTEST_STUB_RETENTION = Duration.ofDays(7);

  /** Expires whole segments, so that nothing has to be deleted and no timer kept. */
  private static StoreBuilder<WindowStore<String, byte[]>> stubs(EngineSettings settings) {
    Duration archive = settings.archiveRetention();
    Duration retention =
        archive.compareTo(SHORTEST_STUB_RETENTION) < 0 ? SHORTEST_STUB_RETENTION : archive;
    return Stores.windowStoreBuilder(
            Stores.persistentWindowStore(StoreNames.STUBS, retention, Duration.ofMillis(1), false),
            Serdes.String(),
            Serdes.ByteArray())
        .withCachingDisabled()
        .withLoggingEnabled(Map.of());
  }
}
