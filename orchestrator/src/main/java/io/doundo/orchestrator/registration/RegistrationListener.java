package io.doundo.orchestrator.registration;

import io.doundo.orchestrator.definition.compiler.CompiledRegistration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Refused;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Result;
import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import io.doundo.orchestrator.definition.compiler.document.Problem;
import io.doundo.protocol.Topics;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes registrations, one at a time: compile, create the step topics, write the outcome. Of
 * several instances one is assigned the topic's only partition; it fences the others before it
 * reads what they wrote. A problem with a record's content refuses that record at once, so that it
 * does not block the next one. On any other failure consumer, producer and view are thrown away and
 * the record is read again, with growing pauses; after a bounded time it becomes a dead letter, as
 * soon as the broker takes one. Runs in its own thread.
 */
public final class RegistrationListener implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RegistrationListener.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration CLOSE = Duration.ofSeconds(5);
  private static final int MOST_LOGGED = 20;

  private final RegistrationSettings settings;
  private final StepTopics stepTopics;
  private final RegistrationCounts counts;
  private final Clock clock;
  private final Thread thread;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile @Nullable Consumer<byte[], byte[]> running;
  private volatile @Nullable RegistrationBlock block;

  /** The record that the current failure is about; used by the listener's thread only. */
  private @Nullable String failedAt;

  public RegistrationListener(
      RegistrationSettings settings,
      StepTopics stepTopics,
      RegistrationCounts counts,
      Clock clock) {
    this.settings = settings;
    this.stepTopics = stepTopics;
    this.counts = counts;
    this.clock = clock;
    this.thread = new Thread(this::run, "doundo-registration");
  }

  public void start() {
    thread.start();
  }

  /** What currently blocks registrations; empty when nothing does. */
  Optional<RegistrationBlock> block() {
    return Optional.ofNullable(block);
  }

  /** Whether the listener's thread runs, which it does until it is stopped. */
  boolean isRunning() {
    return thread.isAlive();
  }

  @Override
  public void close() {
    stopped.countDown();
    Consumer<byte[], byte[]> consumer = running;
    if (consumer != null) {
      consumer.wakeup();
    }
    try {
      thread.join(CLOSE.toMillis() * 2);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!isStopped()) {
      try {
        listen();
      } catch (WakeupException e) {
        LOG.debug("woken up to stop");
      } catch (RuntimeException | Error e) {
        // Whatever it was, no registration may be passed over because of it, and none may wait for
        // a thread that has ended.
        RegistrationBlock now = RegistrationBlock.after(block, failedAt, e, clock.instant());
        block = now;
        failedAt = null;
        if (e instanceof KafkaException) {
          LOG.warn("Registrations are blocked {}; retrying", now);
        } else {
          LOG.error("Registrations are blocked {}; retrying", now, e);
        }
        awaitStop(now.pause().toMillis());
      }
    }
  }

  private void listen() {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer();
        PartitionAssignment assignment = new PartitionAssignment()) {
      running = consumer;
      consumer.subscribe(List.of(Topics.REGISTRATION), assignment);
      while (!isStopped()) {
        for (ConsumerRecord<byte[], byte[]> source : consumer.poll(POLL)) {
          take(source, assignment.writer(), consumer.groupMetadata());
          block = null;
        }
        RegistrationBlock current = block;
        if (current != null && current.place() == null && assignment.isActive()) {
          block = null;
        }
      }
    } finally {
      running = null;
    }
  }

  /** Carries out a record, or fails when that may work later and has not failed for too long. */
  private void take(
      ConsumerRecord<byte[], byte[]> source,
      RegistrationWriter writer,
      ConsumerGroupMetadata group) {
    String place = RegistrationRecord.place(source);
    CompiledRegistration compiled =
        UnsignedHooks.check(
            RegistrationCompiler.compile(source.value(), RegistrationRecord.headers(source)),
            settings.unsignedHooks());
    try {
      carryOut(source, compiled, writer, group);
    } catch (WakeupException e) {
      throw e;
    } catch (RuntimeException e) {
      failedAt = place;
      RegistrationBlock failed = RegistrationBlock.after(block, place, e, clock.instant());
      if (!failed.isOver(clock.instant(), settings.holdUp())) {
        throw e;
      }
      LOG.error("Giving up the registration {}", failed);
      String reason =
          "gave up after %d attempts in %d s; the last one failed with: %s"
              .formatted(failed.failures(), settings.holdUp().toSeconds(), failed.cause());
      writer.refuse(source, refused(compiled, Problem.of(reason)), group);
      failedAt = null;
      counts.givenUp().increment();
    }
  }

  private void carryOut(
      ConsumerRecord<byte[], byte[]> source,
      CompiledRegistration compiled,
      RegistrationWriter writer,
      ConsumerGroupMetadata group) {
    String place = RegistrationRecord.place(source);
    CompiledRegistration outcome = compiled.accepted() ? stepTopics.create(compiled) : compiled;
    if (outcome.accepted()) {
      Optional<Problem> problem = writer.accept(source, outcome, group);
      if (problem.isEmpty()) {
        LOG.info("Accepted the registration at {}", place);
        outcome.results().stream()
            .flatMap(result -> result.warnings().stream())
            .limit(MOST_LOGGED)
            .forEach(warning -> LOG.warn("The registration at {}: {}", place, warning));
        counts.accepted().increment();
        return;
      }
      outcome = refused(outcome, problem.get());
    }
    writer.refuse(source, outcome, group);
    LOG.warn("Refused the registration at {}: {}", place, outcome.reason());
    counts.refused().increment();
  }

  private static CompiledRegistration refused(CompiledRegistration compiled, Problem problem) {
    List<Result> results = new ArrayList<>();
    for (Result result : compiled.results()) {
      results.add(result instanceof Refused ? result : Refused.of(result, List.of(problem)));
    }
    return new CompiledRegistration(results);
  }

  private KafkaConsumer<byte[], byte[]> consumer() {
    Map<String, Object> properties = settings.client("registration");
    properties.put(ConsumerConfig.GROUP_ID_CONFIG, settings.group());
    properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 10);
    properties.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000);
    return new KafkaConsumer<>(
        properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private boolean isStopped() {
    return stopped.getCount() == 0;
  }

  private void awaitStop(long millis) {
    try {
      if (stopped.await(millis, TimeUnit.MILLISECONDS)) {
        LOG.debug("stopped while waiting to retry");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stopped.countDown();
    }
  }

  /** The resources that the listener holds while the topic's partition is assigned to it. */
  private final class PartitionAssignment implements ConsumerRebalanceListener, AutoCloseable {

    private @Nullable Producer<byte[], byte[]> producer;
    private @Nullable RegistrationWriter writer;

    RegistrationWriter writer() {
      RegistrationWriter current = writer;
      if (current == null) {
        throw new IllegalStateException("a registration was read without an assignment");
      }
      return current;
    }

    boolean isActive() {
      return writer != null;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      if (partitions.isEmpty()) {
        // Another instance carries on with what this one could not.
        block = null;
        return;
      }
      close();
      Producer<byte[], byte[]> fencing = producer();
      producer = fencing;
      // From here on no other instance can write, so what is read next is complete.
      fencing.initTransactions();
      writer = new RegistrationWriter(fencing, readDefinitions(), settings, clock);
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      close();
    }

    @Override
    public void close() {
      writer = null;
      Producer<byte[], byte[]> closing = producer;
      producer = null;
      if (closing != null) {
        closing.close(CLOSE);
      }
    }

    private DefinitionsView readDefinitions() {
      Map<String, Object> properties = settings.client("definitions");
      properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
      properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
      try (KafkaConsumer<String, byte[]> consumer =
          new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer())) {
        return DefinitionsView.read(consumer);
      }
    }

    private Producer<byte[], byte[]> producer() {
      Map<String, Object> properties = new HashMap<>(settings.client("registration-writer"));
      properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, settings.group());
      properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, 30_000);
      properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 20_000);
      properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 20_000);
      properties.put(ProducerConfig.LINGER_MS_CONFIG, 0);
      return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }
  }
}
