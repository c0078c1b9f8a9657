package io.doundo.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.doundo.worker.binding.JsonBinder;
import io.doundo.worker.fence.Fence;
import io.doundo.worker.fence.FenceUnavailableException;
import io.doundo.worker.fence.redis.UnsafeRedisException;
import io.doundo.worker.fence.redis.UnusableRecordException;
import io.doundo.worker.threads.HandlerThreads;
import io.doundo.worker.threads.TaskTimer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.json.JsonMapper;

/** A fence that is unreachable, or must not be used. */
class FenceHealthTest {

  private final AtomicInteger checks = new AtomicInteger();
  private final TaskTimer timer = new TaskTimer(task -> new Thread(task, "health-test"));

  @AfterEach
  void close() {
    timer.close();
  }

  private Fence fence(Supplier<CompletableFuture<Void>> check) {
    return (Fence)
        Proxy.newProxyInstance(
            Fence.class.getClassLoader(),
            new Class<?>[] {Fence.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("retention")) {
                return Duration.ofDays(8);
              }
              if (!method.getName().equals("check")) {
                throw new UnsupportedOperationException(method.getName());
              }
              checks.incrementAndGet();
              return check.get();
            });
  }

  private static FenceUnavailableException away() {
    return new FenceUnavailableException("away", null);
  }

  @Test
  void howeverOftenItIsFoundDown_oneCheckAtATimeIsUnderWay() {
    CompletableFuture<Void> answer = new CompletableFuture<>();
    FenceHealth health = new FenceHealth(fence(() -> answer), timer);
    health.down(away());
    health.down(away());

    await()
        .during(Duration.ofMillis(1_200))
        .untilAsserted(() -> assertThat(checks).hasValueLessThan(2));
    assertThat(health.isUp()).isFalse();
    answer.complete(null);
    await().until(health::isUp);
  }

  @Test
  void whatAnswersWithoutWriting_doesNotBringItUp() {
    CompletableFuture<Void> answer = new CompletableFuture<>();
    Fence refusesWrites = fence(() -> answer);
    FenceHealth health = new FenceHealth(refusesWrites, timer);
    GuardedFence guarded = new GuardedFence(refusesWrites, health, timer);
    health.down(new FenceUnavailableException("OOM command not allowed", null));

    guarded.once(asked -> CompletableFuture.completedFuture("wait")).toCompletableFuture().join();

    assertThat(health.isUp()).isFalse();
    assertThat(health.state().reason()).isEqualTo("OOM command not allowed");
    answer.complete(null);
    await().until(health::isUp);
    assertThat(health.state().reason()).isNull();
  }

  /** A Redis that refuses writes answers so, or its connection is just being replaced. */
  @Test
  @ExtendWith(OutputCaptureExtension.class)
  void anOutageWithSeveralReasonsInTurns_isLoggedOnceInAWhile(CapturedOutput output) {
    AtomicLong nanos = new AtomicLong(17);
    FenceHealth health = new FenceHealth(fence(CompletableFuture::new), timer, nanos::get);
    for (int i = 0; i < 10; i++) {
      health.down(new FenceUnavailableException("MISCONF", null));
      health.down(new FenceUnavailableException("Connection closed", null));
    }
    assertThat(output.toString().split("The fence is unreachable", -1)).hasSize(2);
    assertThat(health.state().reason()).isEqualTo("Connection closed");

    nanos.addAndGet(TimeUnit.SECONDS.toNanos(30) + 1);
    health.down(new FenceUnavailableException("READONLY", null));
    assertThat(output.toString()).contains("until it answers again: READONLY");
  }

  @Test
  void aRecordThatCannotBeUsed_concernsItsOwnCommandOnly() {
    FenceHealth health = new FenceHealth(fence(CompletableFuture::new), timer);
    GuardedFence guarded = new GuardedFence(fence(CompletableFuture::new), health, timer);

    assertThatThrownBy(
            () ->
                guarded
                    .ask(
                        asked ->
                            CompletableFuture.failedFuture(
                                new UnusableRecordException("WRONGTYPE", new Exception())),
                        () -> true)
                    .toCompletableFuture()
                    .join())
        .hasCauseInstanceOf(UnusableRecordException.class);

    assertThat(health.isUp()).isTrue();
    assertThat(checks).hasValue(0);
  }

  @Test
  void oneThatComesAndGoes_isCheckedLessOften() {
    long first = FenceHealth.pauseAfter(500, TimeUnit.HOURS.toNanos(1));
    long second = FenceHealth.pauseAfter(first, TimeUnit.SECONDS.toNanos(1));

    assertThat(first).isEqualTo(500);
    assertThat(second).isEqualTo(1_000);
    assertThat(FenceHealth.pauseAfter(8_000, 0)).isEqualTo(10_000);
    assertThat(FenceHealth.pauseAfter(8_000, TimeUnit.MINUTES.toNanos(1))).isEqualTo(500);
  }

  @Test
  void aFenceThatMustNotBeUsed_staysDownUntilItMay() {
    AtomicInteger bad = new AtomicInteger(2);
    FenceHealth health =
        new FenceHealth(
            fence(
                () -> {
                  if (bad.getAndDecrement() > 0) {
                    throw new UnsafeRedisException("it evicts", "do not");
                  }
                  return CompletableFuture.completedFuture(null);
                }),
            timer);
    health.down(away());

    await().until(health::isUp);
    assertThat(checks).hasValue(3);
    health.down(away());
    await().until(health::isUp);
    assertThat(checks).hasValue(4);
  }

  @Test
  void aWorkerThatDoesNotStart_leavesNoClientBehind() {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    DeliverySettings settings =
        new DeliverySettings(
            "unsafe",
            "unsafe",
            Map.of("bootstrap.servers", "localhost:1", "client.id", "unsafe-worker"),
            Duration.ofSeconds(30),
            1,
            1,
            Duration.ofSeconds(1));
    Worker worker =
        new Worker(
            settings,
            List.of(),
            fence(
                () -> CompletableFuture.failedFuture(new UnsafeRedisException("evicts", "do not"))),
            new JsonBinder(JsonMapper.builder().build()),
            new SimpleMeterRegistry(),
            HandlerThreads.own(null));

    assertThatThrownBy(worker::start)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(UnsafeRedisException.class);

    await()
        .untilAsserted(
            () ->
                assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(thread -> !before.contains(thread))
                    .extracting(Thread::getName)
                    .noneMatch(name -> name.contains("unsafe-worker") || name.startsWith("saga-")));
  }
}
