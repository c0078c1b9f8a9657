package io.doundo.orchestrator.simulation;

import io.doundo.orchestrator.core.Content;
import io.doundo.orchestrator.core.FailureKind;
import io.doundo.orchestrator.core.KnownEffect;
import org.jspecify.annotations.Nullable;

/**
 * The fence of one flow's step, by the table of the worker SDK. What the table leaves open is
 * settled on the safe side: once an UNDO has begun, a DO that is not done never runs again, even if
 * that UNDO threw; a handler that took over from one which may have had an effect is not believed
 * when it says that nothing happened; and a late effect is written down, so that the next UNDO runs
 * whatever was answered before it.
 */
final class SimulatedFence {

  /** What a worker may do with its command. */
  enum Verdict {
    RUN,
    WAIT,
    REPLAY,
    UNKNOWN,
    FENCED,
    EMPTY
  }

  /** What happens when a DO may have had its effect already. */
  enum Policy {
    RERUN,
    VERIFY,
    NEVER
  }

  private enum Place {
    ABSENT,
    DOING,
    DONE,
    FAILED,
    IN_DOUBT,
    TOMBSTONE,
    UNDONE,
    UNDOING
  }

  private static final int DROPPED_AFTER_MS = 60;

  private final Policy policy;
  private final Scene scene;
  private Place place = Place.ABSENT;
  private Place beforeUndo = Place.ABSENT;
  private int token;
  private long leaseUntil;
  private int attempt;
  private int generation;
  private int generationBeforeUndo;
  private boolean tainted;
  private boolean undoBegan;
  private boolean late;
  private long settledAt;
  private long wipedAt = -1;
  private FailureKind failedAs = FailureKind.NO_EFFECT;
  private @Nullable Content result;

  SimulatedFence(Scene scene, Policy policy) {
    this.scene = scene;
    this.policy = policy;
  }

  Policy policy() {
    return policy;
  }

  /**
   * @param firstSent when the first DO of the step was sent
   * @param standing what a {@code @Verify} method would see
   */
  Verdict beginDo(int attemptOfCommand, long firstSent, long now, boolean standing) {
    dropEarly(now);
    return switch (place) {
      case ABSENT -> provesNothing(firstSent) ? doubted() : mayRun(attemptOfCommand, false);
      case DOING -> now < leaseUntil ? Verdict.WAIT : takeOver(attemptOfCommand, standing);
      case DONE ->
          scene.is(BrokenRule.DONE_STEPS_RUN_AGAIN)
              ? mayRun(attemptOfCommand, false)
              : Verdict.REPLAY;
      case FAILED -> attemptOfCommand > attempt ? mayRun(attemptOfCommand, false) : Verdict.REPLAY;
      case IN_DOUBT ->
          provesNothing(firstSent) ? Verdict.UNKNOWN : takeOver(attemptOfCommand, standing);
      case TOMBSTONE, UNDONE, UNDOING -> Verdict.FENCED;
    };
  }

  /** Whether the step's absence is of an emptied Redis, and its DO may have run before that. */
  private boolean provesNothing(long firstSent) {
    return wipedAt >= 0 && firstSent <= wipedAt && !scene.is(BrokenRule.ABSENCE_IS_EVIDENCE);
  }

  private Verdict doubted() {
    place = Place.IN_DOUBT;
    undoBegan = false;
    return Verdict.UNKNOWN;
  }

  private void dropEarly(long now) {
    boolean settled = place == Place.TOMBSTONE || place == Place.UNDONE;
    if (settled
        && now > settledAt + DROPPED_AFTER_MS
        && scene.is(BrokenRule.TOMBSTONE_DROPPED_EARLY)) {
      place = Place.ABSENT;
      undoBegan = false;
    }
  }

  /** The Redis of the step is emptied. */
  void wiped(long now) {
    place = Place.ABSENT;
    wipedAt = now;
    token++;
    generation = 0;
    undoBegan = false;
    late = false;
  }

  private Verdict takeOver(int attemptOfCommand, boolean standing) {
    if (undoBegan) {
      return Verdict.FENCED;
    }
    return switch (policy) {
      case RERUN -> mayRun(attemptOfCommand, true);
      case VERIFY -> standing ? isDoneAlready() : mayRun(attemptOfCommand, false);
      case NEVER -> {
        place = Place.IN_DOUBT;
        yield Verdict.UNKNOWN;
      }
    };
  }

  private Verdict isDoneAlready() {
    place = Place.DONE;
    result = null;
    return Verdict.REPLAY;
  }

  private Verdict mayRun(int attemptOfCommand, boolean mayStandAlready) {
    if (undoBegan) {
      return Verdict.FENCED;
    }
    place = Place.DOING;
    attempt = attemptOfCommand;
    tainted = mayStandAlready;
    token++;
    return Verdict.RUN;
  }

  Verdict beginUndo(int generationOfCommand, KnownEffect effect, boolean undoFailed, long now) {
    return switch (place) {
      case ABSENT ->
          effect == KnownEffect.UNKNOWN && !provesNothing(wipedAt)
              ? bury(generationOfCommand, now)
              : undo(generationOfCommand);
      case DOING, UNDOING -> now < leaseUntil ? Verdict.WAIT : undo(generationOfCommand);
      case DONE, IN_DOUBT -> undo(generationOfCommand);
      case FAILED ->
          undoFailed || effect == KnownEffect.DONE
              ? undo(generationOfCommand)
              : bury(generationOfCommand, now);
      case TOMBSTONE, UNDONE ->
          (generationOfCommand <= generation && !late)
                  || scene.is(BrokenRule.REPLAYS_FOR_A_HIGHER_GENERATION)
              ? Verdict.REPLAY
              : undo(generationOfCommand);
    };
  }

  private Verdict bury(int generationOfCommand, long now) {
    if (scene.is(BrokenRule.NO_TOMBSTONE)) {
      place = Place.ABSENT;
      return Verdict.EMPTY;
    }
    settledAt = now;
    place = Place.TOMBSTONE;
    generation = generationOfCommand;
    undoBegan = true;
    return Verdict.EMPTY;
  }

  private Verdict undo(int generationOfCommand) {
    if (place != Place.UNDOING) {
      beforeUndo = place == Place.DOING ? Place.IN_DOUBT : place;
      generationBeforeUndo = generation;
    }
    place = Place.UNDOING;
    late = false;
    generation = Math.max(generation, generationOfCommand);
    undoBegan = true;
    token++;
    return Verdict.RUN;
  }

  int token() {
    return token;
  }

  boolean holds(int owned) {
    return owned == token && (place == Place.DOING || place == Place.UNDOING);
  }

  void leaseUntil(long until) {
    leaseUntil = until;
  }

  long leaseUntil() {
    return leaseUntil;
  }

  boolean undoBegan() {
    return undoBegan;
  }

  /** Whether the step is done: a handler that lost its lease to a rerun has done the same work. */
  boolean isDone() {
    return place == Place.DONE;
  }

  void done(@Nullable Content made) {
    place = Place.DONE;
    result = made;
  }

  @Nullable Content result() {
    return result;
  }

  /** Settles a failed DO and gives what is to be answered. */
  FailureKind failed(FailureKind kind) {
    boolean clean = kind == FailureKind.NO_EFFECT || kind == FailureKind.NO_EFFECT_FINAL;
    if (clean && (!tainted || scene.is(BrokenRule.SUCCESSOR_IS_BELIEVED))) {
      place = Place.FAILED;
      failedAs = kind;
      return kind;
    }
    place = Place.IN_DOUBT;
    return kind == FailureKind.NO_EFFECT_FINAL ? FailureKind.UNKNOWN_FINAL : FailureKind.UNKNOWN;
  }

  FailureKind failedAs() {
    return failedAs;
  }

  /** An effect landed of a handler that had lost its token: no UNDO so far can be trusted. */
  void landedLate() {
    switch (place) {
      case FAILED, IN_DOUBT -> place = Place.DONE;
      case DOING -> tainted = true;
      case UNDOING, UNDONE, TOMBSTONE -> late = true;
      case ABSENT -> place = Place.IN_DOUBT;
      case DONE -> {
        // Known, or as good as known.
      }
    }
  }

  void undone() {
    settledAt = scene.now();
    place = Place.UNDONE;
  }

  /** Goes back to where the step was before, its generation included. */
  void undoThrew() {
    place = beforeUndo;
    generation = generationBeforeUndo;
  }
}
