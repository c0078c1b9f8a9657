package io.doundo.orchestrator.query.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EndQueueTest {

  @Test
  void theFirstEndComesFirst() {
    EndQueue queue = new EndQueue();
    Random random = new Random(3);
    List<Long> expected = new ArrayList<>();
    for (int row = 0; row < 1_000; row++) {
      long at = random.nextInt(300);
      queue.add(at, row);
      expected.add(at);
    }
    expected.sort(null);
    List<Long> order = new ArrayList<>();
    while (!queue.isEmpty()) {
      order.add(queue.firstAt());
      queue.removeFirst();
    }
    assertThat(order).isEqualTo(expected);
  }
}
