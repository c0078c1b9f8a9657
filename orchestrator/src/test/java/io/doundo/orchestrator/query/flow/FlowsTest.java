package io.doundo.orchestrator.query.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.definition.DefinitionId;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.compiler.DefinitionHistory;
import io.doundo.orchestrator.definition.compiler.WorkerDeclarations;
import io.doundo.orchestrator.journey.TestDefinitions;
import io.doundo.orchestrator.query.ReadsUnavailableException;
import io.doundo.orchestrator.query.definition.Definitions;
import io.doundo.orchestrator.streams.read.DefinitionReader;
import io.doundo.orchestrator.streams.read.FlowReader;
import io.doundo.orchestrator.streams.read.FlowsUnavailableException;
import io.doundo.orchestrator.streams.state.StoredFlow;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;

/** When the index of the lists stands in for the stores. */
class FlowsTest {

  private static final Orchestration ORDER = TestDefinitions.chain("order", "pay");

  private static Optional<StoredFlow> read(LongPredicate covers) {
    StoredFlow known = new StoredFlow(Flow.started(ORDER, "flow-1", 1_000).state(), null, Map.of());
    return of(new MovingStores(), Optional.of(known), covers).stored("flow-1");
  }

  @Test
  void theIndexIsAskedOnceItHasReadWhatWasCommittedBefore() {
    long begin = System.currentTimeMillis();
    AtomicInteger looks = new AtomicInteger();
    assertThat(read(at -> at >= begin && looks.incrementAndGet() == 3)).isPresent();
  }

  @Test
  void anIndexThatIsBehindIsNotAsked() {
    assertThatThrownBy(() -> read(at -> false)).isInstanceOf(ReadsUnavailableException.class);
  }

  @Test
  void whereTheOwnerKnowsOfNothingThereIsNothingAtOnce() {
    AtomicInteger reads = new AtomicInteger();
    Flows flows = of(new EmptyStores(reads), Optional.empty(), at -> false);
    assertThat(flows.stored("flow-1")).isEmpty();
    assertThat(reads).hasValue(1);
  }

  /** It may have ended, or the stores of its owner may be empty because they are being restored. */
  @Test
  void aFlowThatOnlyTheListsKnowAsLiveIsShownIfTheyHaveReadEverythingSinceTheQuestion() {
    StoredFlow live = new StoredFlow(Flow.started(ORDER, "flow-1", 1_000).state(), null, Map.of());
    EmptyStores stores = new EmptyStores(new AtomicInteger());
    assertThat(of(stores, Optional.of(live), at -> true).stored("flow-1")).contains(live);
    Flows behind = of(stores, Optional.of(live), at -> false);
    assertThatThrownBy(() -> behind.stored("flow-1"))
        .isInstanceOf(ReadsUnavailableException.class)
        .hasMessageContaining("being restored");
  }

  @Test
  void anEndedFlowThatTheListsStillKnowIsShown() {
    StoredFlow ended =
        new StoredFlow(
            Flow.started(ORDER, "flow-1", 1_000).succeeded("pay", 2_000).state(), null, Map.of());
    assertThat(ended.state().status()).isEqualTo(FlowStatus.COMPLETED);
    Flows flows = of(new EmptyStores(new AtomicInteger()), Optional.of(ended), at -> true);
    assertThat(flows.stored("flow-1")).contains(ended);
  }

  private static Flows of(FlowReader stores, Optional<StoredFlow> indexed, LongPredicate covers) {
    return new Flows(
        stores,
        (address, id) -> Optional.empty(),
        id -> indexed,
        covers,
        new Definitions(new NoDefinitions()));
  }

  /** Of the instance that owns the flow, and has neither a row nor a stub. */
  private record EmptyStores(AtomicInteger reads) implements FlowReader {

    @Override
    public Optional<StoredFlow> find(String flowId) {
      reads.incrementAndGet();
      return Optional.empty();
    }

    @Override
    public FlowOwner ownerOf(String flowId) {
      return new FlowOwner(true, "");
    }
  }

  private static final class MovingStores implements FlowReader {

    @Override
    public Optional<StoredFlow> find(String flowId) {
      throw new FlowsUnavailableException("the stores are moving");
    }

    @Override
    public FlowOwner ownerOf(String flowId) {
      return new FlowOwner(true, "");
    }
  }

  private static final class NoDefinitions implements DefinitionReader {

    @Override
    public List<String> names() {
      return List.of();
    }

    @Override
    public DefinitionHistory history(String name) {
      return DefinitionHistory.EMPTY;
    }

    @Override
    public Optional<Orchestration> definition(DefinitionId id) {
      return Optional.empty();
    }

    @Override
    public WorkerDeclarations workers(String name) {
      return WorkerDeclarations.EMPTY;
    }
  }
}
