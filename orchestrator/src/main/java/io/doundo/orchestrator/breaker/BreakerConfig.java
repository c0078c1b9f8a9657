package io.doundo.orchestrator.breaker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * When a breaker opens, and how it closes again.
 *
 * @param faults it opens after so many faults without a success between them; default 5
 * @param window the faults count only if they come within this time; default 60 s
 * @param openFor how long it stays open at first; twice as long each time it opens again without
 *     having closed, up to {@link #LONGEST_OPEN}; default 60 s
 * @param firstWave how many held commands it lets through first; default 3
 */
public record BreakerConfig(int faults, Duration window, Duration openFor, int firstWave) {

  /** A breaker does not stay open longer before it tries again: 10 min. */
  public static final Duration LONGEST_OPEN = Duration.ofMinutes(10);

  /** The config of a breaker that nobody has configured. */
  public static final BreakerConfig DEFAULT =
      new BreakerConfig(5, Duration.ofSeconds(60), Duration.ofSeconds(60), 3);

  /** The largest value of {@code faults}. */
  public static final int MOST_FAULTS = 1_000;

  /** The largest value of {@code firstWave}. */
  public static final int LARGEST_FIRST_WAVE = 1_000;

  /** The shortest value of {@code window} and {@code openFor}. */
  public static final Duration SHORTEST = Duration.ofSeconds(1);

  /** The longest value of {@code window}. */
  public static final Duration LONGEST_WINDOW = Duration.ofHours(1);

  /** What is wrong with it, one sentence for each field; empty when it can be used. */
  public List<String> problems() {
    List<String> problems = new ArrayList<>();
    requireBetween(problems, "faults", faults, MOST_FAULTS);
    requireBetween(problems, "window", window, LONGEST_WINDOW);
    requireBetween(problems, "openFor", openFor, LONGEST_OPEN);
    requireBetween(problems, "firstWave", firstWave, LARGEST_FIRST_WAVE);
    return problems;
  }

  private static void requireBetween(List<String> problems, String field, int value, int most) {
    if (value < 1 || value > most) {
      problems.add("%s must be between 1 and %d, but is %d".formatted(field, most, value));
    }
  }

  private static void requireBetween(
      List<String> problems, String field, Duration value, Duration longest) {
    if (value.compareTo(SHORTEST) < 0 || value.compareTo(longest) > 0) {
      problems.add(
          "%s must be between 1 s and %d s, but is %d ms"
              .formatted(field, longest.toSeconds(), value.toMillis()));
    }
  }

  /** How long it stays open when it opens for the given time in a row, counted from 1. */
  Duration openFor(int time) {
    Duration length = openFor;
    for (int i = 1; i < time && length.compareTo(LONGEST_OPEN) < 0; i++) {
      length = length.multipliedBy(2);
    }
    return length.compareTo(LONGEST_OPEN) < 0 ? length : LONGEST_OPEN;
  }
}
