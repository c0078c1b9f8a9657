package io.doundo.orchestrator.schedule;

import io.doundo.orchestrator.definition.Schedule;
import io.doundo.orchestrator.definition.Schedule.CatchUp;
import io.doundo.orchestrator.definition.Schedule.Overlap;
import io.doundo.orchestrator.definition.Schedule.Timing;
import io.doundo.orchestrator.schedule.ScheduleEvent.Asked;
import io.doundo.orchestrator.schedule.ScheduleEvent.Declared;
import io.doundo.orchestrator.schedule.ScheduleEvent.RunMoved;
import io.doundo.orchestrator.schedule.ScheduleEvent.Standing;
import io.doundo.orchestrator.schedule.ScheduleEvent.TimeReached;
import io.doundo.protocol.ScheduleVerb;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Runs the decider for a schedule with a clock moved by hand, and records what follows. */
final class ScheduleRuns {

  static final ScheduleName NAME = new ScheduleName("report", "nightly");

  private final List<String> effects = new ArrayList<>();

  /** The runs that were asked how they stand. */
  final List<String> asked = new ArrayList<>();

  private ScheduleState state = ScheduleState.unknown(NAME);
  private Instant now;

  ScheduleRuns(Instant now) {
    this.now = now;
  }

  static Schedule schedule(Timing timing, Overlap overlap, CatchUp catchUp, Duration within) {
    return new Schedule(timing, overlap, catchUp, within, null);
  }

  static Schedule schedule(Timing timing, Overlap overlap) {
    return schedule(timing, overlap, CatchUp.LATEST, Schedule.DEFAULT_WITHIN);
  }

  ScheduleState state() {
    return state;
  }

  Instant now() {
    return now;
  }

  /** What has followed since this was asked the last time. */
  List<String> effects() {
    List<String> since = List.copyOf(effects);
    effects.clear();
    return since;
  }

  ScheduleRuns declare(@Nullable Schedule schedule) {
    return declare(schedule, null);
  }

  ScheduleRuns declare(@Nullable Schedule schedule, @Nullable String stopped) {
    return decide(new Declared(now, schedule, stopped));
  }

  /** Moves the clock, and lets the timer fire when it is due, as an engine does. */
  ScheduleRuns until(Instant to) {
    for (Instant due = state.wakesAt(); due != null && !due.isAfter(to); due = state.wakesAt()) {
      now = due.isAfter(now) ? due : now;
      decide(new TimeReached(now));
    }
    now = to;
    return this;
  }

  ScheduleRuns pass(Duration time) {
    return until(now.plus(time));
  }

  /** Nothing runs for a while; then the timer fires once. */
  ScheduleRuns away(Duration time) {
    now = now.plus(time);
    return decide(new TimeReached(now));
  }

  /** Nothing runs for a while, and then something else than the timer comes first. */
  ScheduleRuns leave(Duration time) {
    now = now.plus(time);
    return this;
  }

  ScheduleRuns ends(int run, String status) {
    return moves(run, Standing.ENDED, status);
  }

  ScheduleRuns moves(int run, Standing standing, String status) {
    ScheduleRun moved = state.runs().get(run);
    return decide(
        new RunMoved(now, moved.flowId(), moved.transition() + 1, standing, status, null));
  }

  ScheduleRuns ask(String id, ScheduleVerb verb) {
    return decide(new Asked(now, id, verb, "because", "ann"));
  }

  ScheduleRuns decide(ScheduleEvent event) {
    ScheduleDecision decision = ScheduleDecider.decide(state, event);
    state = decision.next();
    for (ScheduleEffect effect : decision.effects()) {
      if (effect instanceof ScheduleEffect.StartRun start) {
        effects.add("start " + start.flowId());
      } else if (effect instanceof ScheduleEffect.AskRun ask) {
        asked.add(ask.flowId());
      } else if (effect instanceof ScheduleEffect.CancelRun cancel) {
        effects.add("cancel " + cancel.flowId());
      } else if (effect instanceof ScheduleEffect.Publish published) {
        effects.add(told(published.entry()));
      }
    }
    return this;
  }

  private static String told(ScheduleEntry entry) {
    return entry.type()
        + (entry.count() > 1 ? " x" + entry.count() : "")
        + (entry.planned() == null ? "" : " " + entry.planned());
  }
}
