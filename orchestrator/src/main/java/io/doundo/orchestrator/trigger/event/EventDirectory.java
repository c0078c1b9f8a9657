package io.doundo.orchestrator.trigger.event;

import io.doundo.orchestrator.definition.EventTrigger;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.OrchestrationStatus;
import io.doundo.orchestrator.definition.Trigger;
import io.doundo.orchestrator.query.definition.Definitions;
import io.doundo.orchestrator.trigger.TriggerProgram;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event triggers of the newest version of every orchestration. One whose expressions cannot be
 * compiled, because an earlier release has stored it, is left out and named. Where a later release
 * has stored a version that this one cannot read, the triggers of the newest version that can be
 * read go on firing; where no version can be read, those that this instance has seen last. Such an
 * orchestration is named, and the others are not affected. Used by the reading thread only.
 */
public final class EventDirectory implements Supplier<EventDirectory.Found> {

  private static final Logger LOG = LoggerFactory.getLogger(EventDirectory.class);

  /**
   * The triggers.
   *
   * @param subscriptions by name
   * @param unusable those that are left out, by name, and why; also the orchestrations whose newest
   *     version cannot be read
   */
  public record Found(List<EventSubscription> subscriptions, Map<String, String> unusable) {
    public Found {
      subscriptions = List.copyOf(subscriptions);
      unusable = Map.copyOf(unusable);
    }
  }

  /** A program, or why there is none. */
  private record Compiled(@Nullable TriggerProgram program, String problem) {}

  private final Definitions definitions;

  /** Compiled anew only when the definition is another one. */
  private Map<String, Compiled> known = new HashMap<>();

  /** The triggers of the last look, by orchestration. */
  private Map<String, List<EventSubscription>> last = new HashMap<>();

  /** The orchestrations whose newest version could not be read at the last look, and why. */
  private Map<String, String> outdated = Map.of();

  public EventDirectory(Definitions definitions) {
    this.definitions = definitions;
  }

  @Override
  public Found get() {
    List<EventSubscription> found = new ArrayList<>();
    Map<String, String> unusable = new TreeMap<>();
    Map<String, Compiled> used = new HashMap<>();
    Definitions.WithTriggers registered = definitions.triggered();
    unusable.putAll(registered.outdated());
    tell(registered.outdated());
    for (String orchestration : registered.unreadable()) {
      found.addAll(last.getOrDefault(orchestration, List.of()));
    }
    for (Definitions.Triggered triggered : registered.triggered()) {
      Orchestration definition = triggered.definition();
      for (Trigger trigger : definition.triggers()) {
        EventTrigger event = trigger.event();
        if (event != null) {
          String key = definition.id().topicKey() + '/' + trigger.name();
          Compiled compiled = known.get(key);
          if (compiled == null) {
            compiled = compile(definition.name(), trigger.name(), event);
          }
          used.put(key, compiled);
          if (compiled.program() == null) {
            unusable.put(definition.name() + '/' + trigger.name(), compiled.problem());
          } else {
            found.add(subscription(triggered, trigger.name(), event, compiled.program()));
          }
        }
      }
    }
    known = used;
    last = found.stream().collect(Collectors.groupingBy(EventSubscription::orchestration));
    found.sort(Comparator.comparing(EventSubscription::id));
    return new Found(found, unusable);
  }

  private void tell(Map<String, String> now) {
    now.forEach(
        (orchestration, why) -> {
          if (!why.equals(outdated.get(orchestration))) {
            LOG.error(
                "The event triggers of {} are those of an earlier version, because this release"
                    + " cannot read the newest: {}",
                orchestration,
                why);
          }
        });
    outdated = now;
  }

  private static Compiled compile(String orchestration, String name, EventTrigger event) {
    String id = orchestration + '/' + name;
    try {
      return new Compiled(new TriggerProgram(orchestration, "event/" + id, event.mapping()), "");
    } catch (RuntimeException e) {
      LOG.error(
          "The event trigger {} is left out, because its expressions cannot be compiled: register"
              + " its orchestration again",
          id,
          e);
      return new Compiled(null, String.valueOf(e.getMessage()));
    }
  }

  private EventSubscription subscription(
      Definitions.Triggered triggered, String name, EventTrigger event, TriggerProgram program) {
    String orchestration = triggered.definition().name();
    return new EventSubscription(
        orchestration,
        name,
        triggered.status() == OrchestrationStatus.ACTIVE,
        event,
        program,
        () -> definitions.hasReadSince(orchestration, name, event.topic()));
  }
}
