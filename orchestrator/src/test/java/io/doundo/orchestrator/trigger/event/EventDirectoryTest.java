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
import io.doundo.orchestrator.streams.read.UnreadableDefinitionException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class EventDirectoryTest {

  private final Map<String, Orchestration> registered = new TreeMap<>();

  /** The orchestrations of which a later release has stored another version. */
  private final Set<String> outdated = new HashSet<>();

  /** Those of which nothing can be read. */
  private final Set<String> unreadable = new HashSet<>();

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

  @Test
  void aVersionThatCannotBeRead_stopsNoTrigger() {
    register("good", trigger("t", "event.data.a == 1"));
    register("later", trigger("t", "event.data.b == 1"));
    outdated.add("later");

    EventDirectory.Found found = directory.get();

    assertThat(found.subscriptions())
        .as("the newest version that can be read counts")
        .extracting(EventSubscription::id)
        .containsExactly("good/t", "later/t");
    assertThat(found.subscriptions().get(1).since().getAsLong()).isEqualTo(100);
    assertThat(found.unusable()).containsOnlyKeys("later");
    assertThat(found.unusable().get("later")).contains("schema 9");
  }

  @Test
  void whereNoVersionCanBeReadTheLastKnownTriggersGoOn() {
    register("good", trigger("t", "event.data.a == 1"));
    register("later", trigger("t", "event.data.b == 1"));
    EventSubscription before = directory.get().subscriptions().get(1);
    unreadable.add("later");

    for (int look = 0; look < 2; look++) {
      EventDirectory.Found found = directory.get();
      assertThat(found.subscriptions())
          .extracting(EventSubscription::id)
          .containsExactly("good/t", "later/t");
      assertThat(found.subscriptions().get(1).program()).isSameAs(before.program());
      assertThat(found.subscriptions().get(1).since().getAsLong())
          .as("in a partition that is new it begins with what comes")
          .isEqualTo(Long.MAX_VALUE);
      assertThat(found.unusable()).containsOnlyKeys("later");
    }
    assertThat(new EventDirectory(new Definitions(new Registered())).get().subscriptions())
        .as("an instance that has never read it")
        .extracting(EventSubscription::id)
        .containsExactly("good/t");
  }

  private final class Registered implements DefinitionReader {

    @Override
    public List<String> names() {
      return List.copyOf(registered.keySet());
    }

    @Override
    public DefinitionHistory history(String name) {
      if (unreadable.contains(name)) {
        throw new UnreadableDefinitionException("a history of schema 9");
      }
      DefinitionHistory history =
          DefinitionHistory.EMPTY.with(
              Objects.requireNonNull(registered.get(name)).id().hash(), 100);
      return outdated.contains(name) ? history.with("later", 200) : history;
    }

    @Override
    public Optional<Orchestration> definition(DefinitionId id) {
      if (id.hash().equals("later")) {
        throw new UnreadableDefinitionException("a definition of schema 9");
      }
      return Optional.ofNullable(registered.get(id.name()));
    }

    @Override
    public WorkerDeclarations workers(String name) {
      return WorkerDeclarations.EMPTY;
    }
  }
}
