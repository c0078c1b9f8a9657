package io.doundo.orchestrator.query.definition;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.OrchestrationStatus;
import io.doundo.orchestrator.definition.Receiver;
import io.doundo.orchestrator.definition.Receiver.Occasion;
import io.doundo.orchestrator.definition.compiler.DefinitionHistory;
import io.doundo.orchestrator.definition.compiler.WorkerDeclarations;
import io.doundo.orchestrator.definition.compiler.WorkerDeclarations.WorkerDeclaration;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.streams.read.DefinitionReader;
import io.doundo.orchestrator.streams.read.FlowsUnavailableException;
import io.doundo.orchestrator.streams.read.UnreadableDefinitionException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DefinitionsTest {

  private static final Orchestration ORDER = chain("order", "pay", "ship");
  private static final String HASH = ORDER.id().hash();

  @Test
  void contentRegisteredAgainHasTheVersionThatWasNewestAtTheStart() {
    DefinitionHistory history =
        DefinitionHistory.EMPTY.with(HASH, 100).with("other", 200).with(HASH, 300);
    Definitions definitions = new Definitions(new Registered(history, WorkerDeclarations.EMPTY));
    assertThat(definitions.versionOf(ORDER.id(), 150)).contains(1);
    assertThat(definitions.versionOf(ORDER.id(), 350)).contains(3);
    assertThat(definitions.versionOf(ORDER.id(), 50)).as("it waited for it").contains(1);
    assertThat(definitions.versionOf(new DefinitionId("order", "none"), 350)).isEmpty();
  }

  @Test
  void stepsThatNobodyServesAreNamed() {
    WorkerDeclarations workers =
        WorkerDeclarations.EMPTY.merged(
            new WorkerDeclaration("till", "order", List.of("pay")), 1_000);
    Definitions definitions =
        new Definitions(new Registered(DefinitionHistory.EMPTY.with(HASH, 100, "alice"), workers));
    assertThat(definitions.all())
        .singleElement()
        .satisfies(order -> assertThat(order.unservedSteps()).containsExactly("ship"))
        .satisfies(order -> assertThat(order.stepNames()).containsExactly("pay", "ship"));
    OrchestrationView view = definitions.newest("order").orElseThrow();
    assertThat(view.requestedBy()).isEqualTo("alice");
    assertThat(view.versions().get(0).requestedBy()).isEqualTo("alice");
    assertThat(definitions.all().get(0).requestedBy()).isEqualTo("alice");
    assertThat(view.steps().get(0).servedBy()).containsExactly("till");
    assertThat(view.steps().get(1).doTopic()).isEqualTo("orchestrator.order.ship.do");
    assertThat(definitions.newest("unknown")).isEmpty();
  }

  @Test
  void aVersionThatIsNotKeptIsNotShown() {
    DefinitionHistory history = DefinitionHistory.EMPTY.with(HASH, 100).with("gone", 200);
    Definitions definitions = new Definitions(new Registered(history, WorkerDeclarations.EMPTY));
    OrchestrationView first = definitions.version("order", 1).orElseThrow();
    assertThat(first.version()).isEqualTo(1);
    assertThat(first.versions()).hasSize(2);
    assertThat(definitions.versions("order")).containsExactly(1, 2);
    assertThat(definitions.diff("order", 1, 1)).isPresent();
    assertThat(definitions.version("order", 2)).as("its content is gone").isEmpty();
    assertThat(definitions.diff("order", 1, 2)).isEmpty();
    assertThat(definitions.version("order", 3)).isEmpty();
    assertThat(definitions.version("unknown", 1)).isEmpty();
  }

  @Test
  void definitionsThatAreNotReadYetAreNotMissing() {
    Definitions definitions =
        new Definitions(
            new Registered(DefinitionHistory.EMPTY, WorkerDeclarations.EMPTY) {
              @Override
              public DefinitionHistory history(String name) {
                throw new FlowsUnavailableException("not yet");
              }
            });
    assertThatThrownBy(() -> definitions.isKnown("order"))
        .isInstanceOf(ReadsUnavailableException.class);
  }

  @Test
  void ofAVersionThatThisReleaseCannotReadTheOneBeforeNamesTheReceivers() {
    Orchestration telling =
        ORDER.telling(
            List.of(new Receiver("ops", List.of(Occasion.PARKED), "ops", "", null, null)));
    Definitions definitions = new Definitions(new OfALaterRelease(telling));
    Map<String, String> unreadable = new HashMap<>();

    assertThat(definitions.notifying(unreadable::put)).containsExactly(telling);
    assertThat(unreadable)
        .containsOnlyKeys("broken", "order")
        .hasEntrySatisfying("order", why -> assertThat(why).contains("schema 9"));
    assertThat(definitions.isRegistered("broken@1")).isFalse();
    assertThat(definitions.isRegistered("order@later")).isTrue();
  }

  @Test
  void aVersionThatThisReleaseCannotReadStopsNoList() {
    Definitions definitions = new Definitions(new OfALaterRelease(ORDER));

    assertThat(definitions.all())
        .singleElement()
        .satisfies(order -> assertThat(order.name()).isEqualTo("order"))
        .satisfies(order -> assertThat(order.version()).isEqualTo(1));
    OrchestrationView order = definitions.newest("order").orElseThrow();
    assertThat(order.version()).isEqualTo(1);
    assertThat(order.versions()).as("the later one is named").hasSize(2);
    assertThat(definitions.newest("broken")).isEmpty();
    assertThat(definitions.isTopicOfTrigger("leads")).isFalse();
    assertThat(definitions.find(new DefinitionId("order", "later"))).isEmpty();
    assertThat(definitions.versionOf(new DefinitionId("order", "later"), 250)).contains(2);
    assertThat(definitions.versionOf(new DefinitionId("broken", "later"), 250)).isEmpty();
  }

  @Test
  void aVersionThatThisReleaseCannotReadIsNotMissing() {
    Definitions definitions = new Definitions(new OfALaterRelease(ORDER));

    assertThat(definitions.isKnown("broken")).isTrue();
    assertThatThrownBy(() -> definitions.status("broken"))
        .isInstanceOf(ReadsUnavailableException.class)
        .hasMessageContaining("This release cannot read it")
        .hasMessageContaining("schema 9");
    assertThatThrownBy(() -> definitions.version("order", 2))
        .isInstanceOf(ReadsUnavailableException.class);
    assertThat(definitions.status("order")).contains(OrchestrationStatus.ACTIVE);
  }

  /** A later release has registered "broken", and the newest version of "order". */
  private static final class OfALaterRelease extends Registered {
    private final Orchestration readable;

    OfALaterRelease(Orchestration readable) {
      super(
          DefinitionHistory.EMPTY.with(readable.id().hash(), 100).with("later", 200),
          WorkerDeclarations.EMPTY);
      this.readable = readable;
    }

    @Override
    public List<String> names() {
      return List.of("broken", "order");
    }

    @Override
    public DefinitionHistory history(String name) {
      if (name.equals("broken")) {
        throw new UnreadableDefinitionException("a history of schema 9");
      }
      return super.history(name);
    }

    @Override
    public Optional<Orchestration> definition(DefinitionId id) {
      if (id.hash().equals("later")) {
        throw new UnreadableDefinitionException("a definition of schema 9");
      }
      return Optional.of(readable);
    }
  }

  private static class Registered implements DefinitionReader {
    private final DefinitionHistory history;
    private final WorkerDeclarations workers;

    Registered(DefinitionHistory history, WorkerDeclarations workers) {
      this.history = history;
      this.workers = workers;
    }

    @Override
    public List<String> names() {
      return List.of("order");
    }

    @Override
    public DefinitionHistory history(String name) {
      return name.equals("order") ? history : DefinitionHistory.EMPTY;
    }

    @Override
    public Optional<Orchestration> definition(DefinitionId id) {
      return id.equals(ORDER.id()) ? Optional.of(ORDER) : Optional.empty();
    }

    @Override
    public WorkerDeclarations workers(String name) {
      return workers;
    }
  }
}
