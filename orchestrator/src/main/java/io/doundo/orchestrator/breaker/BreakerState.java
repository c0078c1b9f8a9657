package io.doundo.orchestrator.breaker;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is known of a breaker. Immutable.
 *
 * @param since when it came into its phase; null while nothing has happened to it
 * @param until when it is half open next; null while it is closed or half open
 * @param openSince when it was closed for the last time; null while it is closed
 * @param opened how many times it has opened since it was last closed
 * @param faults the faults since the last success that count, oldest first; empty unless it is
 *     closed
 * @param wave the held commands let through last; null unless it is half open and some were held
 * @param forced who forced it open, and why; null unless it is forced open
 * @param held how many commands each task holds, by the number of its partition; no zeros
 * @param recent the latest entries, oldest first
 * @param outcomes of the latest requests, oldest first
 * @param isDeleted whether an operator has deleted it
 * @param changes how many decisions have changed it
 */
public record BreakerState(
    String name,
    BreakerConfig config,
    BreakerPhase phase,
    @Nullable Instant since,
    @Nullable Instant until,
    @Nullable Instant openSince,
    int opened,
    List<Faults> faults,
    @Nullable BreakerWave wave,
    @Nullable Forced forced,
    Map<Integer, Integer> held,
    List<BreakerEntry> recent,
    List<Outcome> outcomes,
    boolean isDeleted,
    long changes) {

  /** How many entries a breaker keeps. */
  public static final int MOST_RECENT = 20;

  /** A breaker that has not been closed for longer is an incident: 5 min. */
  public static final Duration LONG_OPEN = Duration.ofMinutes(5);

  /** How many requests a breaker remembers. */
  public static final int MOST_OUTCOMES = 64;

  /** Faults that one report told of. */
  public record Faults(Instant at, int count) {}

  /**
   * Who forced a breaker open.
   *
   * @param by null when the request did not say
   */
  public record Forced(String reason, @Nullable String by) {}

  /**
   * The outcome of a request.
   *
   * @param refusal why it was refused; null when it was carried out
   */
  public record Outcome(String controlId, @Nullable String refusal) {}

  public BreakerState {
    faults = List.copyOf(faults);
    held = Map.copyOf(held);
    recent = List.copyOf(recent);
    outcomes = List.copyOf(outcomes);
  }

  /** A breaker of which nothing is known yet: it is closed. */
  public static BreakerState unknown(String name) {
    return new BreakerState(
        name,
        BreakerConfig.DEFAULT,
        BreakerPhase.CLOSED,
        null,
        null,
        null,
        0,
        List.of(),
        null,
        null,
        Map.of(),
        List.of(),
        List.of(),
        false,
        0);
  }

  /** When it has to be told the time, or null. */
  public @Nullable Instant next() {
    if (wave == null) {
      return until;
    }
    return wave.at().plus(wave.number() == 1 ? config.openFor(opened) : BreakerDecider.TICK);
  }

  /**
   * Whether the answer to an attempt says anything about the breaker as it is. While it is half
   * open, only attempts count that were sent since. Before that it sent nothing for at least {@code
   * openFor}, so clocks of instances may differ by half of it.
   *
   * @param sentAt when the attempt was sent; null when that is not known
   */
  public boolean counts(@Nullable Instant sentAt) {
    if (phase != BreakerPhase.HALF_OPEN || since == null) {
      return true;
    }
    return sentAt != null && !sentAt.isBefore(since.minus(config.openFor().dividedBy(2)));
  }

  /**
   * Whether a command is held.
   *
   * @param past whether it goes past a breaker that is not forced open
   * @param now by the orchestrator's clock; a breaker whose owner is not running is forced open no
   *     longer than it was meant to be
   */
  public boolean holds(boolean past, Instant now) {
    boolean isForced = phase == BreakerPhase.FORCED_OPEN && (until == null || until.isAfter(now));
    return phase != BreakerPhase.CLOSED && (isForced || !past);
  }

  /**
   * Whether it has not been closed for more than {@link #LONG_OPEN}. A half-open breaker that holds
   * nothing and tries nothing only waits for the next command.
   *
   * @param now by the orchestrator's clock
   */
  public boolean isOpenForLong(Instant now) {
    boolean onlyWaits = phase == BreakerPhase.HALF_OPEN && held.isEmpty() && wave == null;
    return openSince != null && !onlyWaits && openSince.plus(LONG_OPEN).isBefore(now);
  }

  /** Whether it is closed and knows of no fault: answers without a fault change nothing then. */
  public boolean isQuiet() {
    return phase == BreakerPhase.CLOSED && faults.isEmpty();
  }

  /** How many commands are held in all tasks together. */
  public int heldInAll() {
    return held.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** The outcome of a request; null when it is not remembered. */
  public @Nullable Outcome outcomeOf(String controlId) {
    for (Outcome outcome : outcomes) {
      if (outcome.controlId().equals(controlId)) {
        return outcome;
      }
    }
    return null;
  }
}
