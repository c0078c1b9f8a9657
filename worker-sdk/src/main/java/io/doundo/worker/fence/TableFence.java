package io.doundo.worker.fence;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.json.RawJson;
import io.doundo.worker.fence.FenceTable.FenceTransition;
import io.doundo.worker.fence.FenceTable.Moment;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** A fence that has its records in this JVM: each event is a transition of the table. */
abstract class TableFence implements Fence {

  private final FenceTable table;

  TableFence(FenceSettings settings) {
    this.table = new FenceTable(settings);
  }

  /** One atomic transition of the step's record. */
  abstract <T extends @Nullable Object> CompletionStage<T> on(
      FenceKey key, BiFunction<StepRecord, Moment, FenceTransition<T>> event);

  @Override
  public CompletionStage<DoDecision> beginDo(FenceKey key, Claim claim) {
    return on(key, (step, moment) -> table.beginDo(step, claim, moment));
  }

  @Override
  public CompletionStage<UndoDecision> beginUndo(FenceKey key, Claim claim, KnownEffect effect) {
    return on(key, (step, moment) -> table.beginUndo(step, claim, effect, moment));
  }

  @Override
  public CompletionStage<FinishResult> finish(FenceKey key, Token token, Settled settled) {
    return on(key, (step, moment) -> table.finish(step, token, settled, moment));
  }

  @Override
  public CompletionStage<RenewResult> renew(FenceKey key, Token token, Duration lease) {
    return on(key, (step, moment) -> table.renew(step, token, lease, moment));
  }

  @Override
  public CompletionStage<RenewResult> ruledOut(FenceKey key, Token token, Duration lease) {
    return on(key, (step, moment) -> table.ruledOut(step, token, lease, moment));
  }

  @Override
  public CompletionStage<Void> answered(FenceKey key, Token token, @Nullable Instant deadline) {
    return this.<@Nullable Void>on(
        key, (step, moment) -> table.answered(step, token, deadline, moment));
  }

  @Override
  @SuppressWarnings("NullAway") // It does not see that the transition's reply may be null.
  public CompletionStage<@Nullable RawJson> note(FenceKey key, String name) {
    return on(key, (step, moment) -> new FenceTransition<@Nullable RawJson>(step, step.note(name)));
  }

  @Override
  public CompletionStage<Boolean> keepNote(
      FenceKey key, Token token, String name, @Nullable RawJson value) {
    return on(key, (step, moment) -> table.keepNote(step, token, name, value, moment));
  }
}
