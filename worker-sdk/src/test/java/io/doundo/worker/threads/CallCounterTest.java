package io.doundo.worker.threads;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CallCounterTest {

  private static final long LONG = TimeUnit.MINUTES.toNanos(5);

  private final CallCounter calls = new CallCounter();

  private Thread waiting(Runnable then) {
    Thread thread =
        new Thread(
            () -> {
              calls.awaitEnded(LONG);
              then.run();
            });
    thread.setDaemon(true);
    thread.start();
    await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
    return thread;
  }

  @Test
  void withoutCallsNobodyWaits() {
    assertThat(calls.areEnded()).isTrue();
    calls.awaitEnded(LONG);

    calls.begins();
    calls.ends();
    calls.awaitEnded(LONG);
    assertThat(calls.areEnded()).isTrue();
  }

  @Test
  void aThreadWaitsForTheCallsThatHaveBegunAndNotForLaterOnes() {
    AtomicInteger woken = new AtomicInteger();
    calls.begins();
    calls.begins();
    Thread thread = waiting(woken::incrementAndGet);

    calls.begins();
    calls.ends();
    assertThat(calls.areEnded()).isFalse();
    assertThat(thread.isAlive()).isTrue();
    calls.ends();
    await().until(() -> woken.get() == 1);
    assertThat(calls.areEnded()).as("the third one has not").isFalse();
  }

  @Test
  void whenTheCallsTakeTooLongTheThreadGoesOn() {
    calls.begins();

    long began = System.nanoTime();
    calls.awaitEnded(Duration.ofMillis(20).toNanos());
    assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(20));
    assertThat(calls.areEnded()).isFalse();
  }

  @Test
  void anInterruptedThreadGoesOnAndKeepsItsInterrupt() {
    CountDownLatch kept = new CountDownLatch(1);
    calls.begins();
    Thread thread =
        waiting(
            () -> {
              if (Thread.currentThread().isInterrupted()) {
                kept.countDown();
              }
            });

    thread.interrupt();
    await().until(() -> kept.getCount() == 0);
  }

  /** The end that counts may come at any moment of the beginning of the wait. */
  @Test
  @Timeout(120)
  void noWakeUpIsMissed() throws InterruptedException {
    int rounds = 20_000;
    Thread ending =
        new Thread(
            () -> {
              for (int i = 0; i < rounds; i++) {
                while (calls.areEnded()) {
                  Thread.onSpinWait();
                }
                calls.ends();
              }
            });
    ending.start();
    for (int i = 0; i < rounds; i++) {
      calls.begins();
      calls.awaitEnded(LONG);
    }
    ending.join();
    assertThat(calls.areEnded()).isTrue();
  }
}
