package io.doundo.orchestrator.breaker;

import io.doundo.orchestrator.breaker.BreakerState.Faults;
import io.doundo.orchestrator.breaker.BreakerState.Forced;
import io.doundo.orchestrator.breaker.BreakerState.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A {@link BreakerState} in the making, for the length of one decision. */
final class BreakerDraft {

  private final BreakerState before;
  final Instant now;
  private final List<BreakerEntry> entries = new ArrayList<>();
  BreakerConfig config;
  BreakerPhase phase;
  private @Nullable Instant since;
  @Nullable Instant until;
  private @Nullable Instant openSince;
  int opened;
  List<Faults> faults;
  @Nullable BreakerWave wave;
  @Nullable Forced forced;

  /** By the number of the task, so that the shares of a wave do not depend on chance. */
  final SortedMap<Integer, Integer> held;

  private List<Outcome> outcomes;
  boolean isDeleted;

  BreakerDraft(BreakerState state, Instant now) {
    before = state;
    this.now = now;
    config = state.config();
    phase = state.phase();
    since = state.since();
    until = state.until();
    openSince = state.openSince();
    opened = state.opened();
    faults = state.faults();
    wave = state.wave();
    forced = state.forced();
    held = new TreeMap<>(state.held());
    outcomes = state.outcomes();
    isDeleted = state.isDeleted();
  }

  boolean isDue() {
    Instant due = wave == null ? until : nextOfWave(wave);
    return due != null && !due.isAfter(now);
  }

  private Instant nextOfWave(BreakerWave of) {
    return of.at().plus(of.number() == 1 ? config.openFor(opened) : BreakerDecider.TICK);
  }

  int heldInAll() {
    return held.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** Comes into a phase; what belongs to the earlier one is gone. */
  void enter(BreakerPhase next, @Nullable Instant end) {
    phase = next;
    since = now;
    until = end;
    if (next == BreakerPhase.CLOSED) {
      openSince = null;
    } else if (openSince == null) {
      openSince = now;
    }
    faults = List.of();
    wave = null;
    forced = null;
  }

  void tell(BreakerEntry.Type type, @Nullable String reason, @Nullable String by) {
    entries.add(new BreakerEntry(type, now, until, reason, by));
  }

  void remember(String controlId, @Nullable String refusal) {
    List<Outcome> all = new ArrayList<>(outcomes);
    all.add(new Outcome(controlId, refusal));
    outcomes = all.subList(Math.max(0, all.size() - BreakerState.MOST_OUTCOMES), all.size());
  }

  /** The decision; its state is the very same as before when nothing has changed. */
  BreakerDecision decided() {
    List<BreakerEntry> recent = new ArrayList<>(before.recent());
    recent.addAll(entries);
    BreakerState next =
        state(
            recent.subList(Math.max(0, recent.size() - BreakerState.MOST_RECENT), recent.size()),
            before.changes());
    return next.equals(before)
        ? new BreakerDecision(before, List.of())
        : new BreakerDecision(state(next.recent(), before.changes() + 1), entries);
  }

  private BreakerState state(List<BreakerEntry> recent, long changes) {
    return new BreakerState(
        before.name(),
        config,
        phase,
        since,
        until,
        openSince,
        opened,
        faults,
        wave,
        forced,
        held,
        recent,
        outcomes,
        isDeleted,
        changes);
  }
}
