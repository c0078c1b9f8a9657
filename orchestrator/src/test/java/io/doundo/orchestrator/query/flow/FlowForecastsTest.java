package io.doundo.orchestrator.query.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.compiler.DefinitionHistory;
import io.doundo.orchestrator.definition.compiler.WorkerDeclarations;
import io.doundo.orchestrator.journey.TestDefinitions;
import io.doundo.orchestrator.query.definition.Definitions;
import io.doundo.orchestrator.streams.read.DefinitionReader;
import io.doundo.orchestrator.streams.read.FlowReader;
import io.doundo.orchestrator.streams.read.FlowsUnavailableException;
import io.doundo.orchestrator.streams.state.StoredFlow;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A forecast says of which moment it is true. */
class FlowForecastsTest {

  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  private static final long SENT = NOW.minusSeconds(60).toEpochMilli();

  private final Orchestration order = TestDefinitions.chain("order", "pay");
  private final FlowState state = Flow.started(order, "flow-1", SENT).state();
  private final StoredFlow flow = new StoredFlow(state, null, Map.of());

  private Instant asOf(FlowReader reader) {
    Definitions definitions = new Definitions(new OneDefinition());
    Flows flows =
        new Flows(reader, (address, id) -> Optional.empty(), id -> Optional.of(flow), definitions);
    return new FlowForecasts(
            flows,
            definitions,
            (name, now) -> definitions.presence(name),
            1_000_000,
            Clock.fixed(NOW, ZoneOffset.UTC))
        .undoPlan("flow-1")
        .orElseThrow()
        .asOf();
  }

  @Test
  void aFlowThatIsReadWhereItIsKeptIsAsItIsNow() {
    assertThat(asOf(new Stores(flow))).isEqualTo(NOW);
  }

  @Test
  void aFlowThatOnlyTheIndexKnowsIsAsOfItsLastTransition() {
    assertThat(asOf(new Stores(null)))
        .isEqualTo(Instant.ofEpochMilli(state.times().updatedAt()))
        .isBefore(NOW);
  }

  /** Null for stores that cannot be read. */
  private record Stores(@Nullable StoredFlow flow) implements FlowReader {

    @Override
    public Optional<StoredFlow> find(String flowId) {
      if (flow == null) {
        throw new FlowsUnavailableException("the stores are moving");
      }
      return Optional.of(flow);
    }

    @Override
    public FlowOwner ownerOf(String flowId) {
      return new FlowOwner(true, "");
    }
  }

  private final class OneDefinition implements DefinitionReader {

    @Override
    public List<String> names() {
      return List.of("order");
    }

    @Override
    public DefinitionHistory history(String name) {
      return DefinitionHistory.EMPTY;
    }

    @Override
    public Optional<Orchestration> definition(DefinitionId id) {
      return Optional.of(order);
    }

    @Override
    public WorkerDeclarations workers(String name) {
      return WorkerDeclarations.EMPTY;
    }
  }
}
