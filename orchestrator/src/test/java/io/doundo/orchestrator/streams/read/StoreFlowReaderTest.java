package io.doundo.orchestrator.streams.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.streams.read.StoreFlowReader.Kept;
import io.doundo.orchestrator.streams.state.FlowStub;
import io.doundo.orchestrator.streams.state.StoredFlow;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import org.junit.jupiter.api.Test;

/** What is known of a flow by the stores and the archive together. */
class StoreFlowReaderTest {

  private static final String DIGEST = "0".repeat(64);
  private static final StoredFlow FLOW = EndedFlow.stored("flow-1", 4);
  private static final Kept NOTHING = new Kept(null, null);
  private static final Kept LIVE = new Kept(FLOW, null);

  private final List<FlowStub> searched = new ArrayList<>();

  private static FlowStub stub(int transitions) {
    return new FlowStub(FlowStatus.COMPLETED, DIGEST, DIGEST, transitions, 3, 0, 3);
  }

  private static Kept ended(int transitions) {
    return new Kept(null, stub(transitions));
  }

  /** The stores as they are at each look; the archive has what is archived with this number. */
  private Optional<StoredFlow> find(int archived, Kept... looks) {
    Queue<Kept> next = new ArrayDeque<>(List.of(looks));
    Optional<StoredFlow> found =
        StoreFlowReader.find(
            next::remove,
            stub -> {
              searched.add(stub);
              return stub.transitions() == archived ? Optional.of(FLOW) : Optional.empty();
            });
    assertThat(next).as("looks that were not needed").isEmpty();
    return found;
  }

  @Test
  void whereThereIsNeitherRowNorStubNothingIsSearched() {
    assertThat(find(-1, NOTHING)).isEmpty();
    assertThat(searched).isEmpty();
  }

  @Test
  void whatIsLiveIsNotSearched() {
    assertThat(find(-1, LIVE)).contains(FLOW);
    assertThat(searched).isEmpty();
  }

  @Test
  void whatHasEndedIsReadFromTheArchive() {
    assertThat(find(4, ended(4))).contains(FLOW);
  }

  @Test
  void aStubThatStaysWithoutItsRecordIsOfAFlowThatIsGone() {
    assertThat(find(-1, ended(4), ended(4))).isEmpty();
    assertThat(searched).hasSize(1);
  }

  @Test
  void anEndThatWasTakenBackIsOfAFlowThatIsLive() {
    assertThat(find(-1, ended(4), LIVE)).contains(FLOW);
  }

  @Test
  void aFlowThatHasEndedAnewMeanwhileIsSearchedAnew() {
    assertThat(find(5, ended(4), ended(5))).contains(FLOW);
    assertThat(searched).containsExactly(stub(4), stub(5));
  }
}
