package io.doundo.orchestrator.query.breaker;

import io.doundo.orchestrator.breaker.BreakerState;
import io.doundo.orchestrator.breaker.BreakerState.Outcome;
import io.doundo.orchestrator.breaker.stored.BreakerStateCodec;
import io.doundo.orchestrator.query.ReadConsumers;
import io.doundo.orchestrator.query.StateTopic;
import io.doundo.orchestrator.query.TopicProgress.ListAge;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.MalformedRecordException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The committed states of all breakers, as every instance sees them. A breaker is there from its
 * first fault on, or once it is configured or forced open. Every method may be called from any
 * thread.
 */
public final class Breakers implements AutoCloseable {

  private final StateTopic<BreakerState, Outcome> states;

  /**
   * @param listener hears of each state that is read, in order
   */
  public Breakers(ReadConsumers consumers, Consumer<BreakerState> listener) {
    states = new StateTopic<>(consumers, Topics.BREAKERS, "breakers", new Form(listener));
  }

  private record Form(Consumer<BreakerState> listener)
      implements StateTopic.Form<BreakerState, Outcome> {

    @Override
    public void seen(BreakerState state) {
      listener.accept(state);
    }

    @Override
    public BreakerState decode(byte[] value) throws MalformedRecordException {
      return BreakerStateCodec.decode(value);
    }

    @Override
    public String nameOf(BreakerState state) {
      return state.name();
    }

    @Override
    public boolean isGone(BreakerState state) {
      return state.isDeleted();
    }

    @Override
    public List<Outcome> outcomesOf(BreakerState state) {
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

  /** All breakers, by name. */
  public List<BreakerState> all() {
    return states.all().stream().sorted(Comparator.comparing(BreakerState::name)).toList();
  }

  public Optional<BreakerState> find(String name) {
    return states.find(name);
  }

  /**
   * The outcome of a request, once it is committed. Ask before the request is sent.
   *
   * @return fails with a {@link java.util.concurrent.TimeoutException} when it is not known in time
   */
  public CompletableFuture<Outcome> outcome(String name, String controlId, Duration wait) {
    return states.outcome(name, controlId, wait);
  }

  @Override
  public void close() {
    states.close();
  }
}
