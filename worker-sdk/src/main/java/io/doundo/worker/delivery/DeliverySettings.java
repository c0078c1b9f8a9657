package io.doundo.worker.delivery;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How commands are delivered.
 *
 * @param service names this service in its answers
 * @param group the consumer group; one for all instances of the service
 * @param kafka properties for the consumer, the producer and the admin client
 * @param lease how long a run is protected without a renewal
 * @param concurrency how many handlers of one step and action run at once
 * @param maxPending how many commands of one partition are held before it is paused
 * @param stopTimeout how long a stop waits for running handlers
 * @param version the version of this service, in its answers; null to leave it out
 */
public record DeliverySettings(
    String service,
    String group,
    Map<String, Object> kafka,
    Duration lease,
    int concurrency,
    int maxPending,
    Duration stopTimeout,
    @Nullable String version) {

  /** Settings of a service that does not say its version. */
  public DeliverySettings(
      String service,
      String group,
      Map<String, Object> kafka,
      Duration lease,
      int concurrency,
      int maxPending,
      Duration stopTimeout) {
    this(service, group, kafka, lease, concurrency, maxPending, stopTimeout, null);
  }

  public DeliverySettings {
    kafka = Map.copyOf(kafka);
  }
}
