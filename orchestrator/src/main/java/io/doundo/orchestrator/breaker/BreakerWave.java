package io.doundo.orchestrator.breaker;

import java.time.Instant;
import java.util.Map;

/**
 * The held commands that are let through together.
 *
 * @param number counts from 1 each time the breaker is half open
 * @param at when it was let through
 * @param shares how many commands each task lets through, by the number of its partition
 * @param answered how many answers without a fault have come since
 * @param isAll whether nothing is held besides
 */
public record BreakerWave(
    int number, Instant at, Map<Integer, Integer> shares, int answered, boolean isAll) {

  public BreakerWave {
    shares = Map.copyOf(shares);
  }

  /** How many commands it lets through. */
  public int size() {
    return shares.values().stream().mapToInt(Integer::intValue).sum();
  }

  boolean isAnswered() {
    return answered >= size();
  }

  BreakerWave answered(int more) {
    return new BreakerWave(number, at, shares, answered + more, isAll);
  }
}
