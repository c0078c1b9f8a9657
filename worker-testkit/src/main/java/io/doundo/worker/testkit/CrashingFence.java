package io.doundo.worker.testkit;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.json.RawJson;
import io.doundo.worker.fence.Claim;
import io.doundo.worker.fence.DoDecision;
import io.doundo.worker.fence.Fence;
import io.doundo.worker.fence.FenceKey;
import io.doundo.worker.fence.FinishResult;
import io.doundo.worker.fence.RenewResult;
import io.doundo.worker.fence.Settled;
import io.doundo.worker.fence.Token;
import io.doundo.worker.fence.UndoDecision;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One worker's view of the fence. Where that worker is to die, it gets no reply any more. For the
 * one thread of a test.
 */
final class CrashingFence implements Fence {

  private final Fence fence;
  private @Nullable CrashPoint next;

  CrashingFence(Fence fence) {
    this.fence = fence;
  }

  void crashAt(CrashPoint point) {
    next = point;
  }

  @Override
  public CompletionStage<DoDecision> beginDo(FenceKey key, Claim claim) {
    return fence
        .beginDo(key, claim)
        .thenCompose(
            decision ->
                decision instanceof DoDecision.Run || decision instanceof DoDecision.Verify
                    ? reached(CrashPoint.BEFORE_THE_HANDLER, decision)
                    : CompletableFuture.completedStage(decision));
  }

  @Override
  public CompletionStage<UndoDecision> beginUndo(FenceKey key, Claim claim, KnownEffect effect) {
    return fence
        .beginUndo(key, claim, effect)
        .thenCompose(
            decision ->
                decision instanceof UndoDecision.Run
                    ? reached(CrashPoint.BEFORE_THE_HANDLER, decision)
                    : CompletableFuture.completedStage(decision));
  }

  @Override
  public CompletionStage<FinishResult> finish(FenceKey key, Token token, Settled settled) {
    if (next == CrashPoint.BEFORE_THE_RECORD) {
      next = null;
      return new CompletableFuture<>();
    }
    return fence
        .finish(key, token, settled)
        .thenCompose(result -> reached(CrashPoint.BEFORE_THE_ANSWER, result));
  }

  private <T> CompletionStage<T> reached(CrashPoint point, T reply) {
    if (next != point) {
      return CompletableFuture.completedStage(reply);
    }
    next = null;
    return new CompletableFuture<>();
  }

  @Override
  public CompletionStage<RenewResult> renew(FenceKey key, Token token, Duration lease) {
    return fence.renew(key, token, lease);
  }

  @Override
  public CompletionStage<RenewResult> ruledOut(FenceKey key, Token token, Duration lease) {
    return fence.ruledOut(key, token, lease);
  }

  @Override
  public CompletionStage<Void> answered(FenceKey key, Token token, @Nullable Instant deadline) {
    return fence.answered(key, token, deadline);
  }

  @Override
  public CompletionStage<@Nullable RawJson> note(FenceKey key, String name) {
    return fence.note(key, name);
  }

  @Override
  public CompletionStage<Boolean> keepNote(
      FenceKey key, Token token, String name, @Nullable RawJson value) {
    return fence.keepNote(key, token, name, value);
  }

  @Override
  public Duration retention() {
    return fence.retention();
  }

  @Override
  public CompletionStage<Long> inDoubt() {
    return fence.inDoubt();
  }

  @Override
  public CompletionStage<Void> check() {
    return fence.check();
  }

  @Override
  public void close() {
    // The fence outlives its workers.
  }
}
