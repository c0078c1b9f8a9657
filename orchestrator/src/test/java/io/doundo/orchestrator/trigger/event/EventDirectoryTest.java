package io.doundo.orchestrator.trigger.event;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.EventMapping;
import io.doundo.orchestrator.definition.EventTrigger;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.Trigger;
import io.doundo.orchestrator.definition.compiler.DefinitionHistory;
import io.doundo.orchestrator.definition.compiler.WorkerDeclarations;
import io.doundo.orchestrator.query.definition.Definitions;
import io.doundo.orchestrator.streams.read.DefinitionReader;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class EventDirectoryTest {

  private final Map<String, Orchestration> registered = new TreeMap<>();
  private final EventDirectory directory = new EventDirectory(new Definitions(new Registered()));

  private static Trigger trigger(String name, String when) {
    return new Trigger(
        name,
        new EventTrigger(
            "leads", EventTrigger.From.LATEST, new EventMapping(when, null, null, null)));
  }

  private void register(String name, Trigger... triggers) {
    registered.put(name, chain(name, "pay").with(List.of(triggers)));
  }

  @Test
  void aTriggerThatDoesNotCompile_isLeftOutAndNamed() {
    register("good", trigger("t", "event.data.a == 1"));
    register("mixed", trigger("bad", "event.data.("), trigger("fine", "event.data.b == 1"));

    EventDirectory.Found found = directory.get();

    assertThat(found.subscriptions())
        .extracting(EventSubscription::id)
        .containsExactly("good/t", "mixed/fine");
    assertThat(found.unusable()).containsOnlyKeys("mixed/bad");
    assertThat(found.unusable().get("mixed/bad")).contains("when");
  }

  @Test
  void aProgramIsCompiledOnce() {
    register("good", trigger("t", "event.data.a == 1"));

    EventSubscription first = directory.get().subscriptions().get(0);

    assertThat(directory.get().subscriptions().get(0).program()).isSameAs(first.program());
  }

  private final class Registered implements DefinitionReader {

    @Override
    public List<String> names() {
      return List.copyOf(registered.keySet());
    }

    @Override
    public DefinitionHistory history(String name) {
      return DefinitionHistory.EMPTY.with(
          Objects.requireNonNull(registered.get(name)).id().hash(), 100);
    }

    @Override
    public Optional<Orchestration> definition(DefinitionId id) {
      return Optional.ofNullable(registered.get(id.name()));
    }

    @Override
    public WorkerDeclarations workers(String name) {
      return WorkerDeclarations.EMPTY;
    }
  }
}
