package io.doundo.orchestrator.app;

import io.doundo.orchestrator.query.tail.FlowIndex;
import io.doundo.orchestrator.registration.ControlPlane;
import io.doundo.orchestrator.registration.ProvisioningException;
import io.doundo.orchestrator.registration.RegistrationSettings;
import io.doundo.orchestrator.streams.EngineSettings;
import io.doundo.orchestrator.streams.EngineState;
import io.doundo.orchestrator.streams.client.StreamsEngine;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.LivenessState;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;

/**
 * Starts both planes, control plane first, and stops them in reverse; but registrations are taken
 * no longer than the topics are followed. Startup waits for Kafka indefinitely in its own thread,
 * while the server already answers and its readiness says what is missing. A problem that waiting
 * cannot fix, such as a wrong partition count, ends the application with the reason.
 */
final class OrchestratorService implements SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger(OrchestratorService.class);
  private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);
  private static final int START_TRIES = 10;
  private static final Duration STOP = Duration.ofSeconds(10);

  private final RegistrationSettings registrationSettings;
  private final EngineSettings engineSettings;
  private final BrokerProbe broker;
  private final @Nullable FlowIndex index;
  private final TopicFollowers jobs;
  private final MeterRegistry meters;
  private final ApplicationEventPublisher events;
  private volatile @Nullable Thread thread;
  private volatile @Nullable ControlPlane controlPlane;
  private volatile @Nullable StreamsEngine engine;
  private volatile boolean running;
  private volatile boolean stopping;

  OrchestratorService(
      RegistrationSettings registrationSettings,
      EngineSettings engineSettings,
      BrokerProbe broker,
      @Nullable FlowIndex index,
      TopicFollowers jobs,
      MeterRegistry meters,
      ApplicationEventPublisher events) {
    this.registrationSettings = registrationSettings;
    this.engineSettings = engineSettings;
    this.broker = broker;
    this.index = index;
    this.jobs = jobs;
    this.meters = meters;
    this.events = events;
  }

  /** The running control plane, from the time its topics exist. */
  Optional<ControlPlane> controlPlane() {
    return Optional.ofNullable(controlPlane);
  }

  /** The engine, from the time it was started; its state says how far it is. */
  Optional<StreamsEngine> engine() {
    return Optional.ofNullable(engine);
  }

  @Override
  public void start() {
    Thread starting = new Thread(this::run, "doundo-service");
    thread = starting;
    running = true;
    starting.start();
  }

  @Override
  public void stop() {
    stopping = true;
    running = false;
    Thread working = thread;
    if (working != null) {
      working.interrupt();
      join(working);
    }
    ControlPlane stoppedPlane = controlPlane;
    List<Runnable> readers = new ArrayList<>();
    if (index != null) {
      readers.add(index::close);
    }
    if (stoppedPlane != null) {
      readers.add(stoppedPlane::stopListening);
    }
    jobs.stop(readers);
    StreamsEngine stoppedEngine = engine;
    if (stoppedEngine != null) {
      LOG.info("Stopping the engine");
      stoppedEngine.close();
    }
    if (stoppedPlane != null) {
      stoppedPlane.close();
    }
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** Below the web server's, so that requests end before what they read. */
  @Override
  public int getPhase() {
    return 0;
  }

  private void run() {
    try {
      awaitBroker();
      ControlPlane plane = startControlPlane();
      watch(startEngine(plane));
    } catch (InterruptedException e) {
      LOG.debug("stopped while starting or running");
    } catch (ProvisioningException e) {
      fail(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      if (!stopping) {
        LOG.error("Startup failed", e);
        fail(String.valueOf(e.getMessage()));
      }
    }
  }

  private void awaitBroker() throws InterruptedException {
    WaitReminder wait = new WaitReminder(System.nanoTime());
    String failure = broker.failure();
    while (failure != null) {
      if (wait.isDue(System.nanoTime())) {
        LOG.warn("Waiting for Kafka at {}: {}", broker.address(), failure);
      }
      Thread.sleep(LOOK_AGAIN.toMillis());
      failure = broker.failure();
    }
    LOG.info("Kafka answers at {}", broker.address());
  }

  private ControlPlane startControlPlane() throws InterruptedException {
    while (true) {
      ControlPlane plane = new ControlPlane(registrationSettings, Clock.systemUTC());
      try {
        plane.start();
        plane.metrics().bindTo(meters);
        controlPlane = plane;
        return plane;
      } catch (ProvisioningException | KafkaException e) {
        plane.close();
        requireNotStopping();
        // Without a cause it is about the topics themselves, and waiting does not mend them.
        if (e.getCause() == null && e instanceof ProvisioningException) {
          throw e;
        }
        LOG.warn("The topics are not ready; retrying: {}", e.getMessage());
        awaitBroker();
        Thread.sleep(LOOK_AGAIN.toMillis());
      }
    }
  }

  private StreamsEngine startEngine(ControlPlane plane) throws InterruptedException {
    StreamsEngine created = new StreamsEngine(engineSettings, plane.topics());
    engine = created;
    created.metrics().bindTo(meters);
    for (int tries = 1; ; tries++) {
      try {
        created.start();
        return created;
      } catch (IllegalStateException e) {
        requireNotStopping();
        // In a cluster, some brokers learn of new topics later than the one that was asked before.
        if (tries == START_TRIES) {
          throw e;
        }
        LOG.warn("The engine did not start; retrying: {}", e.getMessage());
        Thread.sleep(LOOK_AGAIN.toMillis());
      }
    }
  }

  private void requireNotStopping() throws InterruptedException {
    if (stopping) {
      throw new InterruptedException("stopping");
    }
  }

  /** Says when it is ready, and ends the process's liveness when the engine gives up for good. */
  private void watch(StreamsEngine started) throws InterruptedException {
    boolean ready = false;
    while (started.state() != EngineState.FAILED) {
      if (!ready && started.state() == EngineState.RUNNING) {
        ready = true;
        LOG.info("The engine is processing records");
        if (index != null) {
          index.start();
        }
        jobs.start();
      }
      Thread.sleep(LOOK_AGAIN.toMillis() / 4);
    }
    LOG.error(
        "The engine has stopped and cannot recover; see the errors above, then restart the orchestrator");
    AvailabilityChangeEvent.publish(events, this, LivenessState.BROKEN);
  }

  private void fail(String reason) {
    LOG.error("\n\n*** DoUndo cannot start ***\n\n{}\n", reason);
    AvailabilityChangeEvent.publish(events, this, LivenessState.BROKEN);
    // The caller must not wait for this thread, which waits for the end of the application.
    thread = null;
    events.publishEvent(new StartupFailure(reason));
  }

  private static void join(Thread working) {
    try {
      working.join(STOP.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
