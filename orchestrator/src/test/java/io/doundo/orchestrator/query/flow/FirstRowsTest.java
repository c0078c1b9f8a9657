package io.doundo.orchestrator.query.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.journey.TestDefinitions;
import io.doundo.orchestrator.query.index.FlowColumns;
import io.doundo.orchestrator.query.index.FlowRow;
import io.doundo.orchestrator.streams.read.FlowRecords;
import io.doundo.orchestrator.streams.state.FlowBytes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The pages of a list are the same as if all flows were sorted, in each order. */
class FirstRowsTest {

  private static final Orchestration ONE_STEP = TestDefinitions.chain("order", "pay");
  private static final int PAGE = 21;

  private final FlowColumns columns =
      new FlowColumns(1_000, Duration.ofDays(1), () -> 10_000, (id, index) -> "pay");

  @ParameterizedTest
  @EnumSource
  void thePagesAreTheWholeOrder(FlowOrder order) {
    List<Integer> numbers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      numbers.add(i);
    }
    Collections.shuffle(numbers, new Random(7));
    for (int number : numbers) {
      Flow flow = Flow.started(ONE_STEP, "flow-" + number, 1_000 + number / 3);
      if (number % 4 == 0) {
        flow.succeeded("pay", 2_000 + number % 7);
      }
      columns.putLive(FlowRecords.liveFront(FlowBytes.live(flow.state())).orElseThrow(), 0, 0);
    }
    List<FlowRow> all = new ArrayList<>();
    columns.forEach(row -> all.add(row.copy()));
    List<FlowRow> paged = new ArrayList<>();
    List<FlowRow> page = page(order, null);
    while (!page.isEmpty()) {
      paged.addAll(page);
      String cursor = FlowCursor.of(order, page.get(page.size() - 1)).encode();
      page = page(order, FlowCursor.decode(cursor).orElseThrow());
    }
    assertThat(paged)
        .extracting(FlowRow::flowId)
        .containsExactlyElementsOf(
            all.stream().sorted(order.comparator()).map(FlowRow::flowId).toList());
  }

  private List<FlowRow> page(FlowOrder order, @Nullable FlowCursor cursor) {
    FirstRows first = new FirstRows(order, PAGE, cursor);
    columns.forEach(first::add);
    return first.inOrder();
  }
}
