package io.doundo.orchestrator.app;

import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.query.definition.Definitions;
import io.doundo.orchestrator.query.tail.FlowIndex;
import io.doundo.orchestrator.registration.ControlPlane;
import io.doundo.orchestrator.streams.EngineState;
import io.doundo.orchestrator.streams.client.StreamsEngine;
import io.doundo.protocol.Topics;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Whether flows can be registered, started and moved on right now, and if not, everything that is
 * in the way. Named {@code orchestrator} in the health endpoint; readiness includes it.
 */
@Component("orchestrator")
final class OrchestratorHealthIndicator implements HealthIndicator {

  private static final List<String> NEEDED =
      List.of(
          Topics.REGISTRATION,
          Topics.REGISTRATION_STATUS,
          Topics.DEFINITIONS,
          Topics.EXECUTION_START,
          Topics.RESPONSE,
          Topics.CONTROL,
          Topics.REKEY,
          Topics.ARCHIVE,
          Topics.SHARED_EVENT,
          Topics.FLOW_EVENTS,
          Topics.SCHEDULES,
          Topics.BREAKERS,
          Topics.NOTIFICATIONS,
          Topics.DEAD_LETTER);

  private final BrokerProbe broker;
  private final OrchestratorService service;
  private final Definitions definitions;
  private final ObjectProvider<FlowIndex> index;

  OrchestratorHealthIndicator(
      BrokerProbe broker,
      OrchestratorService service,
      Definitions definitions,
      ObjectProvider<FlowIndex> index) {
    this.broker = broker;
    this.service = service;
    this.definitions = definitions;
    this.index = index;
  }

  @Override
  public Health health() {
    List<String> obstacles = new ArrayList<>();
    String unreachable = broker.failure();
    if (unreachable != null) {
      obstacles.add("Kafka at " + broker.address() + " does not answer: " + unreachable);
    }
    checkControlPlane(obstacles);
    EngineState state = service.engine().map(StreamsEngine::state).orElse(EngineState.CREATED);
    checkEngine(state, obstacles);
    Optional<String> trouble = service.engine().flatMap(StreamsEngine::trouble);
    List<String> blocked = service.engine().map(StreamsEngine::blockedInputs).orElse(List.of());
    if (state != EngineState.RUNNING) {
      trouble.ifPresent(obstacles::add);
      obstacles.addAll(blocked);
    }
    Health.Builder health = obstacles.isEmpty() ? Health.up() : Health.outOfService();
    trouble.ifPresent(known -> health.withDetail("streamThreads", known));
    if (!blocked.isEmpty()) {
      health.withDetail("blockedInputs", blocked);
    }
    index.ifAvailable(known -> health.withDetail("listsComplete", known.caughtUp()));
    return health
        .withDetail("registrations", registrations())
        .withDetail("kafka", broker.address())
        .withDetail("engine", state)
        .withDetail("notReady", obstacles)
        .build();
  }

  /** A blocked registration is no reason to withhold flows, so it is only a detail. */
  private String registrations() {
    ControlPlane plane = service.controlPlane().orElse(null);
    if (plane == null || !plane.isListening()) {
      return "not consumed";
    }
    return plane.block().map(block -> "blocked " + block).orElse("accepted");
  }

  private void checkControlPlane(List<String> obstacles) {
    ControlPlane plane = service.controlPlane().orElse(null);
    if (plane == null) {
      obstacles.add("the topics have not been checked yet");
      return;
    }
    List<String> missing = NEEDED.stream().filter(topic -> !plane.topics().exists(topic)).toList();
    if (!missing.isEmpty()) {
      obstacles.add("topics are missing: " + String.join(", ", missing));
    }
    if (!plane.isListening()) {
      obstacles.add("registrations are not consumed; see the log");
    }
  }

  private void checkEngine(EngineState state, List<String> obstacles) {
    switch (state) {
      case CREATED -> obstacles.add("the engine has not started yet");
      case RESTORING -> obstacles.add("the engine is restoring its state or rebalancing");
      case FAILED -> obstacles.add("the engine has failed; see the log");
      case STOPPED -> obstacles.add("the engine is stopping");
      case RUNNING -> checkDefinitions(obstacles);
    }
  }

  private void checkDefinitions(List<String> obstacles) {
    try {
      definitions.isKnown("any");
    } catch (ReadsUnavailableException e) {
      obstacles.add("the definitions have not been read yet");
    }
  }
}
