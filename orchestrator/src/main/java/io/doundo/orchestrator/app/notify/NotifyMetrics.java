package io.doundo.orchestrator.app.notify;

import io.doundo.orchestrator.notify.SendResult;
import io.doundo.orchestrator.notify.delivery.Notifier;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/**
 * Meters of the notifications. Each instance counts those of its own partitions, so that a sum over
 * the instances is right.
 */
final class NotifyMetrics implements Notifier.Listener {

  private static final double MILLIS = 1_000;

  private final Counter made;
  private final Counter givenUp;
  private final Timer delivered;
  private final Timer failed;
  private final Timer throttled;
  private final Counter passedOver;
  private volatile long pending;
  private volatile long oldestMs;
  private volatile long lag;
  private volatile long behindMs;
  private volatile boolean failing;

  NotifyMetrics(MeterRegistry meters) {
    this.made =
        Counter.builder("doundo.notify.made")
            .description("Deliveries that were made for receivers")
            .register(meters);
    this.givenUp =
        Counter.builder("doundo.notify.given.up")
            .description("Deliveries that were given up: their receivers were not told")
            .register(meters);
    this.delivered = attempts(meters, "delivered");
    this.failed = attempts(meters, "failed");
    this.throttled = attempts(meters, "throttled");
    this.passedOver =
        Counter.builder("doundo.notify.passed.over")
            .description("Records of the audit log that could not be read: nobody was told")
            .register(meters);
    Gauge.builder("doundo.notify.behind", () -> behindMs / MILLIS)
        .baseUnit("seconds")
        .description("How old what the notifier has read of the audit log last is")
        .register(meters);
    Gauge.builder("doundo.notify.pending", () -> pending)
        .description("Deliveries that wait or are being sent")
        .register(meters);
    Gauge.builder("doundo.notify.oldest.pending", () -> oldestMs / MILLIS)
        .baseUnit("seconds")
        .description("How long ago the oldest pending delivery happened")
        .register(meters);
    Gauge.builder("doundo.notify.lag", () -> lag)
        .description("Records of the audit log of which nobody was told yet")
        .register(meters);
    Gauge.builder("doundo.notify.failing", () -> failing ? 1 : 0)
        .description("1 while telling receivers fails on this instance, 0 otherwise")
        .register(meters);
  }

  private static Timer attempts(MeterRegistry meters, String outcome) {
    return Timer.builder("doundo.notify.attempts")
        .description("Attempts to tell receivers, by outcome")
        .tag("outcome", outcome)
        .register(meters);
  }

  @Override
  public void onMade() {
    made.increment();
  }

  @Override
  public void onAttempt(SendResult.Kind kind, Duration took) {
    switch (kind) {
      case DELIVERED -> delivered.record(took);
      case THROTTLED -> throttled.record(took);
      case FAILED, BODY_REFUSED -> failed.record(took);
      case NOT_SENT -> {
        // There was no attempt.
      }
    }
  }

  @Override
  public void onPassedOver() {
    passedOver.increment();
  }

  @Override
  public void onGivenUp() {
    givenUp.increment();
  }

  @Override
  public void onFigures(long waiting, long oldest, long unread) {
    pending = waiting;
    oldestMs = oldest;
    lag = unread;
  }

  @Override
  public void onBehind(long behind) {
    behindMs = behind;
  }

  @Override
  public void onFailing(boolean isFailing) {
    failing = isFailing;
  }
}
