package io.doundo.orchestrator.query.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.journey.TestDefinitions;
import io.doundo.orchestrator.query.index.FlowColumns;
import io.doundo.orchestrator.streams.read.FlowRecords;
import io.doundo.orchestrator.streams.state.FlowBytes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Page after page over more flows than one segment has rows. */
class ManyFlowsTest {

  private static final Orchestration ORDER = TestDefinitions.chain("order", "pay");
  private static final int FLOWS = 100_000;

  @Test
  void everyFlowIsOnExactlyOnePage() {
    TestLookup lookup = new TestLookup(ORDER);
    long first = System.currentTimeMillis() - FLOWS;
    FlowColumns columns =
        new FlowColumns(FLOWS, Duration.ofDays(1), System::currentTimeMillis, (id, index) -> "pay");
    for (int i = 0; i < FLOWS; i++) {
      if (i % 5 >= 2) {
        columns.putLive(
            FlowRecords.liveFront(
                    FlowBytes.live(
                        Flow.started(ORDER, "flow-%06d".formatted(i), first + i).state()))
                .orElseThrow(),
            i % 4,
            i);
      }
    }
    for (int i = 0; i < FLOWS; i++) {
      if (i % 5 < 2) {
        columns.putEnded(
            FlowRecords.liveFront(
                    FlowBytes.live(
                        Flow.started(ORDER, "flow-%06d".formatted(i), first + i)
                            .succeeded("pay", first + i)
                            .state()))
                .orElseThrow(),
            i % 4,
            i);
      }
    }
    assertThat(columns.size()).isEqualTo(FLOWS);
    assertThat(columns.overflowed()).isFalse();
    FlowSearch search = FlowSearch.of(columns, lookup);
    List<String> all = new ArrayList<>();
    FlowCursor cursor = null;
    do {
      FlowPage page =
          search.find(FlowQuery.of(FlowCriteria.NONE, FlowQuery.MAX_LIMIT).from(cursor));
      page.flows().forEach(flow -> all.add(flow.flowId()));
      String next = page.nextCursor();
      cursor = next == null ? null : FlowCursor.decode(next).orElseThrow();
    } while (cursor != null);
    assertThat(all)
        .isEqualTo(
            IntStream.range(0, FLOWS).mapToObj(i -> "flow-%06d".formatted(FLOWS - 1 - i)).toList());
  }
}
