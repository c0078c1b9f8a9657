package io.doundo.orchestrator.query.schedule;

import io.doundo.orchestrator.query.ReadConsumers;
import io.doundo.orchestrator.query.TailThread;
import io.doundo.orchestrator.query.TopicPartitions;
import io.doundo.orchestrator.schedule.ScheduleName;
import io.doundo.orchestrator.schedule.ScheduleState;
import io.doundo.orchestrator.schedule.ScheduleState.Outcome;
import io.doundo.orchestrator.schedule.stored.ScheduleStateCodec;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.MalformedRecordException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The committed states of all schedules, as every instance sees them. Its own thread reads; every
 * method may be called from any thread.
 */
public final class Schedules implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Schedules.class);
  private static final Duration POLL = Duration.ofMillis(100);

  private final ReadConsumers consumers;
  private final Map<ScheduleName, ScheduleState> states = new ConcurrentHashMap<>();
  private final Map<String, CompletableFuture<Outcome>> awaited = new ConcurrentHashMap<>();
  private final TailThread tail =
      new TailThread(
          "doundo-schedules", this::open, this::follow, "The states of schedules cannot be read");
  private volatile boolean caughtUp;

  public Schedules(ReadConsumers consumers) {
    this.consumers = consumers;
  }

  /** Begins to read; the topic must exist. */
  public void start() {
    tail.start();
  }

  /** Whether everything that was there at the start has been read. */
  public boolean isComplete() {
    return caughtUp;
  }

  /** How many schedules start no runs, because an earlier run of each needs an operator. */
  public long blocked() {
    return states.values().stream().filter(ScheduleState::isBlocked).count();
  }

  /** All schedules, by name. */
  public List<ScheduleState> all() {
    return states.values().stream()
        .filter(ScheduleState::isShown)
        .sorted(
            Comparator.comparing((ScheduleState state) -> state.name().orchestration())
                .thenComparing(state -> state.name().trigger()))
        .toList();
  }

  public Optional<ScheduleState> find(ScheduleName name) {
    return Optional.ofNullable(states.get(name)).filter(ScheduleState::isShown);
  }

  /**
   * The outcome of a request, once it is committed. Ask before the request is sent.
   *
   * @return fails with a {@link java.util.concurrent.TimeoutException} when it is not known in time
   */
  public CompletableFuture<Outcome> outcome(ScheduleName name, String controlId, Duration wait) {
    ScheduleState known = states.get(name);
    Outcome answered = known == null ? null : known.outcomeOf(controlId);
    if (answered != null) {
      return CompletableFuture.completedFuture(answered);
    }
    String id = id(name, controlId);
    CompletableFuture<Outcome> shared =
        awaited.computeIfAbsent(id, unused -> new CompletableFuture<>());
    CompletableFuture<Outcome> waiting =
        shared.copy().orTimeout(wait.toMillis(), TimeUnit.MILLISECONDS);
    CompletableFuture<?> unused =
        waiting.whenComplete((outcome, failure) -> awaited.remove(id, shared));
    return waiting;
  }

  private static String id(ScheduleName name, String controlId) {
    return name + "\n" + controlId;
  }

  @Override
  public void close() {
    tail.stopNow();
  }

  private Consumer<byte[], byte[]> open() {
    return consumers.open(
        "doundo-schedules",
        Map.of(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, (int) POLL.toMillis() * 5));
  }

  private void follow(Consumer<byte[], byte[]> consumer) {
    List<TopicPartition> partitions = TopicPartitions.of(Topics.SCHEDULES, consumer);
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    Map<TopicPartition, Long> behind = new HashMap<>(consumer.endOffsets(partitions));
    Map<ScheduleName, ScheduleState> loaded = new HashMap<>();
    while (!tail.isStopped() && !behind.isEmpty()) {
      consumer.poll(POLL).forEach(record -> take(record, loaded));
      behind.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
    }
    // All at once: a schedule that is gone must not appear again while the topic is read anew.
    states.keySet().retainAll(loaded.keySet());
    states.putAll(loaded);
    caughtUp = true;
    while (!tail.isStopped()) {
      consumer.poll(POLL).forEach(record -> take(record, states));
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> record, Map<ScheduleName, ScheduleState> into) {
    if (record.value() == null) {
      return;
    }
    try {
      ScheduleState state = ScheduleStateCodec.decode(record.value());
      if (state.isGone()) {
        into.remove(state.name());
      } else {
        into.put(state.name(), state);
      }
      for (Outcome outcome : state.outcomes()) {
        CompletableFuture<Outcome> waiting = awaited.remove(id(state.name(), outcome.controlId()));
        if (waiting != null) {
          waiting.complete(outcome);
        }
      }
    } catch (MalformedRecordException e) {
      LOG.warn("A schedule at offset {} of {}: {}", record.offset(), record.topic(), e.reason());
    }
  }
}
