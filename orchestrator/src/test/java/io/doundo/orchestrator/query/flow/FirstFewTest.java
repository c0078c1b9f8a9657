package io.doundo.orchestrator.query.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.query.flow.FlowSearch.FirstFew;
import io.doundo.orchestrator.streams.state.FlowHead;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A page is the same as if all flows were sorted. */
class FirstFewTest {

  @Test
  void theFirstFewAreThoseOfTheWholeOrder() {
    List<FlowHead> heads = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      heads.add(head("flow-" + i, 1_000 + i / 3));
    }
    List<FlowHead> sorted = heads.stream().sorted(FlowCursor.ORDER).toList();
    Collections.shuffle(heads, new Random(7));
    FirstFew few = new FirstFew(21);
    heads.forEach(few::add);
    assertThat(few.inOrder()).containsExactlyElementsOf(sorted.subList(0, 21));
    assertThat(few.wants(sorted.get(30))).isFalse();
  }

  @Test
  void fewerThanWantedAreAllThere() {
    FirstFew few = new FirstFew(5);
    few.add(head("a", 1));
    assertThat(few.inOrder()).hasSize(1);
  }

  private static FlowHead head(String flowId, long startedAt) {
    return new FlowHead(
        flowId,
        "0".repeat(32),
        "order",
        null,
        FlowStatus.WAITING,
        null,
        false,
        null,
        startedAt,
        startedAt,
        0,
        0,
        1);
  }
}
