package io.doundo.orchestrator.query.flow;

import io.doundo.orchestrator.core.state.ParkReason;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The flows that have the same error: those that have not ended, and those whose error came within
 * the window.
 *
 * @param step the step that failed; empty for an error of the flow itself
 * @param action DO or UNDO; empty for an error of the flow itself
 * @param kind {@code FAILED}, or {@code IN_DOUBT} when nobody knows whether it happened
 * @param template the error without what differs from flow to flow
 * @param reason why most of the parked ones are parked; null when none is
 * @param flows all of them
 * @param parked how many wait for an operator
 * @param open how many have not ended, the parked ones included
 * @param spark how many errors came in each 24th of the window, oldest first
 * @param sample one of the flows, a parked one if there is one
 * @param workers services that answered a step with an error, a few at most
 * @param workerVersions the versions of those services, as far as they say it
 */
public record Incident(
    String fingerprint,
    String orchestration,
    String step,
    String action,
    String kind,
    String template,
    @Nullable ParkReason reason,
    long flows,
    long parked,
    long open,
    Instant firstSeen,
    Instant lastSeen,
    List<Integer> spark,
    Trend trend,
    String sample,
    List<String> workers,
    List<String> workerVersions) {

  /** How the number of errors of a group changes over the window. */
  public enum Trend {
    /** All of them came in the last quarter. */
    NEW,
    /** The last quarter has more than twice as many as the others have on average. */
    GROWING,
    /** None came in the last quarter. */
    QUIET,
    STEADY;

    static Trend of(List<Integer> spark) {
      int recentFrom = spark.size() - spark.size() / 4;
      int recent = sum(spark.subList(recentFrom, spark.size()));
      int before = sum(spark.subList(0, recentFrom));
      if (recent == 0) {
        return QUIET;
      }
      if (before == 0) {
        return NEW;
      }
      // Three quarters stand before the last one.
      return recent > 2 * before / 3.0 ? GROWING : STEADY;
    }

    private static int sum(List<Integer> counts) {
      return counts.stream().mapToInt(Integer::intValue).sum();
    }
  }
}
