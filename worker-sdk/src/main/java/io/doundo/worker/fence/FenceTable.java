package io.doundo.worker.fence;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.json.RawJson;
import io.doundo.worker.fence.StepRecord.Circumstances;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The rules of the fence, as pure functions: from a step's record, an event and the time to the
 * next record and an answer. The record that is given stays as it is. The scripts in Redis do the
 * same; fences that keep their records elsewhere use this. Thread-safe.
 */
public final class FenceTable {

  /** The result of a transition. */
  public record FenceTransition<T extends @Nullable Object>(StepRecord record, T answer) {}

  /**
   * When something happens, by the fence's clock.
   *
   * @param evidenceSince since when the fence has lost nothing
   */
  public record Moment(Instant now, Instant evidenceSince) {}

  private interface Change<T extends @Nullable Object> {
    T to(StepRecord record);
  }

  private final FenceSettings settings;

  public FenceTable(FenceSettings settings) {
    this.settings = settings;
  }

  /** See {@link Fence#beginDo}. */
  public FenceTransition<DoDecision> beginDo(StepRecord record, Claim claim, Moment moment) {
    return change(record, moment, step -> new BeginDo(step, claim, given(moment, claim)).decide());
  }

  /** See {@link Fence#beginUndo}. */
  public FenceTransition<UndoDecision> beginUndo(
      StepRecord record, Claim claim, KnownEffect effect, Moment moment) {
    return change(
        record, moment, step -> new BeginUndo(step, claim, effect, given(moment, claim)).decide());
  }

  /** See {@link Fence#finish}. */
  public FenceTransition<FinishResult> finish(
      StepRecord record, Token token, Settled settled, Moment moment) {
    return change(
        record,
        moment,
        step -> new Finish(step, token, RunEnding.of(settled), given(moment, null)).decide());
  }

  /** See {@link Fence#renew}. */
  public FenceTransition<RenewResult> renew(
      StepRecord record, Token token, Duration lease, Moment moment) {
    return change(
        record, moment, step -> step.renew(token, lease, false, moment.now().toEpochMilli()));
  }

  /** See {@link Fence#ruledOut}. */
  public FenceTransition<RenewResult> ruledOut(
      StepRecord record, Token token, Duration lease, Moment moment) {
    return change(
        record, moment, step -> step.renew(token, lease, true, moment.now().toEpochMilli()));
  }

  /** See {@link Fence#answered}. */
  @SuppressWarnings("NullAway") // It does not see that the lambda's type may be null.
  public FenceTransition<@Nullable Void> answered(
      StepRecord record, Token token, @Nullable Instant deadline, Moment moment) {
    return FenceTable.<@Nullable Void>change(
        record,
        moment,
        step -> {
          step.answered(token, deadline, given(moment, null));
          return null;
        });
  }

  /** See {@link Fence#keepNote}. */
  public FenceTransition<Boolean> keepNote(
      StepRecord record, Token token, String name, @Nullable RawJson value, Moment moment) {
    return change(record, moment, step -> step.keepNote(token, name, value, given(moment, null)));
  }

  private static <T extends @Nullable Object> FenceTransition<T> change(
      StepRecord record, Moment moment, Change<T> change) {
    StepRecord next =
        record.expired(moment.now().toEpochMilli()) ? StepRecord.absent() : record.copy();
    T answer = change.to(next);
    return new FenceTransition<>(next, answer);
  }

  private Circumstances given(Moment moment, @Nullable Claim claim) {
    Instant firstSent = claim == null ? null : claim.firstSent();
    Instant deadline = claim == null ? null : claim.deadline();
    Instant visibleSince = claim == null ? null : claim.visibleSince();
    Duration tolerance = settings.clockTolerance();
    boolean nothingForgotten =
        firstSent != null && !firstSent.minus(tolerance).isBefore(moment.evidenceSince());
    return new Circumstances(
        moment.now().toEpochMilli(),
        settings,
        nothingForgotten,
        nothingForgotten && firstSent != null && isRemembered(firstSent, moment),
        visibleSince != null && !isRemembered(visibleSince, moment),
        deadline != null && moment.now().isAfter(deadline.plus(tolerance)));
  }

  /** Whether an acknowledged record of what was sent then cannot have expired yet. */
  private boolean isRemembered(Instant sent, Moment moment) {
    return moment
        .now()
        .isBefore(sent.plus(settings.acknowledgedMargin()).minus(settings.clockTolerance()));
  }
}
