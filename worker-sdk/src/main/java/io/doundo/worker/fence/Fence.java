package io.doundo.worker.fence;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.json.RawJson;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Decides who may run the handlers of a step, and records their outcomes. Each call is one atomic
 * transition of one record, asynchronous, and safe to repeat with the same arguments. A fence that
 * cannot be asked fails the stage with {@link FenceUnavailableException}; it never guesses.
 *
 * <p>All workers of a step share one fence. Thread-safe. Stages complete on a thread of the fence,
 * which must not be blocked.
 */
public interface Fence extends FenceStore {

  /** Decides what a DO command does. */
  CompletionStage<DoDecision> beginDo(FenceKey key, Claim claim);

  /**
   * Decides what an UNDO command does.
   *
   * @param effect what the orchestrator knows of the DO; {@code FAILED} when one that failed
   *     without effect must be undone anyway
   */
  CompletionStage<UndoDecision> beginUndo(FenceKey key, Claim claim, KnownEffect effect);

  /** Ends a run. A run that lost the step overwrites nothing but its own late effect. */
  CompletionStage<FinishResult> finish(FenceKey key, Token token, Settled settled);

  /** Moves the end of the lease to now plus {@code lease}, but not past the claim's limit. */
  CompletionStage<RenewResult> renew(FenceKey key, Token token, Duration lease);

  /**
   * Notes that the outside world knows of no effect of earlier runs, and renews. Unless it says
   * {@code HELD}, the handler must not run.
   */
  CompletionStage<RenewResult> ruledOut(FenceKey key, Token token, Duration lease);

  /**
   * The answer of this token's run is acknowledged: its result need not be kept any longer, and the
   * record of a DO not much longer than its deadline.
   *
   * @param deadline of the command that was answered; null when it has none
   */
  CompletionStage<Void> answered(FenceKey key, Token token, @Nullable Instant deadline);

  /** A value kept beside the step's record, for as long as that record; null when there is none. */
  CompletionStage<@Nullable RawJson> note(FenceKey key, String name);

  /**
   * Keeps or, with null, removes a value. A run that lost the step overwrites and removes nothing,
   * but may add what its late effect left behind.
   *
   * @return whether the token still holds the step
   */
  CompletionStage<Boolean> keepNote(
      FenceKey key, Token token, String name, @Nullable RawJson value);

  /** This one: its records outlive an assignment. */
  @Override
  default Fence assigned(String topic, int partition) {
    return this;
  }

  /** Changes nothing: the next worker of the partition asks the same fence. */
  @Override
  default void revoked(String topic, int partition) {}
}
