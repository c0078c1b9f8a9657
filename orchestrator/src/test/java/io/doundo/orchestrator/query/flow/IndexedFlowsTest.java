package io.doundo.orchestrator.query.flow;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.streams.state.FlowBytes;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The index must show the same flows whatever order its two topics are read in. */
class IndexedFlowsTest {

  private static final Orchestration ONE_STEP = chain("order", "pay");

  private long now = 10_000;
  private final IndexedFlows flows = new IndexedFlows(3, Duration.ofMinutes(1), () -> now);

  @Test
  void aLiveFlowIsThere() {
    flows.putLive("a", FlowBytes.live(running("a", 1)));
    assertThat(status("a")).contains(FlowStatus.IN_PROGRESS);
  }

  @Test
  void anEndedFlowNeverVanishesBetweenItsRemovalAndItsEnd() {
    flows.putLive("a", FlowBytes.live(running("a", 1)));
    flows.left("a");
    assertThat(status("a")).contains(FlowStatus.IN_PROGRESS);
    end("a", completed("a", 1));
    assertThat(status("a")).contains(FlowStatus.COMPLETED);
  }

  @Test
  void theEndReadBeforeTheLifeStaysTheEnd() {
    end("a", completed("a", 1));
    flows.putLive("a", FlowBytes.live(running("a", 1)));
    assertThat(status("a")).contains(FlowStatus.COMPLETED);
    flows.left("a");
    assertThat(status("a")).contains(FlowStatus.COMPLETED);
  }

  @Test
  void aFlowBroughtBackFromTheArchiveIsLiveAgain() {
    end("a", completed("a", 1));
    FlowState undoing = Flow.started(ONE_STEP, "a", 1).succeeded("pay", 5).undoAsked(9).state();
    flows.putLive("a", FlowBytes.live(undoing));
    assertThat(status("a")).contains(FlowStatus.UNDOING);
  }

  @Test
  void aFlowIdUsedAgainShowsTheLaterLife() {
    end("a", completed("a", 1));
    flows.putLive("a", FlowBytes.live(running("a", 7)));
    assertThat(status("a")).contains(FlowStatus.IN_PROGRESS);
  }

  @Test
  void recordsThatWaitForAStartAreNoFlow() {
    flows.putLive("a", FlowBytes.held());
    assertThat(flows.find("a")).isEmpty();
    assertThat(flows.all()).isEmpty();
  }

  @Test
  void atTheLimitTheFlowThatEndedFirstMakesRoom() {
    end("old", completed("old", 1));
    end("newer", completed("newer", 2));
    flows.putLive("live", FlowBytes.live(running("live", 3)));
    assertThat(flows.overflowed()).isFalse();
    flows.putLive("next", FlowBytes.live(running("next", 4)));
    assertThat(flows.overflowed()).isTrue();
    assertThat(flows.find("old")).isEmpty();
    assertThat(flows.all()).hasSize(3);
  }

  @Test
  void whenAllAreLiveFurtherOnesAreLeftOut() {
    for (String flowId : new String[] {"a", "b", "c", "d"}) {
      flows.putLive(flowId, FlowBytes.live(running(flowId, 1)));
    }
    assertThat(flows.find("d")).isEmpty();
    assertThat(flows.overflowed()).isTrue();
  }

  @Test
  void aFlowThatNeedsAttentionTakesThePlaceOfOneThatSimplyRuns() {
    for (String flowId : new String[] {"a", "b", "c", "d"}) {
      flows.putLive(flowId, FlowBytes.live(running(flowId, 1)));
    }
    flows.putLive("d", FlowBytes.live(undoing("d")));
    assertThat(status("d")).contains(FlowStatus.UNDOING);
    assertThat(flows.find("a")).isEmpty();
    assertThat(flows.all()).hasSize(3);
  }

  @Test
  void flowsThatNeedAttentionAreKeptBeyondTheLimitButNotWithoutEnd() {
    for (String flowId : new String[] {"a", "b", "c", "d", "e", "f", "g"}) {
      flows.putLive(flowId, FlowBytes.live(undoing(flowId)));
    }
    assertThat(flows.all()).hasSize(6);
    flows.putLive("running", FlowBytes.live(running("running", 1)));
    assertThat(flows.find("running")).isEmpty();
    assertThat(flows.overflowed()).isTrue();
  }

  @Test
  void aFlowThatNeedsNoAttentionAnyMoreMakesRoomAgain() {
    for (String flowId : new String[] {"a", "b", "c"}) {
      flows.putLive(flowId, FlowBytes.live(undoing(flowId)));
    }
    flows.putLive("b", FlowBytes.live(running("b", 1)));
    flows.putLive("d", FlowBytes.live(undoing("d")));
    assertThat(flows.find("b")).isEmpty();
    assertThat(flows.all()).hasSize(3);
  }

  @Test
  void endedFlowsGoWhenTheirTimeIsOver() {
    end("old", completed("old", 1));
    now += Duration.ofMinutes(2).toMillis();
    end("new", Flow.started(ONE_STEP, "new", now).succeeded("pay", now).state());
    assertThat(flows.find("old")).isEmpty();
    assertThat(flows.find("new")).isPresent();
  }

  @Test
  void theFlowThatEndedFirstMakesRoomInAnyOrderOfReading() {
    end("d", completed("d", 7_000));
    end("b", completed("b", 3_000));
    end("c", completed("c", 5_000));
    end("a", completed("a", 1_000));
    assertThat(flows.find("a")).isEmpty();
    end("e", completed("e", 9_000));
    assertThat(flows.find("b")).isEmpty();
    assertThat(flows.all()).hasSize(3);
    assertThat(flows.overflowed()).isTrue();
  }

  @Test
  void aFlowThatEndsAgainMakesRoomByItsLaterEnd() {
    end("a", completed("a", 1_000));
    end("b", completed("b", 3_000));
    end("c", completed("c", 5_000));
    end("a", completed("a", 7_000));
    end("d", completed("d", 9_000));
    assertThat(flows.find("a")).isPresent();
    assertThat(flows.find("b")).isEmpty();
  }

  @Test
  void aFlowRemovedLongAgoIsForgottenOnceEverythingWasRead() {
    flows.putLive("a", FlowBytes.live(running("a", 1)));
    flows.left("a");
    flows.forgetLost();
    assertThat(flows.find("a")).isEmpty();
  }

  private static FlowState running(String flowId, long at) {
    return Flow.started(ONE_STEP, flowId, at).state();
  }

  private static FlowState undoing(String flowId) {
    return Flow.started(ONE_STEP, flowId, 1).succeeded("pay", 5).undoAsked(9).state();
  }

  private static FlowState completed(String flowId, long at) {
    return Flow.started(ONE_STEP, flowId, at).succeeded("pay", at + 4).state();
  }

  private void end(String flowId, FlowState state) {
    flows.putEnded(flowId, IndexedFlow.ended(FlowBytes.ended(state)).orElseThrow());
  }

  private Optional<FlowStatus> status(String flowId) {
    return flows.find(flowId).flatMap(IndexedFlow::flow).map(flow -> flow.state().status());
  }
}
