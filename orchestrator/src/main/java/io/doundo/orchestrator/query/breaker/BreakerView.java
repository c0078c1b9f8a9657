package io.doundo.orchestrator.query.breaker;

import io.doundo.orchestrator.breaker.BreakerConfig;
import io.doundo.orchestrator.breaker.BreakerEntry;
import io.doundo.orchestrator.breaker.BreakerPhase;
import io.doundo.orchestrator.breaker.BreakerState;
import io.doundo.orchestrator.breaker.BreakerState.Forced;
import io.doundo.orchestrator.breaker.BreakerWave;
import io.doundo.protocol.text.DurationText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A breaker as it is shown.
 *
 * @param since when it came into its state, or null
 * @param until when it tries the service again, or null
 * @param openSince when it was closed for the last time, or null when it is closed
 * @param why why it is not closed, or null
 * @param by who forced it open, or null
 * @param opened how many times it has opened since it was last closed
 * @param faults how many faults it has counted since the last success; 0 unless it is closed
 * @param held how many steps it holds
 * @param wave the held commands that were let through last, or null
 * @param recent what happened lately, newest first
 */
public record BreakerView(
    String name,
    BreakerPhase state,
    @Nullable Instant since,
    @Nullable Instant until,
    @Nullable Instant openSince,
    @Nullable String why,
    @Nullable String by,
    int opened,
    int faults,
    int held,
    @Nullable Wave wave,
    Figures config,
    List<BreakerEntry> recent) {

  /**
   * A wave.
   *
   * @param number counts from 1 each time the breaker is half open
   * @param size how many commands it let through
   * @param answered how many answers without a fault have come since
   */
  public record Wave(int number, Instant at, int size, int answered) {}

  /**
   * The figures of a breaker.
   *
   * @param window for people
   * @param openFor for people
   */
  public record Figures(
      int faults, String window, long windowMs, String openFor, long openForMs, int firstWave) {}

  /** Shows a state. */
  public static BreakerView of(BreakerState state) {
    BreakerConfig config = state.config();
    Forced forced = state.forced();
    BreakerWave wave = state.wave();
    List<BreakerEntry> recent = new ArrayList<>(state.recent());
    Collections.reverse(recent);
    return new BreakerView(
        state.name(),
        state.phase(),
        state.since(),
        state.until(),
        state.openSince(),
        forced != null ? forced.reason() : why(state, recent),
        forced == null ? null : forced.by(),
        state.opened(),
        state.faults().stream().mapToInt(BreakerState.Faults::count).sum(),
        state.heldInAll(),
        wave == null ? null : new Wave(wave.number(), wave.at(), wave.size(), wave.answered()),
        new Figures(
            config.faults(),
            DurationText.of(config.window()),
            config.window().toMillis(),
            DurationText.of(config.openFor()),
            config.openFor().toMillis(),
            config.firstWave()),
        recent);
  }

  /** Why it opened last. */
  private static @Nullable String why(BreakerState state, List<BreakerEntry> recent) {
    if (state.phase() == BreakerPhase.CLOSED) {
      return null;
    }
    for (BreakerEntry entry : recent) {
      if (entry.type() == BreakerEntry.Type.BREAKER_OPENED
          || entry.type() == BreakerEntry.Type.BREAKER_FORCED_OPEN) {
        return entry.reason();
      }
    }
    return null;
  }
}
