package io.doundo.orchestrator.streams.task;

import io.doundo.orchestrator.core.state.PartOf;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.OrchestrationStatus;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Work;
import io.doundo.orchestrator.definition.compiler.DefinitionCodec;
import io.doundo.orchestrator.definition.compiler.DefinitionHistory;
import io.doundo.orchestrator.evaluation.FlowEvaluator;
import io.doundo.orchestrator.streams.state.StoreNames;
import io.doundo.protocol.json.MalformedRecordException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The definitions of one task's flows. A definition is taken from the global store once and kept
 * with the task, so that a flow that moves never waits for the global store. Not for several
 * threads.
 */
final class TaskDefinitions {

  private static final Logger LOG = LoggerFactory.getLogger(TaskDefinitions.class);

  private final KeyValueStore<String, byte[]> kept;
  private final KeyValueStore<String, byte[]> registered;
  private final Map<String, String> breakersOfConnections;
  private final Map<DefinitionId, Orchestration> compiled = new HashMap<>();
  private final Map<DefinitionId, Orchestration> running = new HashMap<>();
  private final Map<Body, Orchestration> bodies = new HashMap<>();
  private final Set<DefinitionId> known = new HashSet<>();
  private final Map<String, ReadHistory> histories = new HashMap<>();

  /** A history with the bytes it was read from, which are replaced when it changes. */
  @SuppressWarnings("ArrayRecordComponent") // Compared by identity only.
  private record ReadHistory(byte[] bytes, DefinitionHistory history) {}

  /** The steps of a part in their document. */
  private record Body(DefinitionId definition, String path) {}

  /**
   * @param breakersOfConnections the breaker of each connection that has one
   */
  TaskDefinitions(ProcessorContext<?, ?> context, Map<String, String> breakersOfConnections) {
    this.breakersOfConnections = breakersOfConnections;
    this.kept = context.getStateStore(StoreNames.TASK_DEFINITIONS);
    this.registered = context.getStateStore(StoreNames.DEFINITIONS);
  }

  /**
   * The definition for a start that was appended at this time, or null when there is none yet.
   *
   * @param appendedAt ms since the epoch
   */
  @Nullable Orchestration choose(String name, long appendedAt) {
    DefinitionHistory history = history(name);
    if (history == null) {
      return null;
    }
    return history
        .at(appendedAt)
        .map(version -> within(find(new DefinitionId(name, version.hash())), null))
        .orElse(null);
  }

  /**
   * Why the orchestration does not accept a start appended at this time; null when it does, or when
   * it is not registered.
   *
   * @param appendedAt ms since the epoch
   */
  @Nullable String refusal(String name, long appendedAt) {
    DefinitionHistory history = history(name);
    if (history == null || history.latest().isEmpty()) {
      return null;
    }
    OrchestrationStatus status = history.statusAt(appendedAt);
    return status == OrchestrationStatus.ACTIVE
        ? null
        : "orchestration " + name + " is " + status.word();
  }

  /** The newest version of an orchestration, for a part that is about to begin. */
  FlowEvaluator.Newest newest(String name, long now) {
    String refusal = refusal(name, now);
    DefinitionHistory history = history(name);
    Orchestration newest =
        history == null
            ? null
            : history
                .latest()
                .map(version -> find(new DefinitionId(name, version.hash())))
                .orElse(null);
    return new FlowEvaluator.Newest(newest, refusal);
  }

  /** The definition a flow runs on. */
  Orchestration of(DefinitionId id, @Nullable PartOf partOf) {
    Orchestration definition = within(find(id), partOf);
    if (definition == null) {
      throw new IllegalStateException("definition " + id + " of a running flow is missing");
    }
    return definition;
  }

  /**
   * The definition that a part is to run; null while this instance has not read it yet. It exists:
   * the part's parent has read it.
   */
  @Nullable Orchestration of(PartOf partOf) {
    return within(find(partOf.definition()), partOf);
  }

  private @Nullable Orchestration within(@Nullable Orchestration whole, @Nullable PartOf partOf) {
    String path = partOf == null ? null : partOf.path();
    if (whole == null) {
      return null;
    }
    return path == null
        ? running.computeIfAbsent(whole.id(), unused -> behindBreakers(whole))
        : bodies.computeIfAbsent(
            new Body(whole.id(), path), unused -> behindBreakers(whole.part(path)));
  }

  /** HTTP steps that name no breaker stand behind that of their connection. */
  private Orchestration behindBreakers(Orchestration definition) {
    return breakersOfConnections.isEmpty() ? definition : definition.withSteps(this::behindBreaker);
  }

  private Step behindBreaker(Step step) {
    String connection =
        step.breaker() == null && step.work() instanceof Work.Http http
            ? http.request().connection()
            : null;
    String breaker = connection == null ? null : breakersOfConnections.get(connection);
    return breaker == null ? step : step.withBreaker(breaker);
  }

  /** Keeps a definition with the task, unless it is kept already. */
  void keep(Orchestration definition, Plan plan) {
    DefinitionId id = definition.id();
    if (!known.contains(id)) {
      // As it was registered: it is known by the hash of its content.
      byte[] bytes = DefinitionCodec.encode(Objects.requireNonNull(find(id)));
      plan.write(
          () -> {
            kept.put(id.topicKey(), bytes);
            known.add(id);
          });
    }
  }

  private @Nullable Orchestration find(DefinitionId id) {
    Orchestration found = compiled.get(id);
    if (found != null) {
      return found;
    }
    byte[] bytes = kept.get(id.topicKey());
    if (bytes != null) {
      known.add(id);
    } else {
      bytes = registered.get(id.topicKey());
    }
    if (bytes == null) {
      return null;
    }
    try {
      Orchestration definition = DefinitionCodec.decode(bytes);
      compiled.put(id, definition);
      return definition;
    } catch (MalformedRecordException e) {
      LOG.error("definition {} cannot be read: {}", id, e.reason());
      return null;
    }
  }

  private @Nullable DefinitionHistory history(String name) {
    byte[] bytes = registered.get(name);
    if (bytes == null) {
      return null;
    }
    ReadHistory read = histories.get(name);
    if (read != null && read.bytes() == bytes) {
      return read.history();
    }
    try {
      DefinitionHistory history = DefinitionHistory.decode(bytes);
      histories.put(name, new ReadHistory(bytes, history));
      return history;
    } catch (MalformedRecordException e) {
      LOG.error("the history of orchestration {} cannot be read: {}", name, e.reason());
      return null;
    }
  }
}
