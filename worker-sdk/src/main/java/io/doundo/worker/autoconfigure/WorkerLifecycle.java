package io.doundo.worker.autoconfigure;

import static org.springframework.boot.availability.LivenessState.BROKEN;

import io.doundo.protocol.json.Json;
import io.doundo.worker.SagaClient;
import io.doundo.worker.autoconfigure.DocumentRegistration.NamedDocument;
import io.doundo.worker.autoconfigure.DocumentRegistration.Registration;
import io.doundo.worker.autoconfigure.DocumentRegistration.RegistrationState;
import io.doundo.worker.binding.HandlerScanner;
import io.doundo.worker.binding.JsonBinder;
import io.doundo.worker.binding.ServedStep;
import io.doundo.worker.delivery.DeliverySettings;
import io.doundo.worker.delivery.Worker;
import io.doundo.worker.delivery.WorkerState;
import io.doundo.worker.fence.Fence;
import io.doundo.worker.threads.HandlerThreads;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.Resource;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Starts the worker once all beans are there, and stops it before any of them is gone: finds the
 * handlers, registers documents and the worker itself, serves. An application without handlers
 * serves nothing and needs no Redis.
 */
final class WorkerLifecycle implements SmartLifecycle {

  private static final Logger log = LoggerFactory.getLogger(WorkerLifecycle.class);

  private final ConfigurableListableBeanFactory beans;
  private final JsonBinder json;
  private final RegistrationDocuments documents;
  private final SagaClient client;
  private final DeliverySettings settings;
  private final ObjectProvider<Fence> fence;
  private final MeterRegistry meters;
  private final ObservationRegistry observations;
  private final Supplier<HandlerThreads> threads;
  private final ApplicationEventPublisher events;
  private volatile @Nullable Worker worker;
  private volatile @Nullable DocumentRegistration registrations;
  private volatile boolean running;

  WorkerLifecycle(
      ConfigurableListableBeanFactory beans,
      JsonBinder json,
      RegistrationDocuments documents,
      SagaClient client,
      DeliverySettings settings,
      ObjectProvider<Fence> fence,
      MeterRegistry meters,
      ObservationRegistry observations,
      Supplier<HandlerThreads> threads,
      ApplicationEventPublisher events) {
    this.beans = beans;
    this.json = json;
    this.documents = documents;
    this.client = client;
    this.settings = settings;
    this.fence = fence;
    this.meters = meters;
    this.observations = observations;
    this.threads = threads;
    this.events = events;
  }

  @Override
  public void start() {
    List<ServedStep> steps = new HandlerScanner(beans, json).scan(documents.steps());
    List<NamedDocument> toRegister = new ArrayList<>();
    for (Resource document : documents.documents()) {
      toRegister.add(new NamedDocument(document.getDescription(), document));
    }
    if (!steps.isEmpty()) {
      serve(steps);
      toRegister.add(
          new NamedDocument(
              "The declaration of the steps of " + settings.service(),
              new ByteArrayResource(declaration(steps))));
    }
    DocumentRegistration started = new DocumentRegistration(client);
    started.register(toRegister);
    registrations = started;
    countRegistrations();
    running = true;
  }

  private void countRegistrations() {
    for (RegistrationState state : RegistrationState.values()) {
      Gauge.builder("doundo.worker.registrations", () -> countOf(state))
          .description("Registration documents by outcome")
          .tag("standing", state.name().toLowerCase(Locale.ROOT))
          .register(meters);
    }
  }

  private long countOf(RegistrationState state) {
    return registrations().values().stream()
        .filter(registration -> registration.state() == state)
        .count();
  }

  private void serve(List<ServedStep> steps) {
    for (ServedStep step : steps) {
      log.info(
          "Serving {}: DO by {}, UNDO by {}", step.key(), step.doHandler(), step.undoHandler());
    }
    Worker started =
        new Worker(settings, steps, fence.getObject(), json, meters, observations, threads.get());
    started.onDeath(reason -> AvailabilityChangeEvent.publish(events, started, BROKEN));
    started.start();
    worker = started;
  }

  /** How the worker does; null while there is none. */
  @Nullable WorkerState state() {
    Worker serving = worker;
    return serving == null ? null : serving.state();
  }

  /** Where each registration document stands, by its name. */
  Map<String, Registration> registrations() {
    DocumentRegistration begun = registrations;
    return begun == null ? Map.of() : begun.states();
  }

  private static byte[] declaration(List<ServedStep> steps) {
    Map<String, ArrayNode> declared = new TreeMap<>();
    ObjectNode document = Json.MAPPER.createObjectNode();
    ArrayNode orchestrations = document.putArray("orchestrations");
    for (ServedStep step : steps) {
      declared
          .computeIfAbsent(
              step.key().orchestration(),
              name ->
                  orchestrations
                      .addObject()
                      .put("orchestrationName", name)
                      .put("as", "worker")
                      .putArray("steps"))
          .addObject()
          .put("name", step.key().step());
    }
    return Json.of(document).bytes();
  }

  @Override
  public void stop() {
    DocumentRegistration begun = registrations;
    if (begun != null) {
      begun.close();
    }
    Worker started = worker;
    if (started != null) {
      started.stop();
      worker = null;
    }
    running = false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
