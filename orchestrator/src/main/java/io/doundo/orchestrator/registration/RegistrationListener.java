package io.doundo.orchestrator.registration;

import io.doundo.orchestrator.definition.compiler.CompiledRegistration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Refused;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Result;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Role;
import io.doundo.orchestrator.definition.compiler.Problem;
import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import io.doundo.protocol.HeaderLookup;
import io.doundo.protocol.ServiceName;
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
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
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
 * reads what they wrote. A failing broker is waited for and no record is passed over: on any
 * failure consumer, producer and view are thrown away and the record is read again. Runs in a
 * thread of its own.
 */
public final class RegistrationListener implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(RegistrationListener.class);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration CLOSE = Duration.ofSeconds(5);
  private static final long BACKOFF_MS = 1_000;

  private final RegistrationSettings settings;
  private final TopicProvisioner provisioner;
  private final KnownTopics topics;
  private final Clock clock;
  private final Thread thread;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private volatile @Nullable Consumer<byte[], byte[]> running;
  private volatile @Nullable String trouble;

  public RegistrationListener(
      RegistrationSettings settings,
      TopicProvisioner provisioner,
      KnownTopics topics,
      Clock clock) {
    this.settings = settings;
    this.provisioner = provisioner;
    this.topics = topics;
    this.clock = clock;
    this.thread = new Thread(this::run, "doundo-registration");
  }

  public void start() {
    thread.start();
  }

  /** Why registrations are not taken just now; empty when they are. */
  public Optional<String> trouble() {
    return thread.isAlive()
        ? Optional.ofNullable(trouble)
        : Optional.of("the registration listener does not run");
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
      } catch (KafkaException e) {
        trouble = String.valueOf(e.getMessage());
        LOG.warn("registrations are held up, trying again: {}", e.toString());
        awaitStop(BACKOFF_MS);
      } catch (RuntimeException e) {
        // Whatever it was, no registration may be passed over because of it.
        trouble = String.valueOf(e.getMessage());
        LOG.error("registrations are held up, trying again", e);
        awaitStop(BACKOFF_MS);
      }
    }
  }

  private void listen() {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer();
        Assignment assignment = new Assignment()) {
      running = consumer;
      consumer.subscribe(List.of(Topics.REGISTRATION), assignment);
      while (!isStopped()) {
        for (ConsumerRecord<byte[], byte[]> source : consumer.poll(POLL)) {
          take(source, assignment.writer(), consumer);
        }
        trouble = null;
      }
    } finally {
      running = null;
    }
  }

  private void take(
      ConsumerRecord<byte[], byte[]> source,
      RegistrationWriter writer,
      Consumer<byte[], byte[]> consumer) {
    Map<String, String> headers = RegistrationRecord.headers(source);
    CompiledRegistration compiled = compile(source, headers);
    if (compiled.accepted()) {
      compiled = createTopics(compiled);
    }
    if (compiled.accepted()) {
      writer.accept(source, compiled, consumer.groupMetadata());
      LOG.info("accepted the registration at {}", RegistrationRecord.place(source));
    } else {
      String service = ServiceName.find(ServiceName.REGISTRANT, HeaderLookup.of(headers), Map.of());
      writer.refuse(source, compiled, service, consumer.groupMetadata());
      LOG.warn(
          "refused the registration at {}: {}",
          RegistrationRecord.place(source),
          compiled.reason());
    }
  }

  /** A document that breaks the compiler itself must not hold up the others for ever. */
  private static CompiledRegistration compile(
      ConsumerRecord<byte[], byte[]> source, Map<String, String> headers) {
    try {
      return RegistrationCompiler.compile(source.value(), headers);
    } catch (RuntimeException | StackOverflowError e) {
      LOG.error("cannot compile the registration at {}", RegistrationRecord.place(source), e);
      Problem problem = new Problem(0, "", null, null, "the document cannot be compiled: " + e);
      return new CompiledRegistration(
          List.of(new Refused(null, Role.INITIATOR, List.of(problem), List.of())));
    }
  }

  /** Creates what is missing; what the broker will never create refuses the registration. */
  private CompiledRegistration createTopics(CompiledRegistration compiled) {
    List<Result> results = new ArrayList<>();
    for (Result result : compiled.results()) {
      List<String> refusals =
          result instanceof Defined defined ? collisions(defined) : List.<String>of();
      results.add(refusals.isEmpty() ? result : refused(result, refusals));
    }
    CompiledRegistration checked = new CompiledRegistration(results);
    if (!checked.accepted()) {
      return checked;
    }
    for (int i = 0; i < results.size(); i++) {
      if (results.get(i) instanceof Defined defined) {
        try {
          provisioner.provision(defined.orchestration());
          topics.add(TopicProvisioner.stepTopics(defined.orchestration()));
        } catch (InvalidTopicException | PolicyViolationException e) {
          results.set(
              i, refused(defined, List.of("the broker refuses a step's topic: " + e.getMessage())));
        }
      }
    }
    return new CompiledRegistration(results);
  }

  private List<String> collisions(Defined defined) {
    List<String> collisions = new ArrayList<>();
    for (String topic : TopicProvisioner.stepTopics(defined.orchestration())) {
      topics.colliding(topic).ifPresent(other -> collisions.add(Topics.collision(topic, other)));
    }
    return collisions;
  }

  private static Refused refused(Result result, List<String> messages) {
    List<Problem> problems =
        messages.stream().map(message -> new Problem(0, "", null, null, message)).toList();
    return new Refused(result.orchestrationName(), result.role(), problems, result.warnings());
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
        LOG.debug("stopped while waiting to try again");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stopped.countDown();
    }
  }

  /** What the listener holds exactly while the topic's partition is assigned to it. */
  private final class Assignment implements ConsumerRebalanceListener, AutoCloseable {

    private @Nullable Producer<byte[], byte[]> producer;
    private @Nullable RegistrationWriter writer;

    RegistrationWriter writer() {
      RegistrationWriter current = writer;
      if (current == null) {
        throw new IllegalStateException("a registration was read without an assignment");
      }
      return current;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      if (partitions.isEmpty()) {
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
      Producer<byte[], byte[]> held = producer;
      producer = null;
      if (held != null) {
        held.close(CLOSE);
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
