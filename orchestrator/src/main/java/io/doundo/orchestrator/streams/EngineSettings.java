package io.doundo.orchestrator.streams;

import io.doundo.orchestrator.definition.FailStep;
import io.doundo.protocol.SenderMark;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the engine.
 *
 * @param applicationId Kafka Streams application id; names the consumer group and the changelogs
 * @param clientProperties passed to every Kafka client as they are: TLS, SASL, and the like
 * @param stateDir where stores and the instance id are kept; must survive a restart
 * @param partitions partition count of the start, response, control, rekey and archive topics;
 *     fixed for the life of an installation
 * @param threads stream threads of this instance
 * @param commitInterval how often a transaction is committed
 * @param definitionWait how long a start waits for its orchestration to be registered
 * @param hold how long a record of an unknown flow is held for its start
 * @param maxRecordBytes the largest record, key and headers included, that the engine writes; below
 *     the broker's and the producer's limits
 * @param archiveRetention how long ended flows are kept; the upper bound of every undo window
 * @param repairWindow how long after its end a flow's late effects are repaired; at most {@code
 *     archiveRetention}
 * @param replicationFactor of the internal topics; -1 for the broker's default
 * @param standbyReplicas warm copies of each task's stores
 * @param applicationServer {@code host:port} under which other instances reach this one's reads
 * @param cacheBytes memory of the RocksDB block cache and write buffers, shared by all stores
 * @param failStep what a plain worker's {@code FAIL_STEP} of a DO means where its step does not say
 * @param audit whether every transition is written to the audit log
 * @param senders recognises the control records that the API has written
 * @param traces which flows are marked as traced in their commands
 * @param mostItems how many items the list of a {@code forEach} may have
 * @param breakersOfConnections the breaker of each connection that has one, for the HTTP steps that
 *     name none
 */
public record EngineSettings(
    String applicationId,
    String bootstrapServers,
    Map<String, String> clientProperties,
    Path stateDir,
    int partitions,
    int threads,
    Duration commitInterval,
    Duration definitionWait,
    Duration hold,
    int maxRecordBytes,
    Duration archiveRetention,
    Duration repairWindow,
    int replicationFactor,
    int standbyReplicas,
    @Nullable String applicationServer,
    long cacheBytes,
    FailStep failStep,
    boolean audit,
    SenderMark senders,
    TraceSampling traces,
    int mostItems,
    Map<String, String> breakersOfConnections) {

  /** How many items the list of a {@code forEach} may have when nothing else is said. */
  public static final int MOST_ITEMS = 1_000;

  /** Of an engine that takes every flow for traced. */
  public EngineSettings(
      String applicationId,
      String bootstrapServers,
      Map<String, String> clientProperties,
      Path stateDir,
      int partitions,
      int threads,
      Duration commitInterval,
      Duration definitionWait,
      Duration hold,
      int maxRecordBytes,
      Duration archiveRetention,
      Duration repairWindow,
      int replicationFactor,
      int standbyReplicas,
      @Nullable String applicationServer,
      long cacheBytes,
      FailStep failStep,
      boolean audit,
      SenderMark senders) {
    this(
        applicationId,
        bootstrapServers,
        clientProperties,
        stateDir,
        partitions,
        threads,
        commitInterval,
        definitionWait,
        hold,
        maxRecordBytes,
        archiveRetention,
        repairWindow,
        replicationFactor,
        standbyReplicas,
        applicationServer,
        cacheBytes,
        failStep,
        audit,
        senders,
        TraceSampling.ALL,
        MOST_ITEMS,
        Map.of());
  }

  /** Of an engine to which no API writes. */
  public EngineSettings(
      String applicationId,
      String bootstrapServers,
      Map<String, String> clientProperties,
      Path stateDir,
      int partitions,
      int threads,
      Duration commitInterval,
      Duration definitionWait,
      Duration hold,
      int maxRecordBytes,
      Duration archiveRetention,
      Duration repairWindow,
      int replicationFactor,
      int standbyReplicas,
      @Nullable String applicationServer,
      long cacheBytes,
      FailStep failStep,
      boolean audit) {
    this(
        applicationId,
        bootstrapServers,
        clientProperties,
        stateDir,
        partitions,
        threads,
        commitInterval,
        definitionWait,
        hold,
        maxRecordBytes,
        archiveRetention,
        repairWindow,
        replicationFactor,
        standbyReplicas,
        applicationServer,
        cacheBytes,
        failStep,
        audit,
        SenderMark.ofThisProcess());
  }

  /**
   * Room kept in every record for keys, headers and envelopes, so that an input that was accepted
   * can always be held, sent on or archived.
   */
  public static final int ENVELOPE_RESERVE = 64 * 1024;

  private static final int SMALLEST_RECORD = 2 * ENVELOPE_RESERVE;

  public EngineSettings {
    clientProperties = Map.copyOf(clientProperties);
    breakersOfConnections = Map.copyOf(breakersOfConnections);
    if (partitions < 1) {
      throw new IllegalArgumentException("partitions must be at least 1, not " + partitions);
    }
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be at least 1, not " + threads);
    }
    if (maxRecordBytes < SMALLEST_RECORD) {
      throw new IllegalArgumentException(
          "maxRecordBytes must be at least " + SMALLEST_RECORD + ", not " + maxRecordBytes);
    }
  }

  /** The documented defaults, for one instance on one broker. */
  public static EngineSettings of(String bootstrapServers, Path stateDir) {
    return new EngineSettings(
        "doundo",
        bootstrapServers,
        Map.of(),
        stateDir,
        12,
        1,
        Duration.ofMillis(200),
        Duration.ofSeconds(60),
        Duration.ofSeconds(30),
        1_000_000,
        Duration.ofDays(7),
        Duration.ofDays(7),
        -1,
        0,
        null,
        128L * 1024 * 1024,
        FailStep.FINAL,
        true);
  }

  /** The largest input value that is taken as it is. */
  public int maxInputBytes() {
    return maxRecordBytes - ENVELOPE_RESERVE;
  }
}
