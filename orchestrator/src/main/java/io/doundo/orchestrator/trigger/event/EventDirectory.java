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
import java.util.function.Supplier;

/**
 * The event triggers of the newest version of every orchestration. Used by the reading thread only.
 */
public final class EventDirectory implements Supplier<List<EventSubscription>> {

  private final Definitions definitions;

  /** Compiled anew only when the definition is another one. */
  private Map<String, TriggerProgram> programs = new HashMap<>();

  public EventDirectory(Definitions definitions) {
    this.definitions = definitions;
  }

  @Override
  public List<EventSubscription> get() {
    List<EventSubscription> found = new ArrayList<>();
    Map<String, TriggerProgram> used = new HashMap<>();
    for (Definitions.Triggered triggered : definitions.triggered()) {
      Orchestration definition = triggered.definition();
      for (Trigger trigger : definition.triggers()) {
        EventTrigger event = trigger.event();
        if (event != null) {
          String initiator = "event/" + definition.name() + '/' + trigger.name();
          String key = definition.id().topicKey() + '/' + trigger.name();
          TriggerProgram program =
              programs.getOrDefault(
                  key, new TriggerProgram(definition.name(), initiator, event.mapping()));
          used.put(key, program);
          found.add(
              new EventSubscription(
                  definition.name(),
                  trigger.name(),
                  triggered.status() == OrchestrationStatus.ACTIVE,
                  event,
                  program,
                  () ->
                      definitions.hasReadSince(definition.name(), trigger.name(), event.topic())));
        }
      }
    }
    programs = used;
    found.sort(Comparator.comparing(EventSubscription::id));
    return found;
  }
}
