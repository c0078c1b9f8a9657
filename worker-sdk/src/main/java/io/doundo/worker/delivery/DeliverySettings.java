package io.doundo.worker.delivery;

import java.time.Duration;
import java.util.Map;

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
 */
public record DeliverySettings(
    String service,
    String group,
    Map<String, Object> kafka,
    Duration lease,
    int concurrency,
    int maxPending,
    Duration stopTimeout) {

  public DeliverySettings {
    kafka = Map.copyOf(kafka);
  }
}
