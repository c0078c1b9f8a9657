package io.doundo.orchestrator.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.Schedule;
import io.doundo.orchestrator.definition.Schedule.CatchUp;
import io.doundo.orchestrator.definition.Schedule.Overlap;
import io.doundo.orchestrator.schedule.ScheduleEvent.Asked;
import io.doundo.orchestrator.schedule.ScheduleEvent.Declared;
import io.doundo.orchestrator.schedule.ScheduleEvent.RunMoved;
import io.doundo.orchestrator.schedule.ScheduleEvent.Standing;
import io.doundo.orchestrator.schedule.ScheduleEvent.TimeReached;
import io.doundo.orchestrator.schedule.stored.ScheduleStateCodec;
import io.doundo.protocol.ScheduleVerb;
import io.doundo.protocol.json.MalformedRecordException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Schedules under random events: timers that fire early, late and twice, transactions that are
 * aborted, requests that are repeated, runs of which nothing is heard, and declarations at any
 * moment. A time starts at most one flow (I18), and no schedule stands still for ever.
 */
class ScheduleSimulationTest {

  private static final long SEEDS = Long.getLong("doundo.schedule.seeds", 100);
  private static final int HAPPENINGS = 150;
  private static final Instant BEGIN = Instant.parse("2027-03-27T22:00:00Z");

  /** Longer than any pause after which runs are asked, and than any time between two runs. */
  private static final Duration LONG = Duration.ofDays(3);

  /** What an engine does with an event. */
  private interface Core {
    ScheduleDecision decide(ScheduleState state, ScheduleEvent event);
  }

  /** Deciders that break a rule, each of which the simulation must find. */
  private enum BrokenSchedule implements Core {
    A_TIME_THAT_HAS_FIRED_STAYS {
      @Override
      public ScheduleDecision decide(ScheduleState state, ScheduleEvent event) {
        ScheduleDecision decision = ScheduleDecider.decide(state, event);
        boolean fired = event instanceof TimeReached && started(decision);
        return fired ? next(decision, state.next()) : decision;
      }
    },
    A_DECLARATION_PLANS_FROM_THE_PAST {
      @Override
      public ScheduleDecision decide(ScheduleState state, ScheduleEvent event) {
        ScheduleDecision decision = ScheduleDecider.decide(state, event);
        Schedule schedule = decision.next().schedule();
        boolean plans = event instanceof Declared && decision.next().next() != null;
        if (schedule == null || !plans || schedule.timing() instanceof Schedule.After) {
          return decision;
        }
        Instant past = event.at().minus(Duration.ofHours(3));
        return next(decision, Timetable.next(schedule.timing(), past).orElse(null));
      }
    },
    REQUESTS_ARE_FORGOTTEN {
      @Override
      public ScheduleDecision decide(ScheduleState state, ScheduleEvent event) {
        return ScheduleDecider.decide(with(state, state.next(), List.of(), state.asksAt()), event);
      }
    },
    NOBODY_ASKS_RUNS_OF_WHICH_NOTHING_IS_HEARD {
      @Override
      public ScheduleDecision decide(ScheduleState state, ScheduleEvent event) {
        ScheduleDecision decision = ScheduleDecider.decide(state, event);
        ScheduleState after = decision.next();
        return new ScheduleDecision(
            with(after, after.next(), after.outcomes(), null), decision.effects());
      }
    };

    private static boolean started(ScheduleDecision decision) {
      return decision.effects().stream().anyMatch(ScheduleEffect.StartRun.class::isInstance);
    }

    private static ScheduleDecision next(ScheduleDecision decision, @Nullable Instant next) {
      ScheduleState after = decision.next();
      return new ScheduleDecision(
          with(after, next, after.outcomes(), after.asksAt()), decision.effects());
    }

    private static ScheduleState with(
        ScheduleState state,
        @Nullable Instant next,
        List<ScheduleState.Outcome> outcomes,
        @Nullable Instant asksAt) {
      return new ScheduleState(
          state.name(),
          state.schedule(),
          state.stopped(),
          state.paused(),
          next,
          state.waiting(),
          state.runs(),
          state.blocked(),
          state.recent(),
          outcomes,
          asksAt,
          state.changes());
    }
  }

  @Test
  void aTimeStartsAtMostOneFlowAndNoScheduleStandsStill() {
    List<String> broken = new ArrayList<>();
    int started = 0;
    for (long seed = 0; seed < SEEDS && broken.size() < 3; seed++) {
      Life life = new Life(seed, ScheduleDecider::decide);
      String problem = life.live();
      started += life.started.size();
      if (problem != null) {
        broken.add("seed %d: %s%n%s".formatted(seed, problem, String.join("\n", life.story)));
      }
    }

    assertThat(broken).isEmpty();
    assertThat(started).isGreaterThan((int) SEEDS);
  }

  @ParameterizedTest
  @EnumSource
  void isFound(BrokenSchedule core) {
    boolean found = false;
    for (long seed = 0; seed < SEEDS && !found; seed++) {
      found = new Life(seed, core).live() != null;
    }

    assertThat(found).isTrue();
  }

  /** One seed. */
  private static final class Life {

    private final Random dice;
    private final Core core;
    private final List<String> story = new ArrayList<>();

    /** The times that have started a flow, and the runs that go on, by flowId. */
    private final Set<String> started = new HashSet<>();

    private final TreeMap<String, Integer> going = new TreeMap<>();
    private final Set<String> carriedOut = new HashSet<>();

    /** What runs have answered that were asked how they stand. */
    private final List<RunMoved> answers = new ArrayList<>();

    private ScheduleState state = ScheduleState.unknown(ScheduleRuns.NAME);
    private Instant now = BEGIN;
    private @Nullable String problem;
    private int requests;
    private @Nullable Asked lastAsked;

    Life(long seed, Core core) {
      this.dice = new Random(seed * 0x9E3779B97F4A7C15L);
      this.core = core;
    }

    /** What is wrong; null when all is well. */
    @Nullable String live() {
      take(new Declared(now, schedule(), null));
      for (int i = 0; i < HAPPENINGS && problem == null; i++) {
        happen();
      }
      if (problem == null) {
        goesOn();
      }
      return problem;
    }

    private Schedule schedule() {
      Schedule.Timing timing =
          switch (dice.nextInt(4)) {
            case 0 -> new Schedule.Cron("*/20 1-4 * * *", ZoneId.of("Europe/Berlin"));
            case 1 -> new Schedule.Every(Duration.ofMinutes(17));
            case 2 -> new Schedule.At(now.plus(Duration.ofMinutes(dice.nextInt(300))));
            default -> new Schedule.After(Duration.ofMinutes(1 + dice.nextInt(90)));
          };
      return ScheduleRuns.schedule(
          timing,
          any(Overlap.values()),
          any(CatchUp.values()),
          Duration.ofMinutes(dice.nextInt(200)));
    }

    private void happen() {
      int what = dice.nextInt(100);
      if (what < 45) {
        timer();
      } else if (what < 70) {
        run();
      } else if (what < 80) {
        now = now.plusSeconds(dice.nextInt(4_000));
        answers.clear();
      } else if (what < 90) {
        request();
      } else {
        boolean isWithdrawn = dice.nextInt(5) == 0;
        String stopped = dice.nextInt(5) == 0 ? "it is paused" : null;
        boolean isSame = dice.nextBoolean() && state.schedule() != null;
        take(
            new Declared(
                now, isWithdrawn ? null : isSame ? state.schedule() : schedule(), stopped));
      }
    }

    /** On time or late; sometimes early, and sometimes of a decision that was aborted. */
    private void timer() {
      Instant due = state.wakesAt();
      boolean isEarly = dice.nextInt(10) == 0;
      if (due != null && due.isAfter(now) && !isEarly) {
        now = due.plusMillis(dice.nextInt(5) == 0 ? dice.nextInt(9_000_000) : dice.nextInt(200));
      }
      take(new TimeReached(now));
    }

    /** A run moves; a quarter of what runs tell is lost. */
    private void run() {
      if (going.isEmpty()) {
        return;
      }
      List<String> ids = List.copyOf(going.keySet());
      String flowId = ids.get(dice.nextInt(ids.size()));
      int what = dice.nextInt(10);
      Standing standing = what < 6 ? Standing.ENDED : what < 8 ? Standing.STUCK : Standing.MOVES;
      int transition = going.merge(flowId, 1, Integer::sum);
      if (standing == Standing.ENDED) {
        going.remove(flowId);
      }
      if (dice.nextInt(4) > 0) {
        take(new RunMoved(now, flowId, transition, standing, statusOf(standing), null));
      }
    }

    private static String statusOf(Standing standing) {
      return switch (standing) {
        case ENDED -> "COMPLETED";
        case STUCK -> "PARKED";
        case MOVES -> "IN_PROGRESS";
      };
    }

    private <T> T any(T[] values) {
      return values[dice.nextInt(values.length)];
    }

    private void request() {
      Asked again = lastAsked;
      if (again != null && dice.nextInt(3) == 0) {
        take(new Asked(now, again.controlId(), again.verb(), null, "ann"));
        return;
      }
      // No run ends within the millisecond in which it was requested.
      now = now.plusMillis(1);
      requests++;
      ScheduleVerb verb = any(ScheduleVerb.values());
      lastAsked = new Asked(now, "r" + requests, verb, null, "ann");
      take(lastAsked);
    }

    private void take(ScheduleEvent event) {
      story.add(event.toString());
      if (dice.nextInt(20) == 0) {
        // A transaction that is aborted leaves nothing behind, and the event comes again.
        ScheduleDecision unused = core.decide(state, event);
      }
      ScheduleDecision decision = core.decide(state, event);
      state = readBack(decision.next());
      for (ScheduleEffect effect : decision.effects()) {
        story.add("  " + effect);
        if (effect instanceof ScheduleEffect.StartRun start) {
          start(start, event);
        } else if (effect instanceof ScheduleEffect.AskRun ask) {
          answer(ask.flowId());
        }
      }
    }

    private void start(ScheduleEffect.StartRun start, ScheduleEvent event) {
      if (!started.add(start.flowId())) {
        problem = "I18: " + start.flowId() + " is started a second time";
      }
      // What came due before the request starts first; a time that was planned is a whole second.
      boolean isRequested =
          !start.planned().equals(start.planned().truncatedTo(ChronoUnit.SECONDS));
      if (isRequested && event instanceof Asked asked && !carriedOut.add(asked.controlId())) {
        problem = "I18: the request " + asked.controlId() + " starts a second run";
      }
      going.put(start.flowId(), 0);
    }

    /** A run that has ended says so, however often it is asked, and however much got lost. */
    private void answer(String flowId) {
      Integer transition = going.get(flowId);
      answers.add(
          transition == null
              ? new RunMoved(now, flowId, Integer.MAX_VALUE, Standing.ENDED, "UNKNOWN", null)
              : new RunMoved(now, flowId, transition, Standing.MOVES, "IN_PROGRESS", null));
    }

    private ScheduleState readBack(ScheduleState after) {
      try {
        ScheduleState read = ScheduleStateCodec.decode(ScheduleStateCodec.encode(after));
        if (!read.equals(after)) {
          problem = "the state is not read back as it was stored: " + after;
        }
        return read;
      } catch (MalformedRecordException e) {
        throw new AssertionError(e);
      }
    }

    /** All runs have ended, whatever was heard of it, and an active schedule starts another one. */
    private void goesOn() {
      going.clear();
      take(new Asked(now, "resume", ScheduleVerb.RESUME, null, "ann"));
      take(new Declared(now, state.schedule(), null));
      Schedule schedule = state.schedule();
      boolean isOver = schedule == null || schedule.timing() instanceof Schedule.At;
      int before = started.size();
      Instant end = now.plus(LONG);
      for (Instant due = state.wakesAt();
          due != null && !due.isAfter(end) && problem == null;
          due = state.wakesAt()) {
        if (!isOver && started.size() > before) {
          return;
        }
        now = due.isAfter(now) ? due : now;
        take(new TimeReached(now));
        hearAnswers();
        going.clear();
      }
      if (problem == null && !isOver && started.size() == before) {
        problem = "the schedule stands still: " + state;
      } else if (problem == null && isOver && !state.runs().isEmpty()) {
        problem = "a run that has ended stands in the schedule for ever: " + state;
      }
    }

    private void hearAnswers() {
      List<RunMoved> all = List.copyOf(answers);
      answers.clear();
      all.forEach(this::take);
    }
  }
}
