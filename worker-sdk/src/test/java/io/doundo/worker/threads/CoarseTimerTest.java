package io.doundo.worker.threads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.worker.threads.CoarseTimer.TaskGroup;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CoarseTimerTest {

  private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

  private final TaskTimer timer = new TaskTimer(Thread::new);

  @AfterEach
  void close() {
    timer.close();
  }

  private CoarseTimer coarse(Duration interval) {
    return new CoarseTimer(timer, interval);
  }

  private int entries() {
    return ((ScheduledThreadPoolExecutor) timer.executor()).getQueue().size();
  }

  @Test
  void aTaskRunsOnceAndNotBeforeItsTime() {
    AtomicLong ran = new AtomicLong();
    AtomicInteger times = new AtomicInteger();
    long began = System.nanoTime();
    coarse(Duration.ofMillis(20))
        .after(
            30 * MILLISECOND,
            () -> {
              ran.set(System.nanoTime());
              times.incrementAndGet();
            });

    await().until(() -> ran.get() != 0);
    assertThat(ran.get() - began).isGreaterThanOrEqualTo(30 * MILLISECOND);
    assertThat(times).hasValue(1);
    assertThat(entries()).isZero();
  }

  @Test
  void theTasksOfAnIntervalShareOneEntryOfTheTimer() {
    CoarseTimer coarse = coarse(Duration.ofHours(1));
    List<Runnable> tasks =
        IntStream.range(0, 1_000).<Runnable>mapToObj(task -> () -> entries()).toList();
    List<TaskGroup> groups =
        tasks.stream().map(task -> coarse.after(TimeUnit.HOURS.toNanos(2), task)).toList();

    // The interval may end while they are added.
    assertThat(entries()).isBetween(1, 2);
    for (int i = 0; i < tasks.size(); i++) {
      groups.get(i).withdraw(tasks.get(i));
    }
    assertThat(entries()).as("it stays until its time").isBetween(1, 2);
  }

  @Test
  void aTaskThatIsWithdrawnOrFailsDoesNotKeepTheOthersFromRunning() {
    CoarseTimer coarse = coarse(Duration.ofMillis(1));
    Queue<String> ran = new ConcurrentLinkedQueue<>();
    Runnable withdrawn = () -> ran.add("withdrawn");
    CountDownLatch withdrawal = new CountDownLatch(1);
    // Nothing runs before that.
    timer.after(0, () -> awaitOpen(withdrawal));
    TaskGroup group = coarse.after(MILLISECOND, withdrawn);
    coarse.after(
        MILLISECOND,
        () -> {
          throw new IllegalStateException("thrown on purpose");
        });
    coarse.after(MILLISECOND, () -> ran.add("a"));
    coarse.after(MILLISECOND, () -> ran.add("b"));
    group.withdraw(withdrawn);
    withdrawal.countDown();

    await().until(() -> ran.size() >= 2);
    await().untilAsserted(() -> assertThat(entries()).isZero());
    assertThat(ran).containsExactlyInAnyOrder("a", "b");
  }

  private static void awaitOpen(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A group becomes due while tasks are added to it. */
  @Test
  void noTaskIsLostAndNoneRunsTwice() throws InterruptedException {
    CoarseTimer coarse = coarse(Duration.ofMillis(1));
    int each = 20_000;
    AtomicInteger[] runs = new AtomicInteger[2 * each];
    for (int i = 0; i < runs.length; i++) {
      runs[i] = new AtomicInteger();
    }
    List<Thread> adding =
        List.of(
            new Thread(() -> add(coarse, runs, 0, each)),
            new Thread(() -> add(coarse, runs, each, 2 * each)));
    adding.forEach(Thread::start);
    for (Thread thread : adding) {
      thread.join();
    }

    await().untilAsserted(() -> assertThat(List.of(runs)).allMatch(count -> count.get() >= 1));
    await().untilAsserted(() -> assertThat(entries()).isZero());
    assertThat(List.of(runs)).allMatch(count -> count.get() == 1);
  }

  private static void add(CoarseTimer coarse, AtomicInteger[] runs, int from, int to) {
    for (int i = from; i < to; i++) {
      // Those of no time at all belong to the interval that is just ending.
      coarse.after(i % 2 * MILLISECOND, runs[i]::incrementAndGet);
    }
  }

  @Test
  void itSuitsTasksThatMayBeLateByHalfOfTheirTime() {
    CoarseTimer coarse = coarse(Duration.ofMillis(100));

    assertThat(coarse.suits(200 * MILLISECOND)).isTrue();
    assertThat(coarse.suits(199 * MILLISECOND)).isFalse();
    assertThat(coarse(Duration.ZERO).suits(2 * MILLISECOND)).isTrue();
    assertThat(coarse(Duration.ZERO).suits(MILLISECOND)).isFalse();
  }
}
