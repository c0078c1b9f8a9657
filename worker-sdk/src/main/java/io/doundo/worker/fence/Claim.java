package io.doundo.worker.fence;

import io.doundo.worker.OnDoubt;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A delivered command's wish to run its handler.
 *
 * @param owner unique for each delivery of a record to a worker. The same claim may be made again,
 *     after a wait or after a lost reply: if it was granted, it is granted once more.
 * @param commandId null for a command put on the topic by hand
 * @param lease how long the run is protected without a renewal
 * @param limit how long it can be protected at all, from its beginning: the step's timeout
 * @param onDoubt what to do when an earlier run may have had its effect; not read for an UNDO
 * @param firstSent when the step's first DO was sent, by the orchestrator's clock; of a DO the
 *     first one since all that were sent before have failed without effect. Null when the command
 *     does not say: the absence of a record is then no evidence.
 * @param deadline when the attempt times out, by the orchestrator's clock: no DO begins long after
 *     it. Null when the command does not say; not read for an UNDO
 * @param redelivered whether an earlier delivery of this record may have begun its handler, here or
 *     elsewhere
 * @param visibleSince no worker can have seen this DO before without the orchestrator having read
 *     its answer, by the orchestrator's clock. What began soon after may be over and forgotten
 *     already. Null when the command does not say
 * @param undoFailed whether a DO of this step that fails may leave something behind
 */
public record Claim(
    String owner,
    int generation,
    int attempt,
    @Nullable String commandId,
    Duration lease,
    Duration limit,
    OnDoubt onDoubt,
    @Nullable Instant firstSent,
    @Nullable Instant deadline,
    boolean redelivered,
    @Nullable Instant visibleSince,
    boolean undoFailed) {

  public Claim {
    if (owner.isEmpty() || owner.length() > 40) {
      throw new IllegalArgumentException("the owner must have 1 to 40 characters: " + owner);
    }
    if (generation < 1 || attempt < 1) {
      throw new IllegalArgumentException(
          "generation and attempt count from 1: " + generation + ", " + attempt);
    }
    if (lease.toMillis() < 1 || limit.toMillis() < 1) {
      throw new IllegalArgumentException(
          "lease and limit must be at least 1 ms: " + lease + ", " + limit);
    }
  }

  /** Of a step that fails without a trace, by a command that does not say since when it is seen. */
  public Claim(
      String owner,
      int generation,
      int attempt,
      @Nullable String commandId,
      Duration lease,
      Duration limit,
      OnDoubt onDoubt,
      @Nullable Instant firstSent,
      @Nullable Instant deadline,
      boolean redelivered) {
    this(
        owner,
        generation,
        attempt,
        commandId,
        lease,
        limit,
        onDoubt,
        firstSent,
        deadline,
        redelivered,
        null,
        false);
  }
}
