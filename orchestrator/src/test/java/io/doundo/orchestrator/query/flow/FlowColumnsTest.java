package io.doundo.orchestrator.query.flow;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.query.index.FlowColumns;
import io.doundo.orchestrator.query.index.FlowRow;
import io.doundo.orchestrator.query.index.FlowRow.RecordPlace;
import io.doundo.orchestrator.streams.read.FlowRecords;
import io.doundo.orchestrator.streams.state.FlowBytes;
import io.doundo.orchestrator.streams.state.FlowFront;
import io.doundo.orchestrator.streams.state.FlowHead;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.ControlAction;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The index must show the same flows whatever order its two topics are read in. */
class FlowColumnsTest {

  private static final Orchestration ONE_STEP = chain("order", "pay");

  private long now = 10_000;
  private final FlowColumns flows =
      new FlowColumns(
          3, Duration.ofMinutes(1), () -> now, (id, index) -> ONE_STEP.steps().get(index).name());

  @Test
  void aLiveFlowIsThere() {
    live(running("a", 1));
    assertThat(status("a")).contains(FlowStatus.IN_PROGRESS);
  }

  @Test
  void anEndedFlowNeverVanishesBetweenItsRemovalAndItsEnd() {
    live(running("a", 1));
    flows.left("a");
    assertThat(status("a")).contains(FlowStatus.IN_PROGRESS);
    end("a", completed("a", 1));
    assertThat(status("a")).contains(FlowStatus.COMPLETED);
  }

  @Test
  void theEndReadBeforeTheLifeStaysTheEnd() {
    end("a", completed("a", 1));
    live(running("a", 1));
    assertThat(status("a")).contains(FlowStatus.COMPLETED);
    flows.left("a");
    assertThat(status("a")).contains(FlowStatus.COMPLETED);
  }

  @Test
  void aFlowBroughtBackFromTheArchiveIsLiveAgain() {
    end("a", completed("a", 1));
    FlowState undoing = Flow.started(ONE_STEP, "a", 1).succeeded("pay", 5).undoAsked(9).state();
    live(undoing);
    assertThat(status("a")).contains(FlowStatus.UNDOING);
  }

  @Test
  void aFlowIdUsedAgainShowsTheLaterLife() {
    end("a", completed("a", 1));
    live(running("a", 7));
    assertThat(status("a")).contains(FlowStatus.IN_PROGRESS);
  }

  @Test
  void recordsThatWaitForAStartAreNoFlow() {
    assertThat(FlowRecords.liveFront(FlowBytes.held())).isEmpty();
  }

  @Test
  void atTheLimitTheFlowThatEndedFirstMakesRoom() {
    end("old", completed("old", 1));
    end("newer", completed("newer", 2));
    live(running("live", 3));
    assertThat(flows.overflowed()).isFalse();
    live(running("next", 4));
    assertThat(flows.overflowed()).isTrue();
    assertThat(flows.find("old")).isEmpty();
    assertThat(flows.size()).isEqualTo(3);
  }

  @Test
  void whenAllAreLiveFurtherOnesAreLeftOut() {
    for (String flowId : new String[] {"a", "b", "c", "d"}) {
      live(running(flowId, 1));
    }
    assertThat(flows.find("d")).isEmpty();
    assertThat(flows.overflowed()).isTrue();
  }

  @Test
  void aFlowThatNeedsAttentionTakesThePlaceOfOneThatSimplyRuns() {
    for (String flowId : new String[] {"a", "b", "c", "d"}) {
      live(running(flowId, 1));
    }
    live(undoing("d"));
    assertThat(status("d")).contains(FlowStatus.UNDOING);
    assertThat(flows.find("a")).isEmpty();
    assertThat(flows.size()).isEqualTo(3);
  }

  @Test
  void flowsThatNeedAttentionAreKeptHoweverManyThereAre() {
    for (String flowId : new String[] {"a", "b", "c", "d", "e", "f", "g"}) {
      live(undoing(flowId));
    }
    assertThat(flows.size()).isEqualTo(7);
    live(running("running", 1));
    assertThat(flows.find("running")).isEmpty();
    assertThat(flows.overflowed()).isTrue();
  }

  @Test
  void aFlowThatNeedsNoAttentionAnyMoreMakesRoomAgain() {
    for (String flowId : new String[] {"a", "b", "c"}) {
      live(undoing(flowId));
    }
    live(running("b", 1));
    live(undoing("d"));
    assertThat(flows.find("b")).isEmpty();
    assertThat(flows.size()).isEqualTo(3);
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
    assertThat(flows.size()).isEqualTo(3);
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
    live(running("a", 1));
    flows.left("a");
    flows.dropLeaving();
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

  @Test
  void theNumbersFollowEachChange() {
    live(running("a", 1));
    live(undoing("b"));
    end("c", completed("c", 1));
    assertThat(flows.countByStatus())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(FlowStatus.IN_PROGRESS, 1L, FlowStatus.UNDOING, 1L, FlowStatus.COMPLETED, 1L));
    end("a", completed("a", 1));
    live(undoing("c"));
    assertThat(flows.countByStatus())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(FlowStatus.UNDOING, 2L, FlowStatus.COMPLETED, 1L));
    flows.clear();
    assertThat(flows.countByStatus()).isEmpty();
    assertThat(flows.countByOrchestration()).isEmpty();
  }

  @Test
  void theListsReachBackAsFarAsNothingWasDropped() {
    now = 100_000;
    assertThat(flows.reachesBackTo()).isEqualTo(40_000);
    now = 10_000;
    for (int number = 0; number < 5; number++) {
      end("flow-" + number, completed("flow-" + number, 1_000 + number));
    }
    assertThat(flows.reachesBackTo()).isEqualTo(1_002);
  }

  @Test
  void endedFlowsLeaveWithTheBeginningOfTheArchive() {
    flows.putEnded(front(completed("a", 1)), 0, 7);
    flows.putEnded(front(completed("b", 2)), 0, 8);
    flows.putEnded(front(completed("c", 3)), 1, 7);
    flows.dropArchivedBefore(0, 8);
    assertThat(flows.find("a")).isEmpty();
    assertThat(flows.find("b")).isPresent();
    assertThat(flows.find("c")).isPresent();
  }

  @Test
  void aFlowWhoseEndNeverComesLeavesWithTheSecondLook() {
    live(running("a", 1));
    flows.left("a");
    flows.dropLeavingSinceLong();
    assertThat(flows.find("a")).isPresent();
    flows.dropLeavingSinceLong();
    assertThat(flows.find("a")).isEmpty();
  }

  @Test
  void aRowShowsItsFlow() {
    FlowState failed =
        Flow.started(ONE_STEP, "a", 1_000).failed("pay", CommandAction.DO, 1_500).state();
    flows.putEnded(front(failed), 3, 99);
    FlowRow row = flows.find("a").orElseThrow();
    assertThat(row.source()).isEqualTo(new RecordPlace(3, 99));
    assertThat(row.startedAt()).isEqualTo(1_000);
    assertThat(row.transitions()).isEqualTo(failed.transitions());
    assertThat(row.error()).isEqualTo("no");
    assertThat(row.errorAt()).isEqualTo(1_500);
    assertThat(row.errorGroup())
        .isNotNull()
        .satisfies(group -> assertThat(group.step()).isEqualTo("pay"));
    assertThat(row.steps())
        .singleElement()
        .satisfies(step -> assertThat(step.worker()).isEqualTo("worker-1"));
  }

  /** Anyone may start a flow under any name. */
  @Test
  void namesThatNobodyRegisteredStandInTheirRowsOnly() {
    for (String name : List.of("x", "y")) {
      FlowHead head =
          new FlowHead(
              "flow-" + name,
              "0".repeat(32),
              name,
              null,
              FlowStatus.WAITING,
              null,
              false,
              "key",
              1,
              1,
              0,
              0,
              1);
      flows.putLive(new FlowFront(head, null, List.of()), 0, 0);
    }
    live(running("a", 1));
    assertThat(flows.definitions()).isEqualTo(2);
    assertThat(flows.countByOrchestration()).containsOnlyKeys("unregistered", "order");
    assertThat(flows.find("flow-y"))
        .hasValueSatisfying(
            row -> {
              assertThat(row.definition().orchestration()).isEqualTo("y");
              assertThat(row.searchValue()).isEqualTo("key");
              assertThat(row.steps()).isEmpty();
            });
  }

  /** Whatever happens to the rows, they show what a plain map of flows would. */
  @Test
  void manyFlowsInAnyOrderAreThoseOfAPlainMap() {
    Random random = new Random(11);
    FlowColumns many =
        new FlowColumns(
            1_000_000, Duration.ofDays(1), () -> now, (id, i) -> ONE_STEP.steps().get(i).name());
    Map<String, FlowStatus> expected = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      String flowId = "flow-" + random.nextInt(3_000);
      FlowStatus known = expected.get(flowId);
      if (known == null) {
        many.putLive(front(running(flowId, i + 1)), 0, i);
        expected.put(flowId, FlowStatus.IN_PROGRESS);
      } else if (known == FlowStatus.IN_PROGRESS) {
        many.left(flowId);
        long startedAt = many.find(flowId).orElseThrow().startedAt();
        many.putEnded(front(completed(flowId, startedAt)), 1, i);
        expected.put(flowId, FlowStatus.COMPLETED);
      } else if (many.find(flowId).orElseThrow().source().offset() % 3 == 0) {
        many.dropArchivedBefore(1, many.find(flowId).orElseThrow().source().offset() + 1);
        expected.keySet().removeIf(id -> many.find(id).isEmpty());
      }
    }
    Map<String, FlowStatus> shown = new HashMap<>();
    many.forEach(row -> shown.put(row.flowId(), row.status()));
    assertThat(shown).isEqualTo(expected);
    assertThat(many.size()).isEqualTo(expected.size());
    assertThat(many.countByStatus().values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(expected.size());
    expected.forEach(
        (flowId, status) ->
            assertThat(many.find(flowId)).map(FlowRow::status).as(flowId).contains(status));
  }

  private static FlowState completedPart(String parent, long at) {
    return Flow.begun(ONE_STEP, parent, at).succeeded("pay", at).gaveItsResult(at).state();
  }

  @Test
  void aPartThatHasEndedMakesRoomAlthoughItIsLive() {
    live(completedPart("first", 1));
    live(running("b", 2));
    live(running("c", 3));
    live(undoing("d"));
    assertThat(flows.find("first~items~0")).isEmpty();
    assertThat(flows.size()).isEqualTo(3);
    assertThat(status("b")).contains(FlowStatus.IN_PROGRESS);
  }

  @Test
  void aPartThatHasEndedGoesWhenItsTimeIsOverAlthoughItIsLive() {
    live(completedPart("long", 1));
    assertThat(status("long~items~0")).contains(FlowStatus.COMPLETED);
    now += Duration.ofMinutes(2).toMillis();
    flows.keepHouse(Map.of());
    assertThat(flows.find("long~items~0")).isEmpty();

    live(running("other", now));
    assertThat(flows.overflowed()).as("it has not gone before its time").isFalse();
  }

  @Test
  void aPartThatIsTakenBackDoesNotAgeAnyMore() {
    Flow part = Flow.begun(ONE_STEP, "f", 1).succeeded("pay", 1).gaveItsResult(1);
    live(part.state());
    live(part.askedBack(2).state());
    now += Duration.ofMinutes(2).toMillis();
    flows.keepHouse(Map.of());
    assertThat(status("f~items~0")).contains(FlowStatus.UNDOING);
  }

  @Test
  void partsDoNotCountAmongTheFlowsUnlessSomebodyHasToAct() {
    live(Flow.begun(ONE_STEP, "f", 1).state());
    assertThat(flows.countByStatus()).isEmpty();
    assertThat(flows.countByOrchestration().getOrDefault("order", Map.of())).isEmpty();

    live(Flow.begun(ONE_STEP, "f", 1).asked(ControlAction.PAUSE, null, 2).state());
    assertThat(flows.countByStatus()).containsExactly(Map.entry(FlowStatus.IN_PROGRESS, 1L));
    assertThat(flows.paused()).isEqualTo(1);
  }

  private static FlowFront front(FlowState state) {
    return FlowRecords.liveFront(FlowBytes.live(state)).orElseThrow();
  }

  private void live(FlowState state) {
    flows.putLive(front(state), 0, 0);
  }

  private void end(String flowId, FlowState state) {
    assertThat(state.flowId()).isEqualTo(flowId);
    flows.putEnded(FlowRecords.archivedFront(FlowBytes.ended(state)).orElseThrow(), 0, 0);
  }

  private Optional<FlowStatus> status(String flowId) {
    return flows.find(flowId).map(FlowRow::status);
  }
}
