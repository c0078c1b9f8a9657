package io.doundo.worker.autoconfigure;

import io.doundo.protocol.Json;
import io.doundo.worker.RegistrationOutcome;
import io.doundo.worker.SagaClient;
import io.doundo.worker.binding.HandlerScanner;
import io.doundo.worker.binding.JsonBinder;
import io.doundo.worker.binding.Step;
import io.doundo.worker.delivery.DeliverySettings;
import io.doundo.worker.delivery.Worker;
import io.doundo.worker.fence.Fence;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
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
  private @Nullable Worker worker;
  private volatile boolean running;

  WorkerLifecycle(
      ConfigurableListableBeanFactory beans,
      JsonBinder json,
      RegistrationDocuments documents,
      SagaClient client,
      DeliverySettings settings,
      ObjectProvider<Fence> fence,
      MeterRegistry meters) {
    this.beans = beans;
    this.json = json;
    this.documents = documents;
    this.client = client;
    this.settings = settings;
    this.fence = fence;
    this.meters = meters;
  }

  @Override
  public void start() {
    List<Step> steps = new HandlerScanner(beans, json).scan(documents.steps());
    for (Resource document : documents.documents()) {
      register(document);
    }
    if (!steps.isEmpty()) {
      serve(steps);
    }
    running = true;
  }

  private void serve(List<Step> steps) {
    for (Step step : steps) {
      log.info(
          "Serving {}: DO by {}, UNDO by {}", step.key(), step.doHandler(), step.undoHandler());
    }
    Worker started = new Worker(settings, steps, fence.getObject(), json, meters);
    worker = started;
    started.start();
    register(new ByteArrayResource(declaration(steps), "the declaration of this worker"));
  }

  private static byte[] declaration(List<Step> steps) {
    Map<String, ArrayNode> declared = new TreeMap<>();
    ObjectNode document = Json.MAPPER.createObjectNode();
    ArrayNode orchestrations = document.putArray("orchestrations");
    for (Step step : steps) {
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

  private void register(Resource document) {
    String name = document.getDescription();
    CompletionStage<RegistrationOutcome> registered = client.register(document);
    registered.whenComplete(
        (outcome, error) -> {
          if (error != null) {
            log.warn("{} is not registered yet: {}", name, error.getMessage());
          } else {
            report(name, outcome);
          }
        });
  }

  private static void report(String name, RegistrationOutcome outcome) {
    if (outcome.accepted()) {
      log.info("{} is registered: {}", name, outcome.orchestration());
    } else {
      log.error("{} was refused by the orchestrator: {}", name, outcome.problems());
    }
    outcome.warnings().forEach(warning -> log.warn("{}: {}", name, warning));
  }

  @Override
  public void stop() {
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
