package io.doundo.orchestrator.core.state;

import io.doundo.orchestrator.core.state.parts.EarlierPart;
import io.doundo.orchestrator.core.state.parts.PartPlace;
import io.doundo.orchestrator.core.state.parts.PartSets;
import io.doundo.orchestrator.core.state.parts.PartWait;
import io.doundo.orchestrator.core.state.parts.PartsPhase;
import io.doundo.orchestrator.core.state.parts.PausedPart;
import io.doundo.orchestrator.core.state.parts.Ranges;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a step. Its size does not grow with their number as long as they end in order.
 *
 * @param attempt which attempt of the step they belong to, from 1
 * @param next the index of the part that is begun next, which is also how many were begun
 * @param sets where each of them stands
 * @param parked those that wait for an operator
 * @param repairing those that were woken by a late effect after they had ended, and are undoing it
 * @param released those that were told until when they are kept, because the flow has ended
 * @param awaited those whose answer to a {@code RELEASE} or {@code KEEP} is awaited
 * @param winner the index of the part whose end counts, or -1
 * @param nextAt when the next parts begin, ms since the epoch, or 0 for at once
 * @param loop the state of a loop; null for other steps
 * @param waits which signals its parts wait for, by index
 * @param kept how many bytes the kept results of the parts have
 * @param standing whether a part has left an effect standing
 * @param earlier the parts of earlier attempts that a late effect has woken, and that are undoing
 *     it
 * @param paused the parts that an operator has paused by themselves, those of earlier attempts
 *     included
 */
public record PartsState(
    int attempt,
    PartsPhase phase,
    PartsPlan plan,
    int next,
    PartSets sets,
    Ranges parked,
    Ranges repairing,
    Ranges released,
    Ranges awaited,
    int winner,
    long nextAt,
    @Nullable Content loop,
    List<PartWait> waits,
    long kept,
    boolean standing,
    List<EarlierPart> earlier,
    List<PausedPart> paused) {

  public PartsState {
    waits = List.copyOf(waits);
    earlier = List.copyOf(earlier);
    paused = List.copyOf(paused);
  }

  /**
   * How many bytes the results of all parts of a step may have that are kept: a command must be
   * able to carry them all, beside the payload and the results of other steps.
   */
  public static final long MOST_KEPT = 512 * 1024;

  /** No part has won. */
  public static final int NO_WINNER = -1;

  /** The state of a step that is about to begin its parts. */
  public static PartsState begun(int attempt, PartsPlan plan, @Nullable Content loop) {
    return new PartsState(
        attempt,
        PartsPhase.FORWARD,
        plan,
        0,
        PartSets.NONE,
        Ranges.NONE,
        Ranges.NONE,
        Ranges.NONE,
        Ranges.NONE,
        NO_WINNER,
        0,
        loop,
        List.of(),
        0,
        false,
        List.of(),
        List.of());
  }

  /** Whether nothing has to be asked of a part any more before the flow can be archived. */
  public boolean isReleased() {
    return released.size() == next && awaited.isEmpty();
  }

  /** Whether the part of this attempt is one that an operator has paused by itself. */
  public boolean isPaused(int index) {
    return paused.stream().anyMatch(part -> part.attempt() == attempt && part.index() == index);
  }

  /** Whether an effect of a part stays although the flow was undone. */
  public boolean leavesStanding() {
    return standing || !sets.at(PartPlace.ABANDONED).isEmpty();
  }
}
