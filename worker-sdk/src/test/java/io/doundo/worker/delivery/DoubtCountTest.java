package io.doundo.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.worker.fence.InMemoryFence;
import io.doundo.worker.threads.TaskTimer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An unknown count is not a number. */
class DoubtCountTest {

  private final InMemoryFence fence = new InMemoryFence();
  private final TaskTimer timer = new TaskTimer(Thread::new);
  private final DoubtCount count = new DoubtCount(fence, timer);

  @AfterEach
  void close() {
    timer.close();
  }

  @Test
  void itIsUnknownWhileTheFenceCannotBeAsked() {
    assertThat(count.latest()).isNaN();
    count.begin();
    assertThat(count.latest()).isZero();
    fence.available(false);
    count.begin();
    assertThat(count.latest()).isNaN();
  }
}
