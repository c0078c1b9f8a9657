package io.doundo.worker.client;

import io.doundo.protocol.json.RawJson;
import io.doundo.protocol.json.StartDigest;
import io.doundo.worker.FlowEnd;
import io.doundo.worker.StartRefusedException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * A start whose end is watched for. Under a flowId that was chosen by the initiator there may be a
 * flow of another start, whose end is not this one's: a flow that began with other content is
 * passed over, and an end of which the beginning was not seen is believed only after a while in
 * which this start was not refused. Thread-safe.
 */
final class WatchedStart {

  /** The refusal of a start is read soon after the start. */
  private static final Duration DOUBT = Duration.ofSeconds(5);

  private final String flowId;
  private final boolean chosen;
  private final String orchestration;
  private final RawJson payload;
  private final Instant sentAt;
  private final CompletableFuture<FlowEnd> end = new CompletableFuture<>();
  private final Set<String> foreign = new HashSet<>();
  private volatile Instant startedAt;
  private volatile @Nullable String place;
  private @Nullable String own;
  private @Nullable FlowEnd held;
  private long heldUntil;

  /**
   * A start that is about to be sent.
   *
   * @param chosen whether the initiator chose the flowId, so that others may have, too
   * @param sentAt by the clock of this machine
   */
  WatchedStart(
      String flowId, boolean chosen, String orchestration, RawJson payload, Instant sentAt) {
    this.flowId = flowId;
    this.chosen = chosen;
    this.orchestration = orchestration;
    this.payload = payload;
    this.sentAt = sentAt;
    this.startedAt = sentAt;
  }

  String flowId() {
    return flowId;
  }

  /**
   * Since when there may be events of the flow: by the clock of the broker once it has the start,
   * until then by that of this machine.
   */
  Instant startedAt() {
    return startedAt;
  }

  /**
   * Whether the clock of this machine is so far ahead of the broker's that events may be missing
   * from what was read since the start was sent.
   */
  boolean startedEarlierThanSent() {
    return startedAt.isBefore(sentAt.minus(TopicReader.CLOCK_TOLERANCE.dividedBy(2)));
  }

  CompletableFuture<FlowEnd> end() {
    return end;
  }

  /** Where the start event stands; null until the broker has it. */
  @Nullable String place() {
    return place;
  }

  void standsAt(RecordMetadata metadata) {
    place = place(String.valueOf(metadata.partition()), String.valueOf(metadata.offset()));
    if (metadata.hasTimestamp()) {
      startedAt = Instant.ofEpochMilli(metadata.timestamp());
    }
  }

  static String place(@Nullable String partition, @Nullable String offset) {
    return partition + "@" + offset;
  }

  /** A flow of this flowId has begun. */
  synchronized void began(String incarnation, String startDigest) {
    if (StartDigest.isOf(startDigest, orchestration, payload)) {
      own = incarnation;
      held = null;
    } else {
      foreign.add(incarnation);
    }
  }

  /** A flow of this flowId has ended; whether that settles this start. */
  synchronized boolean ended(String incarnation, FlowEnd how) {
    if (foreign.contains(incarnation)) {
      return false;
    }
    boolean rejected = how.status() == FlowEnd.Status.REJECTED;
    if (!chosen || (incarnation.equals(own) && !rejected)) {
      settle(how);
      return true;
    }
    held = how;
    heldUntil = System.nanoTime() + DOUBT.toNanos();
    return false;
  }

  /** Believes an end that was in doubt long enough; whether that settles this start. */
  synchronized boolean settleHeld() {
    FlowEnd how = held;
    if (how == null || System.nanoTime() - heldUntil < 0) {
      return false;
    }
    settle(how);
    return true;
  }

  private void settle(FlowEnd how) {
    if (how.status() == FlowEnd.Status.REJECTED) {
      refuse(how.reason() == null ? "its orchestration is not registered" : how.reason());
    } else {
      end.complete(how);
    }
  }

  void refuse(String reason) {
    fail(new StartRefusedException(flowId, reason));
  }

  void fail(Throwable cause) {
    end.completeExceptionally(cause);
  }
}
