package io.doundo.orchestrator.core.state;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The places of all parts that a step has begun; each part has one. Immutable.
 *
 * @param byPlace the indexes of the parts, for each {@link PartPlace} in its order
 */
public record PartSets(List<Ranges> byPlace) {

  private static final PartPlace[] PLACES = PartPlace.values();

  /** No part was begun. */
  public static final PartSets NONE =
      new PartSets(Collections.nCopies(PLACES.length, Ranges.NONE));

  public PartSets {
    byPlace = List.copyOf(byPlace);
    if (byPlace.size() != PLACES.length) {
      throw new IllegalArgumentException("there are " + PLACES.length + " places for parts");
    }
  }

  /**
   * The parts at their places.
   *
   * @param places the indexes at each place that has any
   */
  public static PartSets of(Map<PartPlace, Ranges> places) {
    List<Ranges> byPlace = new ArrayList<>(PLACES.length);
    for (PartPlace place : PLACES) {
      byPlace.add(places.getOrDefault(place, Ranges.NONE));
    }
    return new PartSets(byPlace);
  }

  /** The indexes of the parts that stand there. */
  public Ranges at(PartPlace place) {
    return byPlace.get(place.ordinal());
  }

  /** Where the part stands; null when it was not begun. */
  public @Nullable PartPlace placeOf(int index) {
    for (PartPlace place : PLACES) {
      if (at(place).contains(index)) {
        return place;
      }
    }
    return null;
  }

  /** The same places with the part at another one. */
  public PartSets with(int index, PartPlace to) {
    List<Ranges> moved = new ArrayList<>(byPlace.size());
    for (PartPlace place : PLACES) {
      Ranges there = at(place);
      moved.add(place == to ? there.with(index) : there.without(index));
    }
    return new PartSets(moved);
  }

  /** Whether the step still has to hear of a part, or to take one back. */
  public boolean oweAnything() {
    for (PartPlace place : PLACES) {
      if (place.isOwed() && !at(place).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /** The number of parts that were begun. */
  public int size() {
    int size = 0;
    for (Ranges there : byPlace) {
      size += there.size();
    }
    return size;
  }
}
