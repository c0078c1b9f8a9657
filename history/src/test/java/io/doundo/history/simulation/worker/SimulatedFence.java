package io.doundo.history.simulation.worker;

import io.doundo.history.simulation.BrokenRule;
import io.doundo.history.simulation.Happening;
import io.doundo.history.simulation.Scene;
import io.doundo.history.simulation.SkewedClock;
import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.Outcome;
import io.doundo.worker.fence.Claim;
import io.doundo.worker.fence.DoDecision;
import io.doundo.worker.fence.FenceSettings;
import io.doundo.worker.fence.FenceTable;
import io.doundo.worker.fence.FenceTable.FenceTransition;
import io.doundo.worker.fence.FenceTable.Moment;
import io.doundo.worker.fence.FinishResult;
import io.doundo.worker.fence.RenewResult;
import io.doundo.worker.fence.Settled;
import io.doundo.worker.fence.StepAnswer;
import io.doundo.worker.fence.StepRecord;
import io.doundo.worker.fence.Token;
import io.doundo.worker.fence.UndoDecision;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The fence of one flow's step: the worker SDK's {@link FenceTable}, with ways to break its rules
 * from outside. It can lose all its records, as Redis can.
 */
public final class SimulatedFence {

  /** More than the clocks of a simulation can differ. */
  private static final Duration WIDE_TOLERANCE = Duration.ofMinutes(5);

  private static final Duration NARROW_TOLERANCE = Duration.ofMillis(20);
  private static final Duration SHORT_MARGIN = Duration.ofSeconds(1);
  private static final Duration TOO_SHORT = Duration.ofMillis(60);

  private final Scene scene;
  private final SkewedClock redis;
  private final FenceTable table;
  private final FenceSettings settings;
  private StepRecord record = StepRecord.absent();
  private Instant evidenceSince = Instant.EPOCH;

  /**
   * @param precise whether all clocks agree, so that deadlines, and records forgotten after them,
   *     matter within the short simulated time
   */
  public SimulatedFence(Scene scene, SkewedClock redis, boolean precise) {
    this.scene = scene;
    this.redis = redis;
    FenceSettings usual = FenceSettings.DEFAULTS;
    this.settings =
        usual
            .withClockTolerance(precise ? NARROW_TOLERANCE : WIDE_TOLERANCE)
            .withRetentions(
                scene.is(BrokenRule.TOMBSTONE_DROPPED_EARLY) ? TOO_SHORT : usual.retention(),
                precise ? SHORT_MARGIN : usual.acknowledgedMargin(),
                usual.doubtRetention());
    this.table = new FenceTable(settings);
  }

  /**
   * Whether an allowed run of this DO may be its second, because an earlier one may have been
   * acknowledged and forgotten.
   */
  boolean mayBeOver(Claim claim) {
    Instant since = claim.visibleSince();
    return since != null
        && !moment()
            .now()
            .isBefore(since.plus(settings.acknowledgedMargin()).minus(settings.clockTolerance()));
  }

  private Moment moment() {
    return new Moment(Instant.ofEpochMilli(redis.now()), evidenceSince);
  }

  private <T extends @Nullable Object> T take(FenceTransition<T> transition) {
    record = transition.record();
    return transition.answer();
  }

  public DoDecision beginDo(Claim claim) {
    DoDecision decision = take(table.beginDo(record, claim, moment()));
    if (scene.is(BrokenRule.DONE_STEPS_RUN_AGAIN)
        && decision instanceof DoDecision.Reply reply
        && reply.replayed()
        && reply.answer().outcome() == Outcome.OK) {
      record = StepRecord.absent();
      return take(table.beginDo(record, claim, moment()));
    }
    return decision;
  }

  public UndoDecision beginUndo(Claim claim, KnownEffect effect) {
    StepRecord before = record;
    UndoDecision decision = take(table.beginUndo(record, claim, effect, moment()));
    if (scene.is(BrokenRule.NO_TOMBSTONE)
        && decision instanceof UndoDecision.Reply reply
        && reply.answer().outcome() == Outcome.UNDONE_EMPTY) {
      record = before;
    }
    return decision;
  }

  public FinishResult finish(Token token, Settled settled) {
    if (scene.is(BrokenRule.SUCCESSOR_IS_BELIEVED) && isClean(settled)) {
      ruledOut(token, Duration.ofMillis(1));
    }
    StepRecord before = record;
    FinishResult result = take(table.finish(record, token, settled, moment()));
    if (isLate(result)) {
      scene.coverage().count(Happening.LATE_EFFECT);
    }
    if (scene.is(BrokenRule.STALE_WORKER_KEEPS_SILENT) && isLate(result)) {
      record = before;
      return new FinishResult.Superseded();
    }
    if (isLate(result) && scene.is(BrokenRule.LATE_EFFECT_IS_TOLD_ONCE)) {
      take(table.answered(record, token, null, moment()));
    }
    return result;
  }

  private static boolean isClean(Settled settled) {
    return settled instanceof Settled.NoEffect || settled instanceof Settled.Unchanged;
  }

  private static boolean isLate(FinishResult result) {
    return result instanceof FinishResult.Reply reply
        && reply.answer().outcome() == Outcome.LATE_EFFECT;
  }

  /** Whether an UNDO of the step has begun and not settled. */
  public boolean isUndoing() {
    return record.isUndoing();
  }

  /** Whether this run still holds the step. */
  public boolean holds(Token token) {
    return record.heldBy(token);
  }

  public RenewResult renew(Token token, Duration lease) {
    return take(table.renew(record, token, lease, moment()));
  }

  public RenewResult ruledOut(Token token, Duration lease) {
    return take(table.ruledOut(record, token, lease, moment()));
  }

  public void answered(StepAnswer answer, Token token, Instant deadline) {
    if (answer.outcome() != Outcome.FENCED) {
      take(table.answered(record, token, deadline, moment()));
    }
  }

  /** Everything in Redis is lost. */
  public void wiped() {
    record = StepRecord.absent();
    if (!scene.is(BrokenRule.ABSENCE_IS_EVIDENCE)) {
      evidenceSince = moment().now();
    }
  }
}
