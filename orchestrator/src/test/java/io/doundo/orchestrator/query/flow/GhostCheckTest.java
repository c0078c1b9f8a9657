package io.doundo.orchestrator.query.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.journey.TestDefinitions;
import io.doundo.orchestrator.query.index.FlowColumns;
import io.doundo.orchestrator.query.tail.GhostCheck;
import io.doundo.orchestrator.streams.read.FlowRecords;
import io.doundo.orchestrator.streams.state.FlowBytes;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GhostCheckTest {

  private static final Orchestration ORDER = TestDefinitions.chain("order", "pay", "ship");
  private static final long NOW = Duration.ofHours(1).toMillis();

  private final FlowColumns columns =
      new FlowColumns(100_000, Duration.ofDays(365_000), () -> NOW, (id, step) -> "step");
  private final GhostCheck check = new GhostCheck(columns);
  private final Set<String> live = new HashSet<>();

  private void put(Flow flow, int partition) {
    columns.putLive(
        FlowRecords.liveFront(FlowBytes.live(flow.state())).orElseThrow(), partition, 1);
  }

  private Iterable<String> look() {
    return check.look(partition -> partition == 0, live::contains, NOW);
  }

  @Test
  void aGhostIsFoundAtTheSecondLook() {
    put(Flow.started(ORDER, "ghost", 1_000), 0);
    put(Flow.started(ORDER, "resting", 1_000), 0);
    put(Flow.started(ORDER, "elsewhere", 1_000), 1);
    put(Flow.started(ORDER, "just-now", NOW - 1_000), 0);
    live.add("resting");

    assertThat(look()).as("the engine is a little ahead").isEmpty();
    assertThat(look()).containsExactly("ghost");
    assertThat(look()).as("begins anew").isEmpty();
  }

  @Test
  void whatHasMovedOnSinceIsNone() {
    Flow flow = Flow.started(ORDER, "moved", 1_000);
    put(flow, 0);
    put(Flow.started(ORDER, "ended", 1_000), 0);
    assertThat(look()).isEmpty();
    put(flow.succeeded("pay", 2_000), 0);
    columns.left("ended");
    columns.dropLeaving();
    assertThat(look()).isEmpty();
  }

  @Test
  void ofManyFlowsSomeAreAskedForAtEachLook() {
    int flows = 25_000;
    for (int i = 0; i < flows; i++) {
      put(Flow.started(ORDER, "flow-" + i, 1_000), 0);
      if (i != 17) {
        live.add("flow-" + i);
      }
    }
    Set<String> found = new HashSet<>();
    int asked = 0;
    for (int i = 0; i < 4; i++) {
      Set<String> now = new HashSet<>();
      check
          .look(
              partition -> true,
              flowId -> {
                now.add(flowId);
                return live.contains(flowId);
              },
              NOW)
          .forEach(found::add);
      assertThat(now).hasSizeBetween(7_000, 10_000);
      asked += now.size();
    }
    assertThat(found).containsExactly("flow-17");
    assertThat(asked).isGreaterThan(flows);
  }
}
