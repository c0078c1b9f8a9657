package io.doundo.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HandlerThreadsTest {

  /** Threads on their way out are not bounded by slots; a rejected task would stay unsettled. */
  @Test
  void nothingIsRejectedHoweverManyThreadsAreStillOnTheirWayOut() throws InterruptedException {
    int tasks = 100;
    CountDownLatch running = new CountDownLatch(tasks);
    CountDownLatch mayEnd = new CountDownLatch(1);
    ExecutorService threads = HandlerThreads.create();
    try {
      for (int i = 0; i < tasks; i++) {
        threads.execute(
            () -> {
              running.countDown();
              try {
                mayEnd.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
      }
      assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      mayEnd.countDown();
      threads.shutdown();
    }
  }
}
