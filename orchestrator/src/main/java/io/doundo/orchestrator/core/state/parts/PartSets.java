package io.doundo.orchestrator.core.state.parts;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The places of all parts that a step has begun; each part has one. Immutable.
 *
 * @param byPlace the indexes of the parts at each place that has any
 */
public record PartSets(Map<PartPlace, Ranges> byPlace) {

  /** No part was begun. */
  public static final PartSets NONE = new PartSets(Map.of());

  public PartSets {
    EnumMap<PartPlace, Ranges> places = new EnumMap<>(PartPlace.class);
    places.putAll(byPlace);
    places.values().removeIf(Ranges::isEmpty);
    byPlace = Map.copyOf(places);
  }

  /** The indexes of the parts that stand there. */
  public Ranges at(PartPlace place) {
    return byPlace.getOrDefault(place, Ranges.NONE);
  }

  /** Where the part stands; null when it was not begun. */
  public @Nullable PartPlace placeOf(int index) {
    for (Map.Entry<PartPlace, Ranges> place : byPlace.entrySet()) {
      if (place.getValue().contains(index)) {
        return place.getKey();
      }
    }
    return null;
  }

  /** The same places with the part at another one. */
  public PartSets with(int index, PartPlace to) {
    EnumMap<PartPlace, Ranges> moved = new EnumMap<>(PartPlace.class);
    byPlace.forEach((place, there) -> moved.put(place, there.without(index)));
    moved.put(to, at(to).with(index));
    return new PartSets(moved);
  }

  /** Whether the step still has to hear of a part, or to take one back. */
  public boolean oweAnything() {
    return byPlace.keySet().stream().anyMatch(PartPlace::isOwed);
  }

  /** The number of parts that were begun. */
  public int size() {
    return byPlace.values().stream().mapToInt(Ranges::size).sum();
  }
}
