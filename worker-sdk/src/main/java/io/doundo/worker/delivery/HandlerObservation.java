package io.doundo.worker.delivery;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.ReceiverContext;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Observes the run of a handler on the calling thread: with tracing, that is a span below the
 * command's own, which the orchestrator exports. Costs nothing where nobody observes; an observer
 * that fails is logged once and keeps no handler from its work.
 */
final class HandlerObservation implements AutoCloseable {

  static final String NAME = "doundo.worker.handle";

  private static final Logger log = LoggerFactory.getLogger(HandlerObservation.class);
  private static final AtomicBoolean TOLD = new AtomicBoolean();

  private Observation observation = Observation.NOOP;
  private Observation.Scope scope = Observation.Scope.NOOP;

  private HandlerObservation() {}

  /** The record headers of the command, from which the trace is read. */
  private static final class CommandHeaders extends ReceiverContext<Headers> {

    CommandHeaders(Command command) {
      super(HandlerObservation::header, Kind.CONSUMER);
      setCarrier(command.record().headers());
    }
  }

  private static @Nullable String header(Headers headers, String name) {
    Header header = headers.lastHeader(name);
    return header == null || header.value() == null
        ? null
        : new String(header.value(), StandardCharsets.UTF_8);
  }

  /** Begins to observe. */
  static HandlerObservation begin(Command command, ObservationRegistry registry) {
    HandlerObservation observing = new HandlerObservation();
    if (!registry.isNoop()) {
      safely(
          () -> {
            observing.observation = created(command, registry).start();
            observing.scope = observing.observation.openScope();
          });
    }
    return observing;
  }

  private static Observation created(Command command, ObservationRegistry registry) {
    String action = command.isDo() ? "do" : "undo";
    String step = command.step().step();
    return Observation.createNotStarted(NAME, () -> new CommandHeaders(command), registry)
        .contextualName(action + ' ' + step)
        .lowCardinalityKeyValue("orchestration", command.step().orchestration())
        .lowCardinalityKeyValue("step", step)
        .lowCardinalityKeyValue("action", action)
        .highCardinalityKeyValue("doundo.flow_id", command.received().flowId());
  }

  /** Tells how it ended. */
  void ended(String result, @Nullable Throwable thrown) {
    safely(
        () -> {
          observation.lowCardinalityKeyValue("result", result);
          if (thrown != null) {
            observation.error(thrown);
          }
        });
  }

  @Override
  public void close() {
    safely(scope::close);
    safely(observation::stop);
  }

  private static void safely(Runnable observing) {
    try {
      observing.run();
    } catch (RuntimeException | LinkageError e) {
      if (!TOLD.getAndSet(true)) {
        log.warn("An observer of handlers failed; steps continue without it", e);
      }
    }
  }
}
