package io.doundo.worker.fence;

import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.Outcome;
import io.doundo.protocol.RawJson;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One step's record in an {@link InMemoryFence}, with the fields of the record in Redis. {@link
 * BeginDo}, {@link BeginUndo} and {@link Finish} change it as the scripts of those names do; one
 * conformance suite holds both together. Times are milliseconds of the fence's clock. Not
 * thread-safe: the fence locks it.
 */
final class StepRecord {

  enum State {
    ABSENT,
    DOING,
    DONE,
    /** Clean: no run of it had an effect. */
    FAILED,
    IN_DOUBT,
    UNDOING,
    /** Also a tombstone. */
    UNDONE
  }

  /**
   * What a transition needs beside its arguments.
   *
   * @param nothingForgotten whether nothing that was done for the step can have been forgotten
   * @param overdue whether the command's deadline has passed, by any clock
   */
  record Circumstances(
      long now, long retentionMs, BooleanSupplier nothingForgotten, boolean overdue) {}

  static final String FORGOTTEN =
      "Redis was restarted or emptied since this step was first sent: what became of it is unknown";
  static final String OVERDUE = "it came after its deadline, and was not run";
  static final Token NOBODY = new Token(0, "", 1, 1);

  private static final String NOBODY_KNOWS = "nobody knows how the DO ended";

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

  /** What landed after its run had lost the step: DONE or UNKNOWN. */
  @Nullable KnownEffect late;

  Token lateBy = NOBODY;

  private final Map<String, RawJson> notes = new HashMap<>();
  private long limit;
  private long expiresAt = Long.MAX_VALUE;

  boolean expires() {
    return expiresAt < Long.MAX_VALUE;
  }

  boolean expired(long now) {
    return now >= expiresAt;
  }

  /** Nothing that is unsettled may expire; the rest outlives every redelivery. */
  void become(State next, Circumstances given) {
    state = next;
    expiresAt =
        switch (next) {
          case DOING, UNDOING, IN_DOUBT -> Long.MAX_VALUE;
          case ABSENT, DONE, FAILED, UNDONE -> given.now() + given.retentionMs();
        };
  }

  void nextToken(Claim claim, long now) {
    token =
        new Token(
            Math.max(token.number() + 1, now * 1_000),
            claim.owner(),
            claim.generation(),
            claim.attempt());
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

  boolean heldBy(Token other) {
    return (state == State.DOING || state == State.UNDOING) && token.equals(other);
  }

  Duration leaseLeft(long now) {
    return Duration.ofMillis(Math.max(0, leaseEnds - now));
  }

  RenewResult renew(Token other, Duration lease, boolean ruledOut, long now) {
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
    said = answer;
    saidBy = by;
    result = newResult;
    resultSent = false;
  }

  void sayNobodyKnows() {
    earlierRunInDoubt = true;
    say(StepAnswer.failure(Outcome.UNKNOWN, true, NOBODY_KNOWS), NOBODY, null);
  }

  StepAnswer answer() {
    if (said == null) {
      throw new IllegalStateException("a settled step without an answer: " + state);
    }
    boolean done = said.outcome() == Outcome.OK;
    return new StepAnswer(
        said.outcome(), said.retryable(), said.error(), done ? result : null, done && resultSent);
  }

  void answered(Token by) {
    if (saidBy.equals(by) && said != null && said.outcome() == Outcome.OK && result != null) {
      result = null;
      resultSent = true;
    }
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
    } else {
      notes.putIfAbsent(name, value);
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
