package io.doundo.worker.delivery;

import io.doundo.protocol.Outcome;
import io.doundo.worker.binding.StepKey;
import io.doundo.worker.fence.Settled;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The meters of a worker; all names begin with {@code doundo.worker}. A meter that the registry
 * rejects is logged once and blocks no command. Thread-safe.
 */
final class WorkerMeters implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(WorkerMeters.class);

  /** The tags of the meters of one kind of command; looked up for each command. */
  private record MeterKey(StepKey step, boolean isDo, String told) {}

  private static final Duration[] BUCKETS = {
    Duration.ofMillis(5),
    Duration.ofMillis(10),
    Duration.ofMillis(25),
    Duration.ofMillis(50),
    Duration.ofMillis(100),
    Duration.ofMillis(250),
    Duration.ofMillis(500),
    Duration.ofSeconds(1),
    Duration.ofMillis(2_500),
    Duration.ofSeconds(5),
    Duration.ofSeconds(10),
    Duration.ofSeconds(30),
    Duration.ofMinutes(1),
    Duration.ofMinutes(5)
  };

  private final MeterRegistry registry;
  private final ObservationRegistry observations;
  private final Map<MeterKey, Timer> queued = new ConcurrentHashMap<>();
  private final Map<MeterKey, Timer> handled = new ConcurrentHashMap<>();
  private final Map<MeterKey, Counter> decided = new ConcurrentHashMap<>();
  private final Map<MeterKey, Counter> answered = new ConcurrentHashMap<>();
  private final Queue<Gauge> gauges = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean told = new AtomicBoolean();

  WorkerMeters(MeterRegistry registry, ObservationRegistry observations) {
    this.registry = registry;
    this.observations = observations;
  }

  /** Meters without observations. */
  WorkerMeters(MeterRegistry registry) {
    this(registry, ObservationRegistry.NOOP);
  }

  ObservationRegistry observations() {
    return observations;
  }

  /** How long a handler took, and how it ended. */
  void handled(Command command, Settled settled, long nanos) {
    safely(
        () ->
            handled
                .computeIfAbsent(
                    kind(command, result(settled)),
                    kind ->
                        Timer.builder("doundo.worker.handler")
                            .description("How long handlers run")
                            .tags(tags(command).and("result", kind.told()))
                            .serviceLevelObjectives(BUCKETS)
                            .register(registry))
                .record(nanos, TimeUnit.NANOSECONDS));
  }

  /**
   * How long the command waited from its sending, by the orchestrator's clock, until its handler
   * begins.
   *
   * @param now ms since the epoch, by the clock of this machine
   */
  void pickedUp(Command command, long now) {
    Instant sent = command.received().timestamp();
    if (sent == null) {
      return;
    }
    safely(
        () ->
            queued
                .computeIfAbsent(
                    kind(command, ""),
                    kind ->
                        Timer.builder("doundo.worker.queue")
                            .description("Time from the sending of a command to its handler")
                            .tags(tags(command))
                            .serviceLevelObjectives(BUCKETS)
                            .register(registry))
                .record(Math.max(0, now - sent.toEpochMilli()), TimeUnit.MILLISECONDS));
  }

  /** The fence's answer. */
  void decided(Command command, String decision) {
    safely(
        () ->
            decided
                .computeIfAbsent(
                    kind(command, decision),
                    kind ->
                        registry.counter(
                            "doundo.worker.fence", tags(command).and("decision", kind.told())))
                .increment());
  }

  /** How long a command waits for another run of its step. */
  void waited(Command command, long ms) {
    safely(() -> registry.timer("doundo.worker.wait", tags(command)).record(Duration.ofMillis(ms)));
  }

  void answered(Command command, Outcome outcome) {
    safely(
        () ->
            answered
                .computeIfAbsent(
                    kind(command, outcome.name()),
                    kind ->
                        registry.counter(
                            "doundo.worker.answer",
                            tags(command).and("outcome", kind.told().toLowerCase(Locale.ROOT))))
                .increment());
  }

  /** A command that is delivered again by this process, because something unforeseen failed. */
  void startedOver(Command command) {
    safely(() -> registry.counter("doundo.worker.started.over", tags(command)).increment());
  }

  void deadLetter() {
    safely(() -> registry.counter("doundo.worker.dead.letter").increment());
  }

  void gauge(String name, String description, DoubleSupplier value) {
    safely(
        () ->
            gauges.add(
                Gauge.builder(name, value::getAsDouble)
                    .description(description)
                    .strongReference(true)
                    .register(registry)));
  }

  private void safely(Runnable recording) {
    try {
      recording.run();
    } catch (RuntimeException | LinkageError e) {
      if (!told.getAndSet(true)) {
        log.warn("The meter registry rejected a worker meter; steps continue without it", e);
      }
    }
  }

  /** Takes the gauges back: another worker of this process may register its own. */
  @Override
  public void close() {
    gauges.forEach(gauge -> safely(() -> registry.remove(gauge)));
    gauges.clear();
  }

  private static MeterKey kind(Command command, String told) {
    return new MeterKey(command.step(), command.isDo(), told);
  }

  private static Tags tags(Command command) {
    return Tags.of(
        "orchestration",
        command.step().orchestration(),
        "step",
        command.step().step(),
        "action",
        command.isDo() ? "do" : "undo");
  }

  static String result(Settled settled) {
    return settled.accept(
        new Settled.Handler<String>() {
          @Override
          public String on(Settled.Done done) {
            return "done";
          }

          @Override
          public String on(Settled.Unchanged unchanged) {
            return "unchanged";
          }

          @Override
          public String on(Settled.NoEffect noEffect) {
            return noEffect.retryable() ? "no_effect" : "failed";
          }

          @Override
          public String on(Settled.InDoubt inDoubt) {
            return "in_doubt";
          }

          @Override
          public String on(Settled.Undone undone) {
            return "undone";
          }

          @Override
          public String on(Settled.UndoThrew undoThrew) {
            return "undo_threw";
          }
        });
  }
}
