package io.doundo.worker.delivery;

import io.doundo.worker.binding.JsonBinder;
import io.doundo.worker.binding.ServedStep;
import io.doundo.worker.callee.Callee;
import io.doundo.worker.delivery.GuardedFence.PartitionGuards;
import io.doundo.worker.fence.Fence;
import io.doundo.worker.fence.FenceStore;
import io.doundo.worker.fence.FenceUnavailableException;
import io.doundo.worker.threads.HandlerThreads;
import io.doundo.worker.threads.TaskTimer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Serves the steps of this application, from {@link #start} to {@link #stop}. One consumer, one
 * producer, one timer thread, and the threads of the handlers. The thread that reads commands keeps
 * the process alive until the worker is stopped, or until that thread dies. Not to be started
 * again. Start and stop are called from one thread.
 */
public final class Worker {

  private static final Logger log = LoggerFactory.getLogger(Worker.class);
  private static final Duration AFTER_INTERRUPT = Duration.ofSeconds(2);

  private final DeliverySettings settings;
  private final FenceStore fence;
  private final FenceHealth health;
  private final DoubtCount doubts;
  private final DeliveryContext context;
  private final CommandConsumer consumer;
  private final Admin admin;
  private final TopicWatch topics;
  private final Producer<byte[], byte[]> producer;
  private final TaskTimer timer;
  private final HandlerThreads handlers;
  private final WorkerMeters meters;
  private final Thread poller;
  private volatile Consumer<String> deathListener = reason -> {};
  private volatile boolean stopping;

  /** A worker whose handlers nobody observes. */
  public Worker(
      DeliverySettings settings,
      Collection<ServedStep> steps,
      Fence fence,
      JsonBinder json,
      MeterRegistry registry,
      HandlerThreads handlers) {
    this(settings, steps, fence, json, registry, ObservationRegistry.NOOP, handlers);
  }

  public Worker(
      DeliverySettings settings,
      Collection<ServedStep> steps,
      Fence fence,
      JsonBinder json,
      MeterRegistry registry,
      ObservationRegistry observations,
      HandlerThreads handlers) {
    this(settings, new Subscriptions(steps), fence, json, registry, observations, handlers);
  }

  /**
   * A worker for all steps on one topic.
   *
   * @param callee carries out their commands
   * @param handlers where calls begin; they do not block there
   */
  public static Worker ofTopic(
      DeliverySettings settings,
      String topic,
      Callee callee,
      FenceStore fence,
      MeterRegistry registry,
      HandlerThreads handlers) {
    return new Worker(
        settings,
        new TopicOfAllSteps(topic, callee),
        fence,
        new JsonBinder(JsonMapper.builder().build()),
        registry,
        ObservationRegistry.NOOP,
        handlers);
  }

  private Worker(
      DeliverySettings settings,
      CommandSource source,
      FenceStore fence,
      JsonBinder json,
      MeterRegistry registry,
      ObservationRegistry observations,
      HandlerThreads handlers) {
    this.settings = settings;
    this.fence = fence;
    this.timer = new TaskTimer(daemon("saga-timer"));
    this.handlers = handlers;
    this.health = new FenceHealth(fence, timer);
    this.doubts = new DoubtCount(fence, timer);
    this.producer = KafkaClients.answers(settings.kafka());
    this.admin = KafkaClients.admin(settings.kafka());
    this.topics =
        new TopicWatch(admin, timer, source.topics(), new RetentionCheck(admin, fence.retention()));
    this.meters = new WorkerMeters(registry, observations);
    this.context =
        new DeliveryContext(
            settings,
            new AnswerSender(producer, timer, settings.service(), settings.version()),
            json,
            handlers.executor(),
            timer,
            meters);
    this.consumer =
        new CommandConsumer(
            KafkaClients.consumer(settings.kafka(), settings.group()),
            source,
            topics::existing,
            health,
            context,
            new PartitionGuards(fence, health, timer),
            settings.maxPending(),
            CommandConsumer.LONGEST_DECISION);
    this.poller = daemon("saga-commands").newThread(this::readCommands);
    // A service without a web server has no other thread that keeps it running.
    poller.setDaemon(false);
    meters.gauge("doundo.worker.lag", "Commands not polled yet", consumer::lag);
    meters.gauge("doundo.worker.pending", "Commands polled and not settled yet", consumer::pending);
    meters.gauge(
        "doundo.worker.running",
        "Commands whose handler is running or being answered",
        context::running);
    meters.gauge(
        "doundo.worker.fence.up", "1 while the fence is reachable", () -> health.isUp() ? 1 : 0);
    meters.gauge(
        "doundo.worker.fence.clock.ahead",
        "Seconds that the fence's clock is ahead at least, so that it refuses DOs that are in time",
        health::clockAheadSeconds);
    meters.gauge(
        "doundo.worker.alive",
        "1 while the thread that reads commands is alive",
        () -> consumer.hasEnded() ? 0 : 1);
    meters.gauge(
        "doundo.worker.topics.missing",
        "Missing topics of served steps",
        () -> topics.missing().size());
    meters.gauge(
        "doundo.worker.fence.doubts",
        "Steps in doubt, of all workers that share the fence",
        doubts::latest);
    meters.gauge("doundo.worker.partitions.paused", "Paused partitions", consumer::paused);
  }

  /** Calls this once if the worker stops reading commands although it was not stopped. */
  public void onDeath(Consumer<String> listener) {
    deathListener = listener;
  }

  private void readCommands() {
    try {
      consumer.run();
    } finally {
      if (!stopping) {
        deathListener.accept(String.valueOf(consumer.failure()));
      }
    }
  }

  /** Its current health. */
  public WorkerState state() {
    return new WorkerState(
        !consumer.hasEnded(),
        consumer.failure(),
        health.state().reason(),
        health.clockProblem(),
        topics.missing(),
        consumer.paused());
  }

  /**
   * Begins to serve; with a fence that cannot be asked yet, as soon as it can. When this throws,
   * everything is closed that the worker has opened.
   */
  public void start() {
    try {
      begin();
    } catch (RuntimeException e) {
      consumer.closeUnstarted();
      closeOthers();
      throw e;
    }
  }

  private void begin() {
    try {
      fence.check().toCompletableFuture().join();
    } catch (CompletionException e) {
      Throwable cause = FenceHealth.unwrapped(e);
      if (!(cause instanceof FenceUnavailableException)) {
        throw e;
      }
      health.down(cause);
    }
    topics.ask();
    doubts.begin();
    poller.start();
  }

  /** Whether the fence can be asked. */
  public boolean isFenceUp() {
    return health.isUp();
  }

  /** Whether the fence can be asked and takes writes, and if not, why. */
  public FenceHealth.FenceStatus fenceState() {
    return health.state();
  }

  boolean isStopping() {
    return context.isStopping();
  }

  /**
   * Lets running handlers finish, and those that the fence has just allowed to run, up to the
   * stop's timeout; commits what is answered, and leaves the group. Handlers that do not finish in
   * time are interrupted, and their commands are redelivered elsewhere.
   */
  public void stop() {
    stopping = true;
    context.stopping();
    if (!awaitIdle(settings.stopTimeout())) {
      log.warn("Interrupting {} handlers that did not end in time", context.running());
      context.interruptAll();
      awaitIdle(AFTER_INTERRUPT);
    }
    context.stopped();
    consumer.close();
    joinPoller();
    closeOthers();
  }

  private void closeOthers() {
    // First, because it would offer answers to a producer that is closed.
    timer.close();
    producer.close(AFTER_INTERRUPT);
    admin.close(AFTER_INTERRUPT);
    handlers.close();
    meters.close();
  }

  private boolean awaitIdle(Duration longest) {
    long until = System.nanoTime() + longest.toNanos();
    try {
      while (!context.isIdle() && System.nanoTime() < until) {
        TimeUnit.MILLISECONDS.sleep(10);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return context.isIdle();
  }

  private void joinPoller() {
    try {
      poller.join(settings.stopTimeout().toMillis() + 1_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static ThreadFactory daemon(String name) {
    ClassLoader loader = Worker.class.getClassLoader();
    return task -> {
      Thread thread = new Thread(task, name);
      thread.setContextClassLoader(loader);
      thread.setDaemon(true);
      return thread;
    };
  }
}
