package io.doundo.orchestrator.streams.task.meter;

import io.doundo.orchestrator.core.effect.Effect.PublishFlowEvent;
import io.doundo.orchestrator.core.effect.FlowEventType;
import io.doundo.orchestrator.core.event.FlowEvent;
import io.doundo.orchestrator.core.event.FlowEvent.ControlRequested;
import io.doundo.orchestrator.core.event.FlowEvent.EffectLanded;
import io.doundo.orchestrator.core.event.FlowEvent.SignalReceived;
import io.doundo.orchestrator.core.event.FlowEvent.StepFailed;
import io.doundo.orchestrator.core.event.FlowEvent.StepSucceeded;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.schedule.ScheduleEntry;
import io.doundo.orchestrator.streams.record.OutputRecord;
import io.doundo.orchestrator.streams.task.meter.FlowSeries.OfOrchestration;
import io.doundo.orchestrator.streams.task.meter.FlowSeries.OfStep;
import io.doundo.orchestrator.streams.task.meter.FlowSeries.Outcome;
import io.doundo.orchestrator.streams.task.meter.FlowSeries.Result;
import io.doundo.orchestrator.streams.task.meter.FlowSeries.UndoCause;
import io.doundo.orchestrator.streams.task.meter.Tally.Series;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.ControlAction;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.Topics;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Says what is counted of a decision, and of what else happens to a task. Thread-safe. */
public final class FlowCounters {

  private static final Duration[] LATENESS =
      FlowSeries.durations(200, 1_000, 5_000, 30_000, 300_000);

  private static final Duration[] TURNS =
      FlowSeries.durations(50, 100, 200, 500, 1_000, 5_000, 30_000);

  /** Where a dead letter can come from; a registration is refused by the control plane. */
  private static final List<String> SOURCES =
      List.of(
          Topics.EXECUTION_START,
          Topics.RESPONSE,
          Topics.CONTROL,
          Topics.SHARED_EVENT,
          Topics.REKEY,
          FlowSeries.OTHER);

  /** What can become of the run of a schedule when it is due. */
  private static final List<String> OUTCOMES_OF_RUNS =
      List.of(
          "started",
          "caught_up",
          "requested",
          "overlapped",
          "skipped",
          "blocked",
          "blocked_again",
          "missed",
          "failed_to_start");

  private final MeterRegistry meters;
  private final FlowSeries flows;
  private final Map<FlowEventType, Series> entries = new EnumMap<>(FlowEventType.class);
  private final Map<String, Series> deadLetters = new HashMap<>();
  private final Map<ControlAction, Series> accepted = new EnumMap<>(ControlAction.class);
  private final Map<ControlAction, Series> refused = new EnumMap<>(ControlAction.class);
  private final Map<String, Series> schedules = new HashMap<>();
  private final Series lateEffects;
  private final Series lateness;
  private final Series turnWait;

  FlowCounters(MeterRegistry meters) {
    this.meters = meters;
    this.flows = new FlowSeries(meters);
    for (FlowEventType type : FlowEventType.values()) {
      entries.put(
          type,
          FlowSeries.series(
              meters,
              Counter.builder("doundo.flow.events")
                  .description("Audit log entries by type")
                  .tag("type", type.name())));
    }
    for (String source : SOURCES) {
      deadLetters.put(
          source,
          FlowSeries.series(
              meters,
              Counter.builder("doundo.dead.letters")
                  .description("Dead letters that this instance has written")
                  .tag("source", source)));
    }
    for (ControlAction verb : ControlAction.values()) {
      accepted.put(verb, control(verb, "accepted"));
      refused.put(verb, control(verb, "refused"));
    }
    for (String outcome : OUTCOMES_OF_RUNS) {
      schedules.put(
          outcome,
          FlowSeries.series(
              meters,
              Counter.builder("doundo.schedule")
                  .description("Runs of schedules by what became of them when they were due")
                  .tag("outcome", outcome)));
    }
    lateEffects =
        FlowSeries.series(
            meters,
            Counter.builder("doundo.late.effects")
                .description("Effects that landed late, and were or will be undone"));
    lateness =
        FlowSeries.series(
            meters,
            Timer.builder("doundo.timer.lateness")
                .description("Delay between the due time and the firing of timers")
                .serviceLevelObjectives(LATENESS));
    turnWait =
        FlowSeries.series(
            meters,
            Timer.builder("doundo.turn.wait")
                .description("How long an irreversible command waits for the commit of its turn")
                .serviceLevelObjectives(TURNS));
  }

  private Series control(ControlAction verb, String result) {
    return FlowSeries.series(
        meters,
        Counter.builder("doundo.control")
            .description("Requests of operators, and signals")
            .tag("verb", verb.name())
            .tag("result", result));
  }

  /** When an answer of the step was last committed, ms since the epoch; empty for never. */
  OptionalLong lastAnswer(String orchestration, String step, CommandAction action) {
    return flows.lastAnswer(orchestration, step, action);
  }

  /** Counts a flow that has begun; parts of flows have a count of their own. */
  public void started(Tally tally, @Nullable Orchestration definition, FlowState flow) {
    boolean isPart = flow.origin().partOf() != null;
    OfOrchestration known = flows.of(definition);
    tally.add(isPart ? known.partsStarted() : known.started(flow.status()), 1);
  }

  /**
   * Counts what happened to a schedule.
   *
   * @param blocked how many of its runs in a row did not start because an earlier one is blocked
   */
  void schedule(Tally tally, ScheduleEntry entry, int blocked) {
    String outcome = outcomeOf(entry.type(), blocked);
    if (outcome != null) {
      tally.add(Objects.requireNonNull(schedules.get(outcome)), entry.count());
    }
  }

  /** The outcome of a run for the meter; null when the entry is not about one. */
  private static @Nullable String outcomeOf(ScheduleEntry.Type type, int blocked) {
    return switch (type) {
      case RUN_STARTED -> "started";
      case RUN_CAUGHT_UP -> "caught_up";
      case RUN_REQUESTED -> "requested";
      case RUN_OVERLAPPED -> "overlapped";
      case RUN_SKIPPED -> "skipped";
      case RUN_BLOCKED -> blocked > 1 ? "blocked_again" : "blocked";
      case RUNS_MISSED -> "missed";
      case RUN_FAILED_TO_START -> "failed_to_start";
      case SCHEDULE_DECLARED,
          SCHEDULE_WITHDRAWN,
          SCHEDULE_PAUSED,
          SCHEDULE_RESUMED,
          SCHEDULE_STOPPED,
          SCHEDULE_STARTED,
          RUN_ENDED,
          RUN_STUCK,
          REQUEST_REFUSED ->
          null;
    };
  }

  /** Counts a record of the dead-letter topic. */
  void deadLetter(Tally tally, OutputRecord letter) {
    Header source = letter.headers().lastHeader(RecordHeaders.DEAD_LETTER_TOPIC);
    String topic =
        source == null ? FlowSeries.OTHER : new String(source.value(), StandardCharsets.UTF_8);
    Series counter = deadLetters.get(topic);
    tally.add(
        counter == null ? Objects.requireNonNull(deadLetters.get(FlowSeries.OTHER)) : counter, 1);
  }

  void timerFired(Tally tally, long lateMs) {
    tally.add(lateness, lateMs);
  }

  void turnRead(Tally tally, long waitedMs) {
    tally.add(turnWait, waitedMs);
  }

  /**
   * Counts what an event has done to a flow.
   *
   * @param before null for a flow that begins
   * @param isPart whether the flow is a part of another one
   * @param origin the event that led to this one; the same when nothing did
   * @param told the entries of the audit log, whether or not one is written
   */
  public void decided(
      Tally tally,
      @Nullable Orchestration definition,
      @Nullable FlowState before,
      boolean isPart,
      FlowEvent event,
      FlowEvent origin,
      List<PublishFlowEvent> told) {
    if (told.isEmpty()) {
      return;
    }
    new Counting(tally, flows.of(definition), definition, before, isPart, event, origin)
        .count(told);
  }

  /** One decision. Not thread-safe. */
  private final class Counting {

    private final Tally tally;
    private final OfOrchestration orchestration;
    private final @Nullable Orchestration definition;
    private final @Nullable FlowState before;
    private final boolean isPart;
    private final FlowEvent event;
    private final FlowEvent origin;
    private boolean timedOut;
    private @Nullable String timedOutStep;

    Counting(
        Tally tally,
        OfOrchestration orchestration,
        @Nullable Orchestration definition,
        @Nullable FlowState before,
        boolean isPart,
        FlowEvent event,
        FlowEvent origin) {
      this.tally = tally;
      this.orchestration = orchestration;
      this.definition = definition;
      this.before = before;
      this.isPart = isPart;
      this.event = event;
      this.origin = origin;
    }

    void count(List<PublishFlowEvent> told) {
      if (event instanceof EffectLanded) {
        tally.add(lateEffects, 1);
      }
      for (PublishFlowEvent entry : told) {
        tally.add(Objects.requireNonNull(entries.get(entry.type())), 1);
        String step = entry.step();
        CommandAction action = entry.action();
        if (step == null) {
          ofFlow(entry);
        } else if (action != null) {
          ofStep(entry, step, action);
        }
      }
    }

    private void ofFlow(PublishFlowEvent entry) {
      switch (entry.type()) {
        case FLOW_COMPLETED -> ended(FlowStatus.COMPLETED, entry);
        case FLOW_UNDONE -> ended(FlowStatus.UNDONE, entry);
        case FLOW_ABANDONED -> ended(FlowStatus.ABANDONED, entry);
        case FLOW_REJECTED -> ended(FlowStatus.REJECTED, entry);
        case FLOW_TIMED_OUT -> timedOut = true;
        case FLOW_UNDOING -> {
          if (!isPart) {
            tally.add(orchestration.undo(cause()), 1);
          }
        }
        case CONTROL_ACCEPTED -> control(accepted);
        case CONTROL_REFUSED -> control(refused);
        case SIGNAL_KEPT -> signal(accepted, entry);
        case SIGNAL_REFUSED -> signal(refused, entry);
        default -> {
          // Counted by its type only.
        }
      }
    }

    private void ended(FlowStatus status, PublishFlowEvent entry) {
      if (isPart) {
        tally.add(orchestration.partsEnded(status), 1);
        return;
      }
      tally.add(orchestration.ended(status), 1);
      if (entry.durationMs() >= 0) {
        tally.add(orchestration.duration(status), entry.durationMs());
      }
    }

    private UndoCause cause() {
      boolean hasEnded =
          before != null
              && (before.status() == FlowStatus.UNDONE || before.status() == FlowStatus.REJECTED);
      if (hasEnded) {
        return UndoCause.REPAIR;
      }
      if (event instanceof ControlRequested request) {
        return request.verb() == ControlAction.CANCEL ? UndoCause.CANCEL : UndoCause.OPERATOR;
      }
      if (before != null && before.cancelReason() != null) {
        return UndoCause.CANCEL;
      }
      return timedOut ? UndoCause.TIMEOUT : UndoCause.FAILURE;
    }

    private void control(Map<ControlAction, Series> counters) {
      if (event instanceof ControlRequested request) {
        tally.add(Objects.requireNonNull(counters.get(request.verb())), 1);
      }
    }

    /**
     * A signal that was kept before is no new request. One that a step judges has its outcome in a
     * later event than its own.
     */
    private void signal(Map<ControlAction, Series> counters, PublishFlowEvent entry) {
      if (origin instanceof SignalReceived signal && signal.controlId().equals(entry.controlId())) {
        tally.add(Objects.requireNonNull(counters.get(ControlAction.SIGNAL)), 1);
      }
    }

    private void ofStep(PublishFlowEvent entry, String name, CommandAction action) {
      OfStep step = orchestration.step(name);
      switch (entry.type()) {
        case STEP_SUCCESS -> {
          ended(step, action, Outcome.SUCCESS, entry);
          answered(step, action);
        }
        case STEP_FAILED -> {
          ended(step, action, Outcome.FAILED, entry);
          answered(step, action);
          if (action == CommandAction.DO
              && event instanceof StepFailed failed
              && failed.kind().doubtful()) {
            tally.add(step.attempts(action, Result.IN_DOUBT), 1);
          }
        }
        case STEP_TIMED_OUT -> {
          timedOut = true;
          timedOutStep = name;
          ended(step, action, Outcome.TIMED_OUT, entry);
          if (action == CommandAction.DO && isOutside(name)) {
            tally.add(step.attempts(action, Result.IN_DOUBT), 1);
          }
        }
        case STEP_RETRY_TRIGGERED -> tally.add(step.attempts(action, Result.RETRIED), 1);
        case STEP_RETRY_EXHAUSTED -> tally.add(step.attempts(action, Result.EXHAUSTED), 1);
        case STEP_IN_DOUBT -> {
          if (!name.equals(timedOutStep)) {
            tally.add(step.attempts(CommandAction.DO, Result.IN_DOUBT), 1);
          }
          if (!(event instanceof EffectLanded) && undoWasSent(name)) {
            tally.add(lateEffects, 1);
          }
        }
        case SIGNAL_TAKEN -> signal(accepted, entry);
        case SIGNAL_REFUSED -> signal(refused, entry);
        default -> {
          // Counted by its type only.
        }
      }
    }

    private void ended(OfStep step, CommandAction action, Outcome outcome, PublishFlowEvent entry) {
      if (entry.durationMs() >= 0) {
        tally.add(step.duration(action, outcome), entry.durationMs());
      }
    }

    private void answered(OfStep step, CommandAction action) {
      if (event instanceof StepSucceeded || event instanceof StepFailed) {
        AtomicLong last = step.lastAnswer(action);
        tally.add(at -> last.accumulateAndGet(at, Math::max), event.at());
      }
    }

    private boolean isOutside(String step) {
      int index = definition == null ? -1 : definition.indexOf(step);
      return definition != null && index >= 0 && definition.steps().get(index).isOutside();
    }

    private boolean undoWasSent(String step) {
      int index = definition == null ? -1 : definition.indexOf(step);
      if (before == null || index < 0 || index >= before.steps().size()) {
        return false;
      }
      StepStatus status = before.steps().get(index).status();
      return status == StepStatus.UNDOING
          || status == StepStatus.UNDO_SUCCESS
          || status == StepStatus.UNDO_FAIL;
    }
  }
}
