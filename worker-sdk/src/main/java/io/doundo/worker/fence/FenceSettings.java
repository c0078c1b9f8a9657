package io.doundo.worker.fence;

import java.time.Duration;

/**
 * The settings that all workers of a step must share.
 *
 * @param prefix what the keys in Redis begin with
 * @param retention how long a settled record is kept: longer than any command can be delivered
 *     again, so the retention of the step topics plus a day
 * @param acknowledgedMargin how long the record of a step is kept past its deadline when the answer
 *     was acknowledged before: no DO begins after its deadline. The time after a step was first
 *     sent during which the absence of its record is evidence.
 * @param doubtRetention how long a record is kept whose step is in doubt, or was left in the middle
 * @param clockTolerance how far the clocks of the orchestrator and of Redis may be apart. Read for
 *     steps that were first sent around the time when Redis was restarted or emptied, and for DO
 *     commands that come after their deadline.
 * @param timeout how long one call of Redis may take, and connecting to it. A transition may wait
 *     for one other call, be part of a batch, and then need a script of its own: three in all, and
 *     one more for each 256 other transitions that wait before it
 */
public record FenceSettings(
    String prefix,
    Duration retention,
    Duration acknowledgedMargin,
    Duration doubtRetention,
    Duration clockTolerance,
    Duration timeout) {

  public static final FenceSettings DEFAULTS =
      new FenceSettings(
          "doundo",
          Duration.ofDays(8),
          Duration.ofHours(1),
          Duration.ofDays(60),
          Duration.ofSeconds(10),
          Duration.ofSeconds(3));

  public FenceSettings {
    if (acknowledgedMargin.compareTo(clockTolerance.multipliedBy(2)) <= 0) {
      throw new IllegalArgumentException(
          "the margin of acknowledged records, "
              + acknowledgedMargin
              + ", must be longer than twice the tolerance between clocks, "
              + clockTolerance);
    }
  }

  public FenceSettings withPrefix(String other) {
    return new FenceSettings(
        other, retention, acknowledgedMargin, doubtRetention, clockTolerance, timeout);
  }

  public FenceSettings withRetentions(Duration settled, Duration acknowledged, Duration inDoubt) {
    return new FenceSettings(prefix, settled, acknowledged, inDoubt, clockTolerance, timeout);
  }

  public FenceSettings withClockTolerance(Duration other) {
    return new FenceSettings(prefix, retention, acknowledgedMargin, doubtRetention, other, timeout);
  }

  public FenceSettings withTimeout(Duration other) {
    return new FenceSettings(
        prefix, retention, acknowledgedMargin, doubtRetention, clockTolerance, other);
  }
}
