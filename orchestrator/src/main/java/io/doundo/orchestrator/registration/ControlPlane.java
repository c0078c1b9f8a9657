package io.doundo.orchestrator.registration;

import io.doundo.orchestrator.streams.TopicCatalog;
import java.time.Clock;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;

/**
 * Everything of this package, started and stopped in the right order. After {@link #start} the
 * orchestrator's topics exist, so the data plane may be started; it is to be stopped first.
 */
public final class ControlPlane implements AutoCloseable {

  private final Admin admin;
  private final TopicProvisioner provisioner;
  private final KnownTopics topics;
  private final RegistrationListener listener;

  public ControlPlane(RegistrationSettings settings, Clock clock) {
    this.admin = Admin.create(settings.client("admin"));
    this.provisioner = new TopicProvisioner(admin, settings);
    this.topics = new KnownTopics(admin);
    this.listener = new RegistrationListener(settings, provisioner, topics, clock);
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
  }

  /** Which topics exist, for the data plane. */
  public TopicCatalog topics() {
    return topics;
  }

  /** Why registrations are not taken just now; empty when they are. */
  public Optional<String> trouble() {
    return listener.trouble();
  }

  @Override
  public void close() {
    listener.close();
    topics.close();
    admin.close();
  }
}
