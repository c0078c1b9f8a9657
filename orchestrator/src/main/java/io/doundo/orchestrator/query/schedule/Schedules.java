package io.doundo.orchestrator.query.schedule;

import io.doundo.orchestrator.query.ReadConsumers;
import io.doundo.orchestrator.query.StateTopic;
import io.doundo.orchestrator.query.TopicProgress.ListAge;
import io.doundo.orchestrator.schedule.ScheduleName;
import io.doundo.orchestrator.schedule.ScheduleState;
import io.doundo.orchestrator.schedule.ScheduleState.Outcome;
import io.doundo.orchestrator.schedule.stored.ScheduleStateCodec;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.MalformedRecordException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The committed states of all schedules, as every instance sees them. Every method may be called
 * from any thread.
 */
public final class Schedules implements AutoCloseable {

  private final StateTopic<ScheduleState, Outcome> states;

  public Schedules(ReadConsumers consumers) {
    states = new StateTopic<>(consumers, Topics.SCHEDULES, "schedules", new Form());
  }

  private static final class Form implements StateTopic.Form<ScheduleState, Outcome> {

    @Override
    public ScheduleState decode(byte[] value) throws MalformedRecordException {
      return ScheduleStateCodec.decode(value);
    }

    @Override
    public String nameOf(ScheduleState state) {
      return state.name().toString();
    }

    @Override
    public boolean isGone(ScheduleState state) {
      return state.isGone();
    }

    @Override
    public List<Outcome> outcomesOf(ScheduleState state) {
      return state.outcomes();
    }

    @Override
    public String controlIdOf(Outcome outcome) {
      return outcome.controlId();
    }
  }

  /** Begins to read; the topic must exist. */
  public void start() {
    states.start();
  }

  /** Whether everything that was there at the start has been read. */
  public boolean isComplete() {
    return states.isComplete();
  }

  /** How old a list is that is answered now. */
  public ListAge age() {
    return states.age();
  }

  /** How many schedules start no runs, because an earlier run of each needs an operator. */
  public long blocked() {
    return states.all().stream().filter(ScheduleState::isBlocked).count();
  }

  /** All schedules, by name. */
  public List<ScheduleState> all() {
    return states.all().stream()
        .filter(ScheduleState::isShown)
        .sorted(
            Comparator.comparing((ScheduleState state) -> state.name().orchestration())
                .thenComparing(state -> state.name().trigger()))
        .toList();
  }

  public Optional<ScheduleState> find(ScheduleName name) {
    return states.find(name.toString()).filter(ScheduleState::isShown);
  }

  /**
   * The outcome of a request, once it is committed. Ask before the request is sent.
   *
   * @return fails with a {@link java.util.concurrent.TimeoutException} when it is not known in time
   */
  public CompletableFuture<Outcome> outcome(ScheduleName name, String controlId, Duration wait) {
    return states.outcome(name.toString(), controlId, wait);
  }

  @Override
  public void close() {
    states.close();
  }
}
