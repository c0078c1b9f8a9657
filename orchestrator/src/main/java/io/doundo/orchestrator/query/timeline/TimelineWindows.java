package io.doundo.orchestrator.query.timeline;

import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.StepState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * When a flow's transitions were made, as far as its state tells: around its start, the beginning
 * and the end of its steps, and its last change. Most of a flow that waits for days happened within
 * a few seconds. Stateless.
 */
final class TimelineWindows {

  /** Covers clocks that differ between the orchestrator and the broker. */
  static final Duration CLOCK_SKEW = Duration.ofSeconds(30);

  /** A record is written a moment after the event that it tells of. */
  private static final Duration MARGIN = Duration.ofSeconds(5);

  /** What lies so close together is read in one piece. */
  private static final Duration ONE_PIECE = Duration.ofSeconds(60);

  private TimelineWindows() {}

  /**
   * A piece of time, ms since the epoch.
   *
   * @param from inclusive
   * @param to inclusive
   */
  record Window(long from, long to) {}

  /** In order, without overlaps. The last one has no end: what has just happened may be in it. */
  static List<Window> of(FlowState state) {
    SortedSet<Long> times = new TreeSet<>();
    times.add(state.origin().startedAt());
    add(times, state.times().updatedAt());
    add(times, state.times().endedAt());
    for (StepState step : state.steps()) {
      add(times, step.startedAt());
      add(times, step.endedAt());
    }
    List<Window> windows = new ArrayList<>();
    long from = times.first();
    long to = from;
    for (long time : times) {
      if (time - to > ONE_PIECE.toMillis()) {
        windows.add(new Window(from - MARGIN.toMillis(), to + MARGIN.toMillis()));
        from = time;
      }
      to = time;
    }
    windows.add(new Window(from - MARGIN.toMillis(), Long.MAX_VALUE));
    // Nothing stands before the first transition by which what is missing could be noticed.
    Window first = windows.get(0);
    windows.set(0, new Window(first.from() - CLOCK_SKEW.toMillis(), first.to()));
    return windows;
  }

  private static void add(SortedSet<Long> times, long at) {
    if (at > times.first()) {
      times.add(at);
    }
  }
}
