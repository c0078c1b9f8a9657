package io.doundo.orchestrator.registration;

import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Orchestration.BreakerFigures;
import io.doundo.orchestrator.definition.Step;
import io.doundo.orchestrator.definition.Trigger;
import io.doundo.orchestrator.definition.compiler.DefinitionCodec;
import io.doundo.orchestrator.definition.compiler.DefinitionHistory;
import io.doundo.orchestrator.definition.compiler.WorkerDeclarations;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.MalformedRecordException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * The registration listener's view of the definitions topic: read to its end before the first
 * registration is processed, and from then on changed only by the listener itself, which is the
 * topic's only writer. Confined to the listener's thread.
 */
final class DefinitionsView {

  private static final TopicPartition PARTITION = new TopicPartition(Topics.DEFINITIONS, 0);
  private static final Duration POLL = Duration.ofMillis(500);
  private static final String WORKERS_SUFFIX = WorkerDeclarations.topicKey("");

  private final Map<String, DefinitionHistory> histories = new HashMap<>();
  private final Map<String, WorkerDeclarations> workers = new HashMap<>();
  private final Map<String, Set<String>> stepNames = new HashMap<>();
  private final Map<String, List<Trigger>> triggers = new HashMap<>();
  private final Map<String, List<BreakerFigures>> breakers = new HashMap<>();

  /**
   * Reads the topic to its end. The consumer must be read_committed, and every other writer must
   * have been fenced before, so that the end is the last word.
   */
  static DefinitionsView read(Consumer<String, byte[]> consumer) {
    DefinitionsView view = new DefinitionsView();
    consumer.assign(List.of(PARTITION));
    consumer.seekToBeginning(List.of(PARTITION));
    long end = consumer.endOffsets(List.of(PARTITION)).getOrDefault(PARTITION, 0L);
    while (consumer.position(PARTITION) < end) {
      consumer.poll(POLL).forEach(view::accept);
    }
    return view;
  }

  private DefinitionHistory history(String name) {
    return histories.getOrDefault(name, DefinitionHistory.EMPTY);
  }

  private WorkerDeclarations workers(String name) {
    return workers.getOrDefault(name, WorkerDeclarations.EMPTY);
  }

  /** A copy to change while one record is carried out; nothing counts before it is adopted. */
  ViewDraft draft() {
    return new ViewDraft(this);
  }

  /** Takes over what a draft changed, once it is committed. */
  void adopt(ViewDraft draft) {
    histories.putAll(draft.changed.histories);
    workers.putAll(draft.changed.workers);
    stepNames.putAll(draft.changed.stepNames);
    triggers.putAll(draft.changed.triggers);
    breakers.putAll(draft.changed.breakers);
  }

  /** The view with what one record changes. Confined to the listener's thread. */
  static final class ViewDraft {

    private final DefinitionsView base;
    private final DefinitionsView changed = new DefinitionsView();

    private ViewDraft(DefinitionsView base) {
      this.base = base;
    }

    DefinitionHistory history(String name) {
      return changed.histories.getOrDefault(name, base.history(name));
    }

    WorkerDeclarations workers(String name) {
      return changed.workers.getOrDefault(name, base.workers(name));
    }

    /** The step names of the newest version, or empty when the name is not registered. */
    Optional<Set<String>> steps(String name) {
      return history(name)
          .latest()
          .map(
              latest -> {
                String key = new DefinitionId(name, latest.hash()).topicKey();
                return changed.stepNames.getOrDefault(
                    key, base.stepNames.getOrDefault(key, Set.of()));
              });
    }

    /** The triggers of the newest version; none when the name is not registered. */
    List<Trigger> triggers(String name) {
      return history(name)
          .latest()
          .map(
              latest -> {
                String key = new DefinitionId(name, latest.hash()).topicKey();
                return changed.triggers.getOrDefault(
                    key, base.triggers.getOrDefault(key, List.of()));
              })
          .orElse(List.of());
    }

    /** What the newest version declares for breakers; nothing when the name is not registered. */
    List<BreakerFigures> breakers(String name) {
      return history(name)
          .latest()
          .map(
              latest -> {
                String key = new DefinitionId(name, latest.hash()).topicKey();
                return changed.breakers.getOrDefault(
                    key, base.breakers.getOrDefault(key, List.of()));
              })
          .orElse(List.of());
    }

    void add(Orchestration definition, DefinitionHistory history) {
      changed.histories.put(definition.name(), history);
      changed.keepDeclared(definition.id().topicKey(), definition);
      changed.stepNames.put(definition.id().topicKey(), stepNames(definition));
    }

    void add(String name, DefinitionHistory history) {
      changed.histories.put(name, history);
    }

    void add(String name, WorkerDeclarations declarations) {
      changed.workers.put(name, declarations);
    }
  }

  private void accept(ConsumerRecord<String, byte[]> stored) {
    String key = stored.key();
    if (key == null || stored.value() == null) {
      return;
    }
    try {
      if (key.endsWith(WORKERS_SUFFIX)) {
        workers.put(
            key.substring(0, key.length() - WORKERS_SUFFIX.length()),
            WorkerDeclarations.decode(stored.value()));
      } else if (key.indexOf(':') >= 0) {
        Orchestration definition = DefinitionCodec.decode(stored.value());
        stepNames.put(key, stepNames(definition));
        keepDeclared(key, definition);
      } else {
        histories.put(key, DefinitionHistory.decode(stored.value()));
      }
    } catch (MalformedRecordException e) {
      // Only this program writes here: going on would rewrite history from a hole.
      throw new IllegalStateException(
          "the record %s at offset %d of %s cannot be read: %s"
              .formatted(key, stored.offset(), Topics.DEFINITIONS, e.reason()),
          e);
    }
  }

  /** Most have none. */
  private void keepDeclared(String key, Orchestration definition) {
    if (!definition.triggers().isEmpty()) {
      triggers.put(key, definition.triggers());
    }
    if (!definition.breakers().isEmpty()) {
      breakers.put(key, definition.breakers());
    }
  }

  private static Set<String> stepNames(Orchestration definition) {
    return definition.allSteps().stream().map(Step::name).collect(Collectors.toUnmodifiableSet());
  }
}
