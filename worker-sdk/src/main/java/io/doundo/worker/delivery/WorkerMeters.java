package io.doundo.worker.delivery;

import io.doundo.protocol.Outcome;
import io.doundo.worker.fence.Settled;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.Locale;
import java.util.function.DoubleSupplier;

/** The meters of a worker; all names begin with {@code doundo.worker}. Thread-safe. */
final class WorkerMeters {

  private final MeterRegistry registry;

  WorkerMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  /** How long a handler took, and how it ended. */
  void handled(Command command, Settled settled, long nanos) {
    registry
        .timer("doundo.worker.handler", tags(command).and("result", result(settled)))
        .record(Duration.ofNanos(nanos));
  }

  /** What the fence said. */
  void decided(Command command, String decision) {
    registry.counter("doundo.worker.fence", tags(command).and("decision", decision)).increment();
  }

  /** How long a command waits for another run of its step. */
  void waited(Command command, long ms) {
    registry.timer("doundo.worker.wait", tags(command)).record(Duration.ofMillis(ms));
  }

  void answered(Command command, Outcome outcome) {
    registry
        .counter(
            "doundo.worker.answer",
            tags(command).and("outcome", outcome.name().toLowerCase(Locale.ROOT)))
        .increment();
  }

  void deadLetter() {
    registry.counter("doundo.worker.dead.letter").increment();
  }

  void gauge(String name, String description, DoubleSupplier value) {
    Gauge.builder(name, value::getAsDouble)
        .description(description)
        .strongReference(true)
        .register(registry);
  }

  private static Tags tags(Command command) {
    return Tags.of(
        "orchestration",
        command.step().key().orchestration(),
        "step",
        command.step().key().step(),
        "action",
        command.isDo() ? "do" : "undo");
  }

  private static String result(Settled settled) {
    return settled.accept(
        new Settled.Handler<String>() {
          @Override
          public String on(Settled.Done done) {
            return "done";
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
