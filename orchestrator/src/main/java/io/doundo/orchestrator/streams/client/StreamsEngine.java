package io.doundo.orchestrator.streams.client;

import io.doundo.orchestrator.streams.EngineSettings;
import io.doundo.orchestrator.streams.EngineState;
import io.doundo.orchestrator.streams.TopicCatalog;
import io.doundo.orchestrator.streams.read.ArchiveReader;
import io.doundo.orchestrator.streams.read.DefinitionReader;
import io.doundo.orchestrator.streams.read.FlowReader;
import io.doundo.orchestrator.streams.read.FlowRecords;
import io.doundo.orchestrator.streams.read.StoreAccess;
import io.doundo.orchestrator.streams.read.StoreDefinitionReader;
import io.doundo.orchestrator.streams.read.StoreFlowReader;
import io.doundo.orchestrator.streams.record.InputSource;
import io.doundo.orchestrator.streams.state.StoreNames;
import io.doundo.orchestrator.streams.task.meter.EngineMeters;
import io.doundo.protocol.CommandAction;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.kafka.KafkaStreamsMetrics;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.StateListener;
import org.apache.kafka.streams.StreamsMetadata;
import org.apache.kafka.streams.errors.StreamsNotStartedException;
import org.apache.kafka.streams.state.HostInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running data plane: owns the Kafka Streams client from start to stop. Stream threads that die
 * are replaced, within limits. Safe for any thread.
 */
public final class StreamsEngine implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StreamsEngine.class);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(20);

  private final EngineSettings settings;
  private final KafkaStreams streams;
  private final StoreAccess stores;
  private final StoreFlowReader flows;
  private final ArchiveReader archive;
  private final EngineMeters meters = new EngineMeters(true);
  private final UncaughtFailures failures = new UncaughtFailures(meters);
  private final BlockedPartitions blocked;
  private final TransactionWatch watch;

  /** Opens the state directory; asks nothing of the broker until {@link #start}. */
  public StreamsEngine(EngineSettings settings, TopicCatalog topics) {
    this.settings = settings;
    this.archive = new ArchiveReader(settings);
    ConsumerWatch clients = new ConsumerWatch(meters, archive::settled);
    this.blocked = new BlockedPartitions(settings.applicationId(), settings.bootstrapServers());
    this.watch = new TransactionWatch(settings, blocked, System::nanoTime);
    this.streams =
        new KafkaStreams(
            FlowTopology.build(settings, topics, clients, archive, meters),
            EngineProperties.of(settings),
            clients);
    this.stores = new StoreAccess(streams);
    this.flows = new StoreFlowReader(streams, stores, archive, settings);
    streams.setUncaughtExceptionHandler(failures);
    streams.setStateListener(logTransitions());
  }

  private static StateListener logTransitions() {
    return (now, before) -> LOG.info("engine {} -> {}", before, now);
  }

  /**
   * Starts and returns at once; {@link #state} says when it takes records.
   *
   * @throws IllegalStateException when an input topic is missing or has the wrong partition count,
   *     or when the group's offsets are gone
   */
  public void start() {
    InputTopics.check(settings);
    LostOffsets.check(settings);
    StaleStores.delete(settings, System.currentTimeMillis());
    streams.start();
    watch.start();
  }

  public EngineState state() {
    return switch (streams.state()) {
      case CREATED -> EngineState.CREATED;
      case REBALANCING -> EngineState.RESTORING;
      case RUNNING -> EngineState.RUNNING;
      case PENDING_ERROR, ERROR -> EngineState.FAILED;
      case PENDING_SHUTDOWN, NOT_RUNNING -> EngineState.STOPPED;
    };
  }

  /** Reads of single flows. */
  public FlowReader flows() {
    return flows;
  }

  /** Reads of what is registered. */
  public DefinitionReader definitions() {
    return new StoreDefinitionReader(stores);
  }

  /** The current cause of dying stream threads; empty when none died lately. */
  public Optional<String> trouble() {
    return failures.trouble();
  }

  /** Each partition the engine reads that is blocked by an open transaction, and what to do. */
  public List<String> blockedInputs() {
    return blocked.told();
  }

  /** When an answer of the step was last committed here, ms since the epoch; empty for never. */
  public OptionalLong lastAnswer(String orchestration, String step, CommandAction action) {
    return meters.lastAnswer(orchestration, step, action);
  }

  /** The partitions whose flows this instance currently decides. */
  public IntPredicate owned() {
    return meters.owned();
  }

  /**
   * Whether a flow has not ended, by the stores of this instance. Fails while they move.
   *
   * @param flowId of a flow of a partition that this instance decides
   */
  public boolean isLive(String flowId) {
    return flows.isLive(flowId);
  }

  /**
   * The partitions of the flows, by the advertised address of the instance that decides them; empty
   * while the engine does not run.
   */
  public Map<String, List<Integer>> assigned() {
    try {
      return assigned(streams.metadataForAllStreamsClients());
    } catch (IllegalStateException | StreamsNotStartedException e) {
      LOG.debug("the other instances are unknown while the engine does not run", e);
      return Map.of();
    }
  }

  private static Map<String, List<Integer>> assigned(Collection<StreamsMetadata> clients) {
    Map<String, List<Integer>> assigned = new TreeMap<>();
    for (StreamsMetadata client : clients) {
      if (!HostInfo.unavailable().equals(client.hostInfo())) {
        assigned.put(
            client.hostInfo().host() + ':' + client.hostInfo().port(),
            client.topicPartitions().stream()
                .filter(partition -> partition.topic().equals(InputSource.START.topic()))
                .map(TopicPartition::partition)
                .sorted()
                .toList());
      }
    }
    return assigned;
  }

  /** Meters of the data plane, of Kafka Streams and of its clients. */
  public MeterBinder metrics() {
    return registry -> {
      meters.bindTo(registry);
      blocked.bindTo(registry);
      new KafkaStreamsMetrics(streams).bindTo(registry);
    };
  }

  /** The compacted topic behind the live flows: key flowId, values read by {@link FlowRecords}. */
  public static String flowsChangelog(EngineSettings settings) {
    return settings.applicationId() + '-' + StoreNames.FLOWS + "-changelog";
  }

  /** Leaves the group and stops; waits 20 seconds at most. */
  @Override
  public void close() {
    failures.close();
    watch.close();
    CloseOptions options =
        CloseOptions.timeout(CLOSE_TIMEOUT)
            .withGroupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP);
    if (!streams.close(options)) {
      LOG.warn(
          "the engine did not stop within {} s; its last transaction will time out",
          CLOSE_TIMEOUT.toSeconds());
    }
    archive.close();
  }
}
