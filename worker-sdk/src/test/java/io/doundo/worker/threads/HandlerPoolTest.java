package io.doundo.worker.threads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tasks do not wait for each other, and threads are reused. */
class HandlerPoolTest {

  private final List<Thread> threads = Collections.synchronizedList(new ArrayList<>());
  private final HandlerPool pool =
      new HandlerPool(
          task -> {
            Thread thread = new Thread(task, "pool-test");
            thread.setUncaughtExceptionHandler((failed, error) -> {});
            threads.add(thread);
            return thread;
          });

  @AfterEach
  void close() {
    pool.shutdownNow();
  }

  @Test
  void aTaskBehindOnesThatDoNotEnd_runs() throws InterruptedException {
    CountDownLatch mayEnd = new CountDownLatch(1);
    CountDownLatch blocked = new CountDownLatch(20);
    AtomicInteger shortOnes = new AtomicInteger();
    for (int i = 0; i < 20; i++) {
      pool.execute(
          () -> {
            blocked.countDown();
            awaitQuietly(mayEnd);
          });
      for (int j = 0; j < 50; j++) {
        pool.execute(shortOnes::incrementAndGet);
      }
    }
    assertThat(blocked.await(30, TimeUnit.SECONDS)).isTrue();
    await().untilAsserted(() -> assertThat(shortOnes).hasValue(1_000));
    mayEnd.countDown();
  }

  @Test
  void tasksThatComeOneAfterTheOther_shareThreads() throws InterruptedException {
    Set<Thread> used = Collections.synchronizedSet(new HashSet<>());
    for (int i = 0; i < 50; i++) {
      CountDownLatch done = new CountDownLatch(1);
      pool.execute(
          () -> {
            used.add(Thread.currentThread());
            done.countDown();
          });
      assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
    }
    // Some threads may still be returning when the next task arrives.
    assertThat(used).hasSizeLessThan(50);
  }

  @Test
  void aTaskThatThrows_takesNoThreadWithIt() {
    AtomicInteger ran = new AtomicInteger();
    pool.execute(
        () -> {
          throw new IllegalStateException("thrown on purpose");
        });
    pool.execute(ran::incrementAndGet);
    await().untilAsserted(() -> assertThat(ran).hasValue(1));
    assertThat(threads).allMatch(Thread::isAlive);
  }

  @Test
  void shutDownAtOnce_itInterruptsWhatRunsAndAcceptsNothingMore() throws InterruptedException {
    CountDownLatch running = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    pool.execute(
        () -> {
          running.countDown();
          try {
            TimeUnit.MINUTES.sleep(5);
          } catch (InterruptedException e) {
            interrupted.countDown();
          }
        });
    assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();

    pool.shutdownNow();

    assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    assertThatThrownBy(() -> pool.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
    await().untilAsserted(() -> assertThat(threads).noneMatch(Thread::isAlive));
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
