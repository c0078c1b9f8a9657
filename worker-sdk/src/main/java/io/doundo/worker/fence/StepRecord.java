package io.doundo.worker.fence;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.Outcome;
import io.doundo.protocol.json.RawJson;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fence's record of one step, with the fields of the Redis hash. {@link FenceTable} gives the
 * next one; {@link BeginDo}, {@link BeginUndo} and {@link Finish} change its copy as the scripts of
 * those names do, and one conformance suite holds both together. Times are milliseconds of the
 * fence's clock.
 */
public final class StepRecord implements Cloneable {

  enum State {
    ABSENT,
    DOING,
    DONE,
    /** Clean: no run of it had an effect. The last one failed, or found nothing left to do. */
    FAILED,
    IN_DOUBT,
    UNDOING,
    /** Also a tombstone. */
    UNDONE
  }

  /**
   * The context of a transition beside its arguments.
   *
   * @param nothingForgotten whether nothing that was done for the step can have been lost
   * @param neverBegan whether the absence of a record proves that no run of the step has begun
   * @param mayBeOver whether the very same DO may have run, been acknowledged and expired before
   * @param overdue whether the command's deadline has passed, by any clock
   */
  record Circumstances(
      long now,
      FenceSettings settings,
      boolean nothingForgotten,
      boolean neverBegan,
      boolean mayBeOver,
      boolean overdue) {}

  static final String FORGOTTEN =
      "the fence has lost records since this step was first sent, so its outcome is unknown";
  static final Token NOBODY = new Token(0, "", 1, 1);

  static final String LANDED_LATE = "the effect landed after its run had lost the step";

  private static final int MOST_ENDED = 8;
  private static final String NOBODY_KNOWS = "the outcome of the DO is unknown";

  State state = State.ABSENT;
  Token token = NOBODY;
  long leaseEnds;

  /** Of the latest DO. */
  int attempt;

  boolean earlierRunInDoubt;

  /** The run asks the outside world. */
  boolean verifying;

  /** An UNDO waits for the DO to end. */
  boolean undoWaits;

  /** Number of the oldest token whose work the later runs repeat or include, or 0. */
  long covers;

  /** The stored answer, without the result. */
  @Nullable StepAnswer said;

  Token saidBy = NOBODY;

  /** Of the DO; a late one is kept beside the answer to an UNDO. */
  @Nullable RawJson result;

  boolean resultSent;

  /** Of the latest UNDO, or 0. */
  int undoGeneration;

  /** That before a repeated UNDO. */
  int undoGenerationBefore;

  State beforeUndo = State.ABSENT;
  KnownEffect undoTold = KnownEffect.UNKNOWN;
  @Nullable String undoCommand;

  /** Command of an UNDO that threw. */
  @Nullable String threwCommand;

  Token threwBy = NOBODY;
  @Nullable StepAnswer threwSaid;

  /** The effect that landed after its run had lost the step: DONE or UNKNOWN. */
  @Nullable KnownEffect late;

  Token lateBy = NOBODY;

  /**
   * The run whose late effect the orchestrator has not acknowledged hearing of. While an UNDO of
   * the same generation runs for that effect, this is set and {@link #late} is not.
   */
  Token lateOwed = NOBODY;

  /** Runs of the DO that have ended and that nothing else here names any more: the latest ones. */
  private List<Token> ended = List.of();

  /** Every run of the DO with a lower number has ended, and its answer was acknowledged. */
  private long endedBefore;

  /** All that was not needed any more was forgotten when the answer was acknowledged. */
  private boolean answerOnly;

  /** A DO that fails may leave something behind. */
  boolean undoFailed;

  /** An UNDO may have been there before the run began, and been forgotten. */
  boolean mayFollowUndo;

  /** Another run may still come back, or notes are kept: it stays for the full retention. */
  boolean kept;

  private Map<String, RawJson> notes = new HashMap<>();
  private long limit;
  private long expiresAt = Long.MAX_VALUE;

  private StepRecord() {}

  /** Of a step that the fence does not know. */
  public static StepRecord absent() {
    return new StepRecord();
  }

  StepRecord copy() {
    try {
      StepRecord copy = (StepRecord) clone();
      copy.notes = new HashMap<>(notes);
      return copy;
    } catch (CloneNotSupportedException e) {
      throw new IllegalStateException("a record can be cloned", e);
    }
  }

  /** How long it is kept from this time on. */
  Duration expiresIn(long now) {
    return Duration.ofMillis(expiresAt - now);
  }

  boolean expired(long now) {
    return now >= expiresAt;
  }

  /**
   * Settled records outlive every redelivery; records in doubt or of unfinished runs live until an
   * operator has had time to act. No record lives forever.
   */
  void become(State next, Circumstances given) {
    state = next;
    FenceSettings settings = given.settings();
    expiresAt =
        switch (next) {
          case DOING, UNDOING -> limit + settings.doubtRetention().toMillis();
          case IN_DOUBT -> given.now() + settings.doubtRetention().toMillis();
          case ABSENT, DONE, FAILED, UNDONE -> given.now() + settings.retention().toMillis();
        };
  }

  void nextToken(Claim claim, long now) {
    token =
        new Token(
            Math.max(token.number() + 1, now * 1_000),
            claim.owner(),
            claim.generation(),
            claim.attempt(),
            claim.undoFailed());
    if (answerOnly) {
      // No run but the one that was acknowledged can come back to it.
      endedBefore = token.number();
      answerOnly = false;
    }
    grant(claim, now);
  }

  /** Also when the owner asks again: the first grant did not reach it, and its run begins now. */
  void grant(Claim claim, long now) {
    leaseEnds = now + Math.min(claim.lease().toMillis(), claim.limit().toMillis());
    limit = now + claim.limit().toMillis();
  }

  boolean grantedTo(Claim claim) {
    return token.owner().equals(claim.owner());
  }

  /** Whether this run is the one that holds the step. */
  public boolean heldBy(Token other) {
    return (state == State.DOING || state == State.UNDOING) && token.equals(other);
  }

  /** Whether an UNDO of the step has begun and not settled. */
  public boolean isUndoing() {
    return state == State.UNDOING;
  }

  Duration leaseLeft(long now) {
    return Duration.ofMillis(Math.max(0, leaseEnds - now));
  }

  RenewResult renew(Token other, Duration lease, boolean ruledOut, long now) {
    if (state == State.ABSENT) {
      return RenewResult.FORGOTTEN;
    }
    if (!heldBy(other)) {
      return RenewResult.LOST;
    }
    if (ruledOut) {
      earlierRunInDoubt = false;
      covers = token.number();
      verifying = false;
    }
    if (now >= limit) {
      return RenewResult.LIMIT_REACHED;
    }
    leaseEnds = Math.min(now + lease.toMillis(), limit);
    return undoWaits ? RenewResult.UNDO_WAITS : RenewResult.HELD;
  }

  /** Makes this the stored answer. */
  void say(StepAnswer answer, Token by, @Nullable RawJson newResult) {
    answerGoes();
    said = answer;
    saidBy = by;
    result = newResult;
    resultSent = false;
  }

  /** The stored answer is about to be replaced. */
  void answerGoes() {
    if (said != null
        && said.outcome() != Outcome.UNDONE
        && said.outcome() != Outcome.UNDONE_EMPTY) {
      ended(saidBy);
    }
  }

  /**
   * A run of the DO has ended, and its token is about to leave the record. Its ending may still be
   * repeated, when the reply was lost.
   */
  private void ended(Token run) {
    if (run.equals(NOBODY) || ended.contains(run)) {
      return;
    }
    List<Token> runs = new ArrayList<>(ended);
    runs.add(run);
    ended = List.copyOf(runs.subList(Math.max(0, runs.size() - MOST_ENDED), runs.size()));
  }

  /**
   * Whether this run of the DO had ended before, and its answer was replaced or acknowledged since,
   * so that nothing is owed for it: an UNDO that has settled since has undone it, a run that
   * followed repeats it or includes it.
   */
  boolean hadEnded(Token run) {
    return answerOnly || run.number() < endedBefore || ended.contains(run);
  }

  /** An UNDO has settled. If any effect was late, it landed before that UNDO began. */
  void lateIsUndone() {
    ended(lateBy);
    lateBy = NOBODY;
    lateOwed = NOBODY;
  }

  void sayNobodyKnows() {
    earlierRunInDoubt = true;
    say(StepAnswer.failure(Outcome.UNKNOWN, true, NOBODY_KNOWS), NOBODY, null);
  }

  StepAnswer answer() {
    if (said == null) {
      throw new IllegalStateException("a settled step without an answer: " + state);
    }
    boolean done = hasResult(said);
    return new StepAnswer(
        said.outcome(),
        said.retryable(),
        said.error(),
        done ? result : null,
        done && resultSent,
        mayFollowUndo);
  }

  private static boolean hasResult(StepAnswer answer) {
    return answer.outcome() == Outcome.OK || answer.outcome().isUnchanged();
  }

  /** Whether the step is settled as a success whose run had no effect. */
  boolean saidUnchanged() {
    return said != null && said.outcome().isUnchanged();
  }

  /** The effect that its run could not report before it died. */
  StepAnswer lateAnswer() {
    KnownEffect known = late == null ? undoTold : late;
    boolean landed = known == KnownEffect.DONE;
    return new StepAnswer(
        Outcome.LATE_EFFECT,
        true,
        landed ? null : LANDED_LATE,
        landed ? result : null,
        false,
        false);
  }

  void answered(Token by, @Nullable Instant deadline, Circumstances given) {
    if (lateOwed.equals(by)) {
      lateOwed = NOBODY;
    }
    if (said == null || !saidBy.equals(by)) {
      return;
    }
    if (hasResult(said) && result != null) {
      result = null;
      resultSent = true;
    }
    boolean ofDo = state == State.DONE || state == State.FAILED;
    if (deadline == null || kept || undoGeneration > 0 || !ofDo) {
      return;
    }
    FenceSettings settings = given.settings();
    long left = deadline.toEpochMilli() - given.now();
    if (left > settings.clockTolerance().toMillis()) {
      forgetAllButTheAnswer();
      expiresAt =
          given.now()
              + Math.min(
                  left + settings.acknowledgedMargin().toMillis(), settings.retention().toMillis());
    }
  }

  /** It ends the attempts of the step, and no DO begins after its deadline. */
  private void forgetAllButTheAnswer() {
    // In Redis the clock makes the next number higher; here it may stand still.
    token = new Token(token.number(), NOBODY.owner(), 1, 1);
    saidBy = NOBODY;
    covers = 0;
    earlierRunInDoubt = false;
    ended = List.of();
    endedBefore = 0;
    answerOnly = true;
  }

  @Nullable RawJson note(String name) {
    return notes.get(name);
  }

  boolean keepNote(Token by, String name, @Nullable RawJson value, Circumstances given) {
    boolean held = heldBy(by);
    if (value == null) {
      if (held) {
        notes.remove(name);
      }
    } else if (held) {
      notes.put(name, value);
      kept = true;
    } else {
      notes.putIfAbsent(name, value);
      kept = true;
      if (state == State.ABSENT) {
        become(State.ABSENT, given);
      }
    }
    return held;
  }

  static KnownEffect strongest(KnownEffect one, KnownEffect other) {
    return strength(one) >= strength(other) ? one : other;
  }

  private static int strength(KnownEffect effect) {
    return switch (effect) {
      case FAILED -> 1;
      case UNKNOWN -> 2;
      case DONE -> 3;
    };
  }
}
