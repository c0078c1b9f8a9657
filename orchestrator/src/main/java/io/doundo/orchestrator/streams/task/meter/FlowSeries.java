package io.doundo.orchestrator.streams.task.meter;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.streams.task.meter.Tally.Series;
import io.doundo.protocol.CommandAction;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The series of orchestrations and steps. Each is made at the first transition that needs it and
 * kept, so that counting builds no tags. There are at most {@link #MOST_STEPS} steps and as many
 * orchestrations; the rest share the series {@code other}. Thread-safe.
 */
final class FlowSeries {

  /** The most steps, and the most orchestrations, that have series of their own. */
  static final int MOST_STEPS = 300;

  /** Stands for every orchestration and step beyond the limit. */
  static final String OTHER = "other";

  /** Stands for the name of every orchestration that has no definition, which anyone may choose. */
  static final String UNREGISTERED = "unregistered";

  private static final String STATUS = "status";

  private static final Duration[] DURATIONS =
      durations(
          5,
          10,
          25,
          50,
          100,
          250,
          500,
          1_000,
          2_500,
          5_000,
          10_000,
          30_000,
          60_000,
          300_000,
          1_800_000,
          7_200_000,
          86_400_000);

  private final MeterRegistry meters;
  private final Map<String, OfOrchestration> orchestrations = new ConcurrentHashMap<>();
  private final AtomicInteger steps = new AtomicInteger();
  private final OfOrchestration others;

  FlowSeries(MeterRegistry meters) {
    this.meters = meters;
    this.others = new OfOrchestration(OTHER);
  }

  /** The bounds of a histogram. */
  static Duration[] durations(long... millis) {
    Duration[] durations = new Duration[millis.length];
    for (int i = 0; i < millis.length; i++) {
      durations[i] = Duration.ofMillis(millis[i]);
    }
    return durations;
  }

  /** A counter that is there from now on. */
  static Series series(MeterRegistry meters, Counter.Builder builder) {
    return builder.register(meters)::increment;
  }

  /** A timer that is there from now on. */
  static Series series(MeterRegistry meters, Timer.Builder builder) {
    Timer timer = builder.register(meters);
    return millis -> timer.record(Math.max(0, millis), TimeUnit.MILLISECONDS);
  }

  private Series series(Counter.Builder builder) {
    return series(meters, builder);
  }

  private Series series(Timer.Builder builder) {
    return series(meters, builder);
  }

  /** The series of one orchestration. */
  final class OfOrchestration {

    private final String name;
    private final Map<FlowStatus, Series> started = new ConcurrentHashMap<>();
    private final Map<FlowStatus, Series> ended = new ConcurrentHashMap<>();
    private final Map<FlowStatus, Series> partsEnded = new ConcurrentHashMap<>();
    private final Map<String, Series> partsStarted = new ConcurrentHashMap<>();
    private final Map<FlowStatus, Series> durations = new ConcurrentHashMap<>();
    private final Map<UndoCause, Series> undos = new ConcurrentHashMap<>();
    private final Map<String, OfStep> steps = new ConcurrentHashMap<>();

    OfOrchestration(String name) {
      this.name = name;
      // A rate sees only what is counted after the series is there.
      started(FlowStatus.IN_PROGRESS);
      ended(FlowStatus.COMPLETED);
      ended(FlowStatus.UNDONE);
    }

    Series partsStarted() {
      return partsStarted.computeIfAbsent(
          name,
          unused ->
              series(
                  Counter.builder("doundo.parts.started")
                      .description("Parts of flows started")
                      .tag("orchestration", name)));
    }

    Series partsEnded(FlowStatus status) {
      return partsEnded.computeIfAbsent(
          status,
          unused ->
              series(
                  Counter.builder("doundo.parts.ended")
                      .description("Parts of flows ended; one that is taken back ends again")
                      .tag("orchestration", name)
                      .tag(STATUS, status.name())));
    }

    Series started(FlowStatus status) {
      return started.computeIfAbsent(
          status,
          unused ->
              series(
                  Counter.builder("doundo.flows.started")
                      .description("Flows started, by the status in which they began")
                      .tag("orchestration", name)
                      .tag(STATUS, status.name())));
    }

    Series ended(FlowStatus status) {
      return ended.computeIfAbsent(
          status,
          unused ->
              series(
                  Counter.builder("doundo.flows.ended")
                      .description("Flows ended; a flow that is repaired ends again")
                      .tag("orchestration", name)
                      .tag(STATUS, status.name())));
    }

    Series duration(FlowStatus status) {
      return durations.computeIfAbsent(
          status,
          unused ->
              series(
                  Timer.builder("doundo.flow.duration")
                      .description("Time from the start of a flow to its end")
                      .tag("orchestration", name)
                      .tag(STATUS, status.name())
                      .serviceLevelObjectives(DURATIONS)));
    }

    Series undo(UndoCause cause) {
      return undos.computeIfAbsent(
          cause,
          unused ->
              series(
                  Counter.builder("doundo.undo")
                      .description("Flows that turned back, by the cause")
                      .tag("orchestration", name)
                      .tag("cause", cause.name().toLowerCase(Locale.ROOT))));
    }

    OfStep step(String step) {
      OfStep known = steps.get(step);
      return known == null ? newStep(step) : known;
    }

    private OfStep newStep(String step) {
      if (this == others || FlowSeries.this.steps.get() >= MOST_STEPS) {
        return others.steps.computeIfAbsent(OTHER, unused -> new OfStep(OTHER, OTHER));
      }
      return steps.computeIfAbsent(
          step,
          unused -> {
            FlowSeries.this.steps.incrementAndGet();
            return new OfStep(name, step);
          });
    }
  }

  /** Why a flow turned back. */
  enum UndoCause {
    FAILURE,
    CANCEL,
    TIMEOUT,
    OPERATOR,
    REPAIR
  }

  /** How an attempt ended. */
  enum Outcome {
    SUCCESS,
    FAILED,
    TIMED_OUT
  }

  /** What followed from an attempt that did not succeed. */
  enum Result {
    RETRIED,
    EXHAUSTED,
    IN_DOUBT
  }

  /** The series of one step. */
  final class OfStep {

    private final String orchestration;
    private final String name;
    private final Map<CommandAction, Map<Outcome, Series>> durations =
        new EnumMap<>(CommandAction.class);
    private final Map<CommandAction, Map<Result, Series>> attempts =
        new EnumMap<>(CommandAction.class);
    private final Map<CommandAction, AtomicLong> lastAnswers = new EnumMap<>(CommandAction.class);

    OfStep(String orchestration, String name) {
      this.orchestration = orchestration;
      this.name = name;
      for (CommandAction action : CommandAction.values()) {
        durations.put(action, new ConcurrentHashMap<>());
        attempts.put(action, new EnumMap<>(Result.class));
        lastAnswers.put(action, new AtomicLong());
      }
      for (Result result : Result.values()) {
        ofAttempts(CommandAction.DO).put(result, attempt(CommandAction.DO, result));
        if (result != Result.IN_DOUBT) {
          ofAttempts(CommandAction.UNDO).put(result, attempt(CommandAction.UNDO, result));
        }
      }
    }

    private Map<Result, Series> ofAttempts(CommandAction action) {
      return Objects.requireNonNull(attempts.get(action));
    }

    private Series attempt(CommandAction action, Result result) {
      return series(
          Counter.builder("doundo.step.attempts")
              .description("Attempts that did not succeed, by what followed")
              .tag("orchestration", orchestration)
              .tag("step", name)
              .tag("action", action.name())
              .tag("result", result.name().toLowerCase(Locale.ROOT)));
    }

    AtomicLong lastAnswer(CommandAction action) {
      return Objects.requireNonNull(lastAnswers.get(action));
    }

    Series attempts(CommandAction action, Result result) {
      return Objects.requireNonNull(ofAttempts(action).get(result));
    }

    Series duration(CommandAction action, Outcome outcome) {
      return Objects.requireNonNull(durations.get(action))
          .computeIfAbsent(
              outcome,
              unused ->
                  series(
                      Timer.builder("doundo.step.duration")
                          .description("Time from sending a command to its answer or timeout")
                          .tag("orchestration", orchestration)
                          .tag("step", name)
                          .tag("action", action.name())
                          .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                          .serviceLevelObjectives(DURATIONS)));
    }
  }

  /** The series of an orchestration; those of {@link #UNREGISTERED} for null. */
  OfOrchestration of(@Nullable Orchestration definition) {
    String name = definition == null ? UNREGISTERED : definition.name();
    OfOrchestration known = orchestrations.get(name);
    if (known != null) {
      return known;
    }
    return orchestrations.size() >= MOST_STEPS
        ? others
        : orchestrations.computeIfAbsent(name, OfOrchestration::new);
  }

  /** When an answer of the step was last committed, ms since the epoch; empty for never. */
  OptionalLong lastAnswer(String orchestration, String step, CommandAction action) {
    OfOrchestration known = orchestrations.get(orchestration);
    OfStep ofStep = known == null ? null : known.steps.get(step);
    long at = ofStep == null ? 0 : ofStep.lastAnswer(action).get();
    return at == 0 ? OptionalLong.empty() : OptionalLong.of(at);
  }
}
