package io.doundo.orchestrator.registration;

import io.doundo.orchestrator.streams.TopicCatalog;
import io.doundo.protocol.Topics;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.admin.Admin;

/**
 * Everything of this package, started and stopped in the right order. After {@link #start} the
 * orchestrator's topics exist, so the data plane may be started; it must be stopped first.
 */
public final class ControlPlane implements AutoCloseable {

  private final Admin admin;
  private final TopicProvisioner provisioner;
  private final KnownTopics topics;
  private final RegistrationCounts counts = new RegistrationCounts();
  private final RegistrationListener listener;
  private final RegistrationBacklog backlog;
  private final Clock clock;

  public ControlPlane(RegistrationSettings settings, Clock clock) {
    this(settings, Admin.create(settings.client("admin")), clock);
  }

  ControlPlane(RegistrationSettings settings, Admin admin, Clock clock) {
    this.admin = admin;
    this.provisioner = new TopicProvisioner(admin, settings);
    this.topics = new KnownTopics(admin, provisioner::remakeOutputs);
    this.clock = clock;
    this.listener =
        new RegistrationListener(
            settings, new StepTopics(provisioner, topics, settings), counts, clock);
    this.backlog = new RegistrationBacklog(admin, settings, clock, RegistrationBacklog.PATIENCE);
  }

  /**
   * Creates and checks the topics and begins to take registrations.
   *
   * @throws ProvisioningException when a topic is not as it must be, or no broker answers
   */
  public void start() {
    provisioner.provision();
    topics.start();
    listener.start();
    backlog.start();
  }

  /** Which topics exist, for the data plane. */
  public TopicCatalog topics() {
    return topics;
  }

  /** What currently blocks registrations, here or in another instance; empty if nothing does. */
  public Optional<RegistrationBlock> block() {
    return listener.block().or(backlog::block);
  }

  /** Whether registrations are listened for; false only after a failure that ends the thread. */
  public boolean isListening() {
    return listener.isRunning();
  }

  /** Meters for the outcomes of registrations and for how long one has been blocked. */
  public MeterBinder metrics() {
    return meters -> {
      count(meters, "accepted", counts.accepted());
      count(meters, "refused", counts.refused());
      count(meters, "given_up", counts.givenUp());
      FunctionCounter.builder(
              "doundo.dead.letters",
              counts,
              each -> each.refused().doubleValue() + each.givenUp().doubleValue())
          .description("Dead letters that this instance has written")
          .tag("source", Topics.REGISTRATION)
          .register(meters);
      Gauge.builder("doundo.registrations.held.up", this, ControlPlane::blockSeconds)
          .description("How long the next registration in line has been failing")
          .baseUnit("seconds")
          .register(meters);
    };
  }

  private static void count(MeterRegistry meters, String outcome, LongAdder count) {
    FunctionCounter.builder("doundo.registrations", count, LongAdder::sum)
        .description("Registration records by their outcome")
        .tag("outcome", outcome)
        .register(meters);
  }

  private double blockSeconds() {
    return block()
        .map(block -> Duration.between(block.since(), clock.instant()).toMillis() / 1_000.0)
        .orElse(0.0);
  }

  /** Takes no more registrations. What it knows of the topics stays, for the data plane. */
  public void stopListening() {
    backlog.close();
    listener.close();
  }

  @Override
  public void close() {
    stopListening();
    topics.close();
    admin.close();
  }
}
