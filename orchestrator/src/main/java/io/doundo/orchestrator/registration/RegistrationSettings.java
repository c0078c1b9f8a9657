package io.doundo.orchestrator.registration;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.CommonClientConfigs;
import org.jspecify.annotations.Nullable;

/**
 * The settings of the control plane.
 *
 * @param applicationId prefix of its consumer group and transactional id
 * @param clientProperties passed to every Kafka client as they are: TLS, SASL, and the like
 * @param partitions of the orchestrator's own topics; fixed for the life of an installation
 * @param stepPartitions of a step's topics when they are created
 * @param replicationFactor of every topic created here; -1 for the broker's default
 * @param maxRecordBytes the largest record that is written; below the broker's limit
 * @param commandRetention how long a step's commands are kept
 * @param inputRetention how long start events, answers and control records are kept, which are lost
 *     when the orchestrator is away for longer
 * @param auditRetention how long the audit log is kept
 * @param archiveRetention how long ended flows are kept; the upper bound of every undo window
 * @param deadLetterRetention how long dead letters are kept
 * @param patience how long to wait for a broker at start
 * @param holdUp how long one registration is retried before it becomes a dead letter
 * @param budget how many partitions the steps' topics may have
 * @param connections the names of the connections that HTTP steps can use; null when they are not
 *     known here, because the HTTP worker runs elsewhere
 * @param unsignedHooks whether webhooks may accept requests without any proof: the server asks
 *     nobody to log in, and so listens on the loopback interface only
 */
public record RegistrationSettings(
    String applicationId,
    String bootstrapServers,
    Map<String, String> clientProperties,
    int partitions,
    int stepPartitions,
    int replicationFactor,
    int maxRecordBytes,
    Duration commandRetention,
    Duration inputRetention,
    Duration auditRetention,
    Duration archiveRetention,
    Duration deadLetterRetention,
    Duration patience,
    Duration holdUp,
    PartitionLimits budget,
    @Nullable Set<String> connections,
    boolean unsignedHooks) {

  /** Settings that know nothing of connections, and refuse webhooks without any proof. */
  public RegistrationSettings(
      String applicationId,
      String bootstrapServers,
      Map<String, String> clientProperties,
      int partitions,
      int stepPartitions,
      int replicationFactor,
      int maxRecordBytes,
      Duration commandRetention,
      Duration inputRetention,
      Duration auditRetention,
      Duration archiveRetention,
      Duration deadLetterRetention,
      Duration patience,
      Duration holdUp,
      PartitionLimits budget) {
    this(
        applicationId,
        bootstrapServers,
        clientProperties,
        partitions,
        stepPartitions,
        replicationFactor,
        maxRecordBytes,
        commandRetention,
        inputRetention,
        auditRetention,
        archiveRetention,
        deadLetterRetention,
        patience,
        holdUp,
        budget,
        null,
        false);
  }

  /**
   * Partitions of step topics. A registration that would need more is refused.
   *
   * @param perRecord those that one registration record may create
   * @param perInstallation those of all steps together
   */
  public record PartitionLimits(int perRecord, int perInstallation) {

    /** One orchestration of 200 steps, and four of them. */
    public static final PartitionLimits STANDARD = new PartitionLimits(5_000, 20_000);
  }

  public RegistrationSettings {
    clientProperties = Map.copyOf(clientProperties);
    connections = connections == null ? null : Set.copyOf(connections);
    if (partitions < 1 || stepPartitions < 1) {
      throw new IllegalArgumentException(
          "partitions must be at least 1, not " + Math.min(partitions, stepPartitions));
    }
  }

  /** The documented defaults, for one instance on one broker. */
  public static RegistrationSettings of(String bootstrapServers) {
    return new RegistrationSettings(
        "doundo",
        bootstrapServers,
        Map.of(),
        12,
        12,
        -1,
        1_000_000,
        Duration.ofDays(7),
        Duration.ofDays(7),
        Duration.ofDays(30),
        Duration.ofDays(7),
        Duration.ofDays(30),
        Duration.ofSeconds(60),
        Duration.ofMinutes(5),
        PartitionLimits.STANDARD);
  }

  /** The consumer group of the registration topic. */
  String group() {
    return applicationId + "-registration";
  }

  /** The common configuration of the control plane's clients, to which each adds its own. */
  Map<String, Object> client(String purpose) {
    Map<String, Object> client = new HashMap<>(clientProperties);
    client.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
    client.put(CommonClientConfigs.CLIENT_ID_CONFIG, applicationId + '-' + purpose);
    client.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
    client.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, 20_000);
    client.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 1_000);
    return client;
  }
}
