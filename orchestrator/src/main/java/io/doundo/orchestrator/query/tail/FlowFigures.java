package io.doundo.orchestrator.query.tail;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.protocol.CommandAction;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Figures of the flow lists for gauges: of the flows whose partition an instance owns, so that
 * those of several instances add up. Safe for any thread.
 */
public interface FlowFigures {

  /** What an old flow may be waiting for. */
  enum Kind {
    PARKED,
    UNDOING,
    IN_DOUBT,
    WAITING
  }

  /**
   * How many flows are in a status.
   *
   * @param orchestration null for flows without a definition
   */
  record Count(@Nullable String orchestration, FlowStatus status, long flows) {}

  /**
   * The commands of one step that are still unanswered.
   *
   * @param oldestSentAt when the oldest of them was sent, ms since the epoch
   */
  record Unanswered(String orchestration, String step, CommandAction action, long oldestSentAt) {}

  /**
   * The figures of one moment.
   *
   * @param live flows that have not ended; a part counts only while somebody has to act on it
   * @param parts how many parts of flows have not ended, by status; a status without is absent
   * @param oldestSince since when the oldest flow of each kind is so, ms since the epoch; a kind
   *     without flows is absent
   * @param unanswered commands younger than some ten seconds may be absent
   */
  record Figures(
      List<Count> live,
      Map<FlowStatus, Long> parts,
      Map<Kind, Long> oldestSince,
      List<Unanswered> unanswered) {
    public Figures {
      parts = Map.copyOf(parts);
      live = List.copyOf(live);
      oldestSince = Map.copyOf(oldestSince);
      unanswered = List.copyOf(unanswered);
    }
  }

  /** How many flows the lists hold. */
  long size();

  /** Whether the lists hold everything that they should. */
  boolean isComplete();

  /** How far the lists lag behind the topics, in ms. */
  long lagMs();

  /**
   * The figures of the flows in some partitions.
   *
   * @param now ms since the epoch
   */
  Figures of(IntPredicate partitions, long now);
}
