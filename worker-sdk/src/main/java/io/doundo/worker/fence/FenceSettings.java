package io.doundo.worker.fence;

import java.time.Duration;

/**
 * What all workers of a step must agree on.
 *
 * @param prefix what the keys in Redis begin with
 * @param retention how long a settled record is kept: longer than any command can be delivered
 *     again, so the retention of the step topics plus a day
 * @param clockTolerance how far the clocks of the orchestrator and of Redis may be apart. Read for
 *     steps that were first sent around the time when Redis was restarted or emptied, and for DO
 *     commands that come after their deadline.
 * @param timeout how long one transition may take
 */
public record FenceSettings(
    String prefix, Duration retention, Duration clockTolerance, Duration timeout) {

  public static final FenceSettings DEFAULTS =
      new FenceSettings(
          "doundo", Duration.ofDays(8), Duration.ofSeconds(10), Duration.ofSeconds(3));

  public FenceSettings withRetention(Duration other) {
    return new FenceSettings(prefix, other, clockTolerance, timeout);
  }
}
