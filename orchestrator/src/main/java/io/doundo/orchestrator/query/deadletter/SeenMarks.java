package io.doundo.orchestrator.query.deadletter;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which dead letters an operator has marked as seen: single ones by their ids, and groups by their
 * fingerprints up to the offsets that the operator was shown. Where both say something, the mark
 * that was written last counts. Thread-safe.
 */
public final class SeenMarks {

  private final Map<String, Placed> marks = new ConcurrentHashMap<>();

  /**
   * A mark.
   *
   * @param subject the id of a dead letter, or the fingerprint of a group
   * @param isSeen false takes an earlier mark back
   * @param at ms since the epoch
   * @param below for a group, the offset in each partition up to which the mark counts; empty for a
   *     single dead letter
   */
  public record Mark(String subject, boolean isSeen, String by, long at, Map<Integer, Long> below) {

    public Mark {
      below = Map.copyOf(below);
    }
  }

  /**
   * @param order marks that were written later have a greater one
   */
  private record Placed(Mark mark, long order) {}

  /** Notes a mark that was read. */
  public void put(Mark mark, long order) {
    marks.put(mark.subject(), new Placed(mark, order));
  }

  /** A mark was removed from its topic. */
  public void remove(String subject) {
    marks.remove(subject);
  }

  /** Who has seen a dead letter; null when nobody has. */
  public @Nullable String seenBy(int partition, long offset, String fingerprint) {
    Placed single = marks.get(partition + "-" + offset);
    Placed group = marks.get(fingerprint);
    if (group != null && offset >= group.mark().below().getOrDefault(partition, 0L)) {
      group = null;
    }
    Placed last =
        single == null || (group != null && group.order() > single.order()) ? group : single;
    return last == null || !last.mark().isSeen() ? null : last.mark().by();
  }

  /**
   * The subjects of marks whose dead letters have all expired.
   *
   * @param begins the first offset that each partition still has
   */
  public List<String> expired(Map<Integer, Long> begins) {
    List<String> expired = new ArrayList<>();
    for (Placed placed : marks.values()) {
      Mark mark = placed.mark();
      DeadLetterPlace place = DeadLetterPlace.of(mark.subject());
      boolean isOver =
          place == null
              ? mark.below().entrySet().stream()
                  .allMatch(one -> one.getValue() <= begins.getOrDefault(one.getKey(), 0L))
              : place.offset() < begins.getOrDefault(place.partition(), 0L);
      if (isOver) {
        expired.add(mark.subject());
      }
    }
    return expired;
  }
}
