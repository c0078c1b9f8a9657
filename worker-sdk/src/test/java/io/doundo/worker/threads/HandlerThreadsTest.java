package io.doundo.worker.threads;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HandlerThreadsTest {

  /**
   * Threads that are finishing do not count against the slots; a rejected task would stay
   * unsettled.
   */
  @Test
  void nothingIsRejectedHoweverManyThreadsAreStillOnTheirWayOut() throws InterruptedException {
    int tasks = 100;
    CountDownLatch running = new CountDownLatch(tasks);
    CountDownLatch mayEnd = new CountDownLatch(1);
    try (HandlerThreads threads = HandlerThreads.own(null)) {
      for (int i = 0; i < tasks; i++) {
        threads
            .executor()
            .execute(
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
    }
  }

  /** Before Java 24 a handler that blocks inside synchronized pins its carrier. */
  @Test
  void virtualThreadsAreTheDefaultOnlyWhereNothingPinsThem() {
    assertThat(HandlerThreads.virtualByDefault(17)).isFalse();
    assertThat(HandlerThreads.virtualByDefault(21)).isFalse();
    assertThat(HandlerThreads.virtualByDefault(23)).isFalse();
    assertThat(HandlerThreads.virtualByDefault(24)).isTrue();
  }

  @Test
  void theApplicationsOwnThreadsAreNotClosed() {
    ExecutorService own = Executors.newSingleThreadExecutor();
    try {
      HandlerThreads threads = HandlerThreads.of(own);
      threads.close();

      assertThat(threads.executor()).isSameAs(own);
      assertThat(own.isShutdown()).isFalse();
    } finally {
      own.shutdown();
    }
  }
}
