package io.doundo.orchestrator.query;

import io.doundo.protocol.json.MalformedRecordException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The committed states that the engine writes to a compacted topic, as every instance sees them,
 * and the outcomes of requests in them. Its own thread reads; every method may be called from any
 * thread.
 *
 * @param <S> a state
 * @param <O> the outcome of a request
 */
public final class StateTopic<S, O> implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(StateTopic.class);
  private static final Duration POLL = Duration.ofMillis(100);

  private final String topic;
  private final String what;
  private final Form<S, O> form;
  private final ReadConsumers consumers;
  private final Map<String, S> states = new ConcurrentHashMap<>();
  private final AwaitedOutcomes<O> awaited = new AwaitedOutcomes<>();
  private final TailThread tail;
  private final TopicProgress progress;
  private volatile boolean caughtUp;

  /** How a state is read. */
  public interface Form<S, O> {
    S decode(byte[] value) throws MalformedRecordException;

    /** The name that no other state has. */
    String nameOf(S state);

    /** Whether nothing of the state is left. */
    boolean isGone(S state);

    List<O> outcomesOf(S state);

    String controlIdOf(O outcome);

    /** A state was read, in order; called by the reading thread. */
    default void seen(S state) {}
  }

  /**
   * @param what names the states in logs and the thread, such as {@code schedules}
   */
  public StateTopic(ReadConsumers consumers, String topic, String what, Form<S, O> form) {
    this.consumers = consumers;
    this.topic = topic;
    this.what = what;
    this.form = form;
    this.progress = new TopicProgress(what);
    this.tail =
        new TailThread(
            "doundo-" + what,
            this::open,
            this::follow,
            "The states of " + what + " cannot be read");
  }

  /** Begins to read; the topic must exist. */
  public void start() {
    tail.start();
  }

  /** Whether everything that was there at the start has been read. */
  public boolean isComplete() {
    return caughtUp;
  }

  /** How old a list of the states is that is answered now. */
  public TopicProgress.ListAge age() {
    return progress.age(caughtUp, System.currentTimeMillis());
  }

  public Collection<S> all() {
    return states.values();
  }

  public Optional<S> find(String name) {
    return Optional.ofNullable(states.get(name));
  }

  /**
   * The outcome of a request, once it is committed. Ask before the request is sent.
   *
   * @return fails with a {@link java.util.concurrent.TimeoutException} when it is not known in time
   */
  public CompletableFuture<O> outcome(String name, String controlId, Duration wait) {
    return awaited.next(
        id(name, controlId),
        wait,
        () -> {
          S known = states.get(name);
          return known == null ? null : outcomeIn(known, controlId);
        });
  }

  private @Nullable O outcomeIn(S state, String controlId) {
    for (O outcome : form.outcomesOf(state)) {
      if (form.controlIdOf(outcome).equals(controlId)) {
        return outcome;
      }
    }
    return null;
  }

  private static String id(String name, String controlId) {
    return name + "\n" + controlId;
  }

  @Override
  public void close() {
    tail.stopNow();
  }

  private Consumer<byte[], byte[]> open() {
    return consumers.open(
        "doundo-" + what,
        Map.of(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, (int) POLL.toMillis() * 5));
  }

  private void follow(Consumer<byte[], byte[]> consumer) {
    List<TopicPartition> partitions = TopicPartitions.of(topic, consumer);
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    Map<TopicPartition, Long> behind = new HashMap<>(consumer.endOffsets(partitions));
    Map<String, S> loaded = new HashMap<>();
    while (!tail.isStopped() && !behind.isEmpty()) {
      consumer.poll(POLL).forEach(record -> take(record, loaded));
      behind.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
    }
    // All at once: a state that is gone must not appear again while the topic is read anew.
    states.keySet().retainAll(loaded.keySet());
    states.putAll(loaded);
    caughtUp = true;
    progress.begin(consumer);
    while (!tail.isStopped()) {
      long begun = System.currentTimeMillis();
      consumer.poll(POLL).forEach(record -> take(record, states));
      progress.polled(consumer, begun);
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> record, Map<String, S> into) {
    if (record.value() == null) {
      return;
    }
    try {
      S state = form.decode(record.value());
      String name = form.nameOf(state);
      form.seen(state);
      if (form.isGone(state)) {
        into.remove(name);
      } else {
        into.put(name, state);
      }
      for (O outcome : form.outcomesOf(state)) {
        awaited.came(id(name, form.controlIdOf(outcome)), outcome);
      }
    } catch (MalformedRecordException e) {
      LOG.warn("A record at offset {} of {}: {}", record.offset(), record.topic(), e.reason());
    }
  }
}
