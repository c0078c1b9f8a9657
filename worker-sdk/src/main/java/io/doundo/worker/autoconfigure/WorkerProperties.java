package io.doundo.worker.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Configuration of the worker SDK.
 *
 * @param enabled Whether to serve steps and to offer a SagaClient.
 * @param serviceName How this service names itself; spring.application.name by default.
 * @param version The version of this service, which its answers carry; spring.application.version
 *     by default, which is the Implementation-Version of the application's jar.
 * @param group Consumer group, one for all instances of the service; the service's name by default.
 * @param bootstrapServers Kafka brokers; spring.kafka.bootstrap-servers or localhost:9092 by
 *     default.
 * @param kafka Further properties of all Kafka clients, such as security.protocol.
 * @param redis Address of the fence, in Lettuce's notation: redis://, rediss:// for TLS,
 *     redis-sentinel://; redis-cluster:// (rediss-cluster://) with the nodes after commas.
 * @param lease How long a handler is protected without a renewal: after a crash, another worker
 *     takes over when it ends.
 * @param concurrency How many handlers of one step and action run at once in this instance.
 * @param maxPending How many commands of one partition are held before it is paused.
 * @param stopTimeout How long a stop waits for running handlers.
 * @param fenceRetention How long settled steps are remembered: the retention of the step topics
 *     plus a day.
 * @param fenceAcknowledgedRetention How long an acknowledged step is remembered past its deadline.
 * @param fenceDoubtRetention How long steps in doubt are remembered.
 * @param registrations Documents to register at start, whose handler fields also bind beans:
 *     resource patterns such as classpath*:orchestrations/*.yaml.
 */
@ConfigurationProperties("doundo.worker")
public record WorkerProperties(
    @DefaultValue("true") boolean enabled,
    @Nullable String serviceName,
    @Nullable String version,
    @Nullable String group,
    @Nullable String bootstrapServers,
    Map<String, String> kafka,
    @DefaultValue("redis://localhost:6379") String redis,
    @DefaultValue("30s") Duration lease,
    @DefaultValue("50") int concurrency,
    @DefaultValue("500") int maxPending,
    @DefaultValue("25s") Duration stopTimeout,
    @DefaultValue("8d") Duration fenceRetention,
    @DefaultValue("1h") Duration fenceAcknowledgedRetention,
    @DefaultValue("60d") Duration fenceDoubtRetention,
    List<String> registrations) {

  public WorkerProperties {
    kafka = kafka == null ? Map.of() : Map.copyOf(kafka);
    registrations = registrations == null ? List.of() : List.copyOf(registrations);
    if (lease.compareTo(Duration.ofMillis(100)) < 0) {
      throw new IllegalArgumentException("doundo.worker.lease must be at least 100ms: " + lease);
    }
    if (concurrency < 1 || maxPending < 1) {
      throw new IllegalArgumentException(
          "doundo.worker.concurrency and max-pending must be at least 1");
    }
  }
}
