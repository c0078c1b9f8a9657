package io.doundo.orchestrator.notify;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How fast one address is sent to. While the receiver accepts, several deliveries run at once.
 * While it fails, one after another tries whether it is back, in growing intervals. When it answers
 * 429, nothing is sent for as long as it asks, then half as many run at once, and each delivery
 * that it accepts lets one more run. It may outlive its queue, so that a new one does not begin
 * from the start. Time arrives with each call. Not thread-safe.
 */
public final class ReceiverPace {

  /** The longest interval between two attempts while the receiver fails. */
  private static final Duration LONGEST_PROBE = Duration.ofSeconds(30);

  private final String address;
  private final int atOnce;
  private final RetryRules rules;
  private int allowed;
  private int faults;
  private int throttles;
  private Instant notBefore = Instant.MIN;
  private @Nullable String lastError;

  /**
   * The pace of a receiver that accepts.
   *
   * @param address the connection and what follows its URL
   * @param atOnce how many are sent at the same time at most
   */
  public ReceiverPace(String address, int atOnce, RetryRules rules) {
    this.address = address;
    this.atOnce = atOnce;
    this.allowed = atOnce;
    this.rules = rules;
  }

  String address() {
    return address;
  }

  /** How many more may be sent now. */
  int room(int sending, Instant now) {
    if (now.isBefore(notBefore)) {
      return 0;
    }
    return faults == 0 ? Math.max(0, allowed - sending) : sending == 0 ? 1 : 0;
  }

  /** Whether the last attempt failed for a reason that is likely to meet the next one too. */
  boolean isFailing() {
    return faults > 0;
  }

  /** Why the last attempt failed, if the receiver fails now; null otherwise. */
  @Nullable String failure() {
    return faults == 0 ? null : lastError;
  }

  /**
   * The receiver answers, whatever it thinks of this body.
   *
   * @return whether it failed before
   */
  boolean answered(SendResult.Kind kind) {
    if (kind == SendResult.Kind.DELIVERED) {
      throttles = 0;
      allowed = Math.min(atOnce, allowed + 1);
    }
    if (faults == 0) {
      return false;
    }
    faults = 0;
    lastError = null;
    notBefore = Instant.MIN;
    return true;
  }

  /** Several that fail at the same time are one failure of the receiver. */
  void failed(SendResult result, Instant now) {
    lastError = result.error();
    if (!now.isBefore(notBefore)) {
      faults++;
      notBefore = now.plus(probe(faults));
    }
  }

  /** Several that are throttled at the same time are throttled once. */
  void throttled(SendResult result, Instant now) {
    if (!now.isBefore(notBefore)) {
      throttles++;
      allowed = Math.max(1, allowed / 2);
    }
    Duration asked = result.retryAfter();
    Instant until = now.plus(asked == null ? probe(throttles) : Delivery.bounded(asked));
    if (until.isAfter(notBefore)) {
      notBefore = until;
    }
  }

  private Duration probe(int failures) {
    Duration pause = rules.pause(Math.max(1, failures), address);
    return pause.compareTo(LONGEST_PROBE) > 0 ? LONGEST_PROBE : pause;
  }
}
