package io.doundo.orchestrator.core;

import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.PartsPlan;
import io.doundo.orchestrator.core.state.PartsState;
import io.doundo.orchestrator.core.state.parts.EarlierPart;
import io.doundo.orchestrator.core.state.parts.PartPlace;
import io.doundo.orchestrator.core.state.parts.PartSets;
import io.doundo.orchestrator.core.state.parts.PartWait;
import io.doundo.orchestrator.core.state.parts.PartsPhase;
import io.doundo.orchestrator.core.state.parts.PausedPart;
import io.doundo.orchestrator.core.state.parts.Ranges;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A {@link PartsState} in the making, for the length of one decision. */
final class PartsDraft {

  private final PartsState before;

  final int attempt;
  PartsPhase phase;
  PartsPlan plan;
  int next;
  PartSets sets;
  Ranges parked;
  Ranges repairing;
  Ranges released;
  Ranges awaited;
  int winner;
  long nextAt;
  @Nullable Content loop;
  List<PartWait> waits;
  long kept;
  boolean standing;
  List<EarlierPart> earlier;
  List<PausedPart> paused;

  PartsDraft(PartsState state) {
    before = state;
    attempt = state.attempt();
    phase = state.phase();
    plan = state.plan();
    next = state.next();
    sets = state.sets();
    parked = state.parked();
    repairing = state.repairing();
    released = state.released();
    awaited = state.awaited();
    winner = state.winner();
    nextAt = state.nextAt();
    loop = state.loop();
    waits = state.waits();
    kept = state.kept();
    standing = state.standing();
    earlier = state.earlier();
    paused = state.paused();
  }

  /** The new state; the very same object as before when nothing has changed. */
  PartsState freeze() {
    PartsState now =
        new PartsState(
            attempt, phase, plan, next, sets, parked, repairing, released, awaited, winner, nextAt,
            loop, waits, kept, standing, earlier, paused);
    return now.equals(before) ? before : now;
  }

  Ranges at(PartPlace place) {
    return sets.at(place);
  }

  void move(int index, PartPlace to) {
    sets = sets.with(index, to);
    if (to != PartPlace.RUNNING) {
      waitsFor(index, List.of());
    }
  }

  /** A part says which signals it waits for. */
  void waitsFor(int index, List<String> signals) {
    if (waits.isEmpty() && signals.isEmpty()) {
      return;
    }
    List<PartWait> all = new ArrayList<>(waits);
    all.removeIf(wait -> wait.index() == index);
    signals.forEach(signal -> all.add(new PartWait(index, signal)));
    waits = List.copyOf(all);
  }

  /** The part that has waited longest for a signal of this name; null when none waits. */
  @Nullable PartWait waiting(String signal) {
    for (PartWait wait : waits) {
      if (wait.signal().equals(signal)) {
        return wait;
      }
    }
    return null;
  }

  /** A signal was handed to the part. */
  void handed(PartWait wait) {
    List<PartWait> others = new ArrayList<>(waits);
    others.remove(wait);
    waits = List.copyOf(others);
  }

  /** Whether all parts were told until when they are kept, and have answered. */
  boolean isReleased() {
    return released.size() == next && awaited.isEmpty();
  }

  /** Whether an effect of a part stays although the flow was undone. */
  boolean leavesStanding() {
    return standing || !at(PartPlace.ABANDONED).isEmpty();
  }

  /** Whether a part of this attempt or of an earlier one undoes an effect that came late. */
  boolean isRepairing() {
    return !repairing.isEmpty() || !earlier.isEmpty();
  }

  /** All parts that undo an effect that came late, as the attempt after this one knows them. */
  List<EarlierPart> allRepairing() {
    List<EarlierPart> all = new ArrayList<>(earlier);
    repairing.numbers().forEach(index -> all.add(new EarlierPart(attempt, index)));
    return List.copyOf(all);
  }

  /** A part of an earlier attempt undoes an effect that came late. */
  void wakes(EarlierPart part) {
    List<EarlierPart> all = new ArrayList<>(earlier);
    all.add(part);
    earlier = List.copyOf(all);
  }

  /** A part of an earlier attempt has ended again; says whether it was known to have woken up. */
  boolean rests(EarlierPart part) {
    List<EarlierPart> others = new ArrayList<>(earlier);
    boolean wasAwake = others.remove(part);
    earlier = List.copyOf(others);
    return wasAwake;
  }

  /** A part waits for an operator to resume it; what is known of its pause stays. */
  void pauses(PausedPart part) {
    if (!isPaused(part.attempt(), part.index())) {
      List<PausedPart> all = new ArrayList<>(paused);
      all.add(part);
      paused = List.copyOf(all);
    }
  }

  /** A part does not wait for an operator to resume it, or not any more. */
  void goesOn(int ofAttempt, int index) {
    if (isPaused(ofAttempt, index)) {
      List<PausedPart> others = new ArrayList<>(paused);
      others.removeIf(part -> part.attempt() == ofAttempt && part.index() == index);
      paused = List.copyOf(others);
    }
  }

  private boolean isPaused(int ofAttempt, int index) {
    return paused.stream().anyMatch(part -> part.attempt() == ofAttempt && part.index() == index);
  }

  /** The paused ones among the parts that undo an effect that came late. */
  List<PausedPart> pausedRepairing() {
    if (paused.isEmpty()) {
      return List.of();
    }
    List<EarlierPart> repairing = allRepairing();
    return paused.stream()
        .filter(part -> repairing.contains(new EarlierPart(part.attempt(), part.index())))
        .toList();
  }

  /** Whether a part other than the winner has to be heard of or taken back. */
  boolean owesOthers() {
    for (PartPlace place : PartPlace.values()) {
      Ranges there = at(place);
      if (place.isOwed() && !there.isEmpty() && !(there.size() == 1 && there.contains(winner))) {
        return true;
      }
    }
    return false;
  }

  /** Whether a part is there that can be taken back: running, or done and not the winner. */
  boolean hasToAsk() {
    Ranges done = at(PartPlace.DONE);
    return !at(PartPlace.RUNNING).isEmpty()
        || !(phase == PartsPhase.WON ? done.without(winner) : done).isEmpty();
  }
}
