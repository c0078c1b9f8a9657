package io.doundo.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.protocol.Answer;
import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.Outcome;
import io.doundo.worker.Do;
import io.doundo.worker.OnDoubt;
import io.doundo.worker.SagaWorker;
import io.doundo.worker.StepContext;
import io.doundo.worker.Undo;
import io.doundo.worker.Undoing;
import io.doundo.worker.Verdict;
import io.doundo.worker.Verify;
import io.doundo.worker.fence.Fence;
import io.doundo.worker.fence.FenceSettings;
import io.doundo.worker.fence.RedisFence;
import io.doundo.worker.testing.RedisServerProcess;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What happens to effects when things go wrong, on a real broker and a real redis-server. */
class EffectsIT {

  record Asked(String tenant) {}

  record Made(String id) {}

  /** Behaves as the flowId says; {@code deaf} flows do not stop when they are interrupted. */
  @SagaWorker("effects")
  static class Steps {

    final List<String> effects = new CopyOnWriteArrayList<>();
    final List<String> began = new CopyOnWriteArrayList<>();
    final CountDownLatch hangingMayEnd = new CountDownLatch(1);

    @Do("rerun")
    Made rerun(Asked asked, StepContext step) throws InterruptedException {
      began.add(step.flowId());
      if (step.flowId().startsWith("deaf")) {
        boolean ended = false;
        while (!ended) {
          try {
            ended = hangingMayEnd.await(20, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            began.add("interrupted " + step.flowId());
          }
        }
      } else if (step.flowId().startsWith("hangs")) {
        hangingMayEnd.await(20, TimeUnit.SECONDS);
      }
      effects.add("do " + step.flowId());
      throwsAfterItsEffect(step);
      return new Made(asked.tenant());
    }

    @Undo("rerun")
    void undo(Undoing<Asked, Made> undoing, StepContext step) {
      effects.add("undo " + step.flowId() + ' ' + undoing.effect());
    }

    @Do(value = "verified", onDoubt = OnDoubt.VERIFY)
    Made verified(Asked asked, StepContext step) {
      if (!step.flowId().contains("unseen")) {
        effects.add("do " + step.flowId());
      }
      throwsAfterItsEffect(step);
      return new Made(asked.tenant());
    }

    @Verify("verified")
    Verdict verify(Asked asked, StepContext step) {
      if (effects.contains("do " + step.flowId())) {
        return Verdict.done(new Made("seen"));
      }
      return Verdict.notDone();
    }

    @Do(value = "never", onDoubt = OnDoubt.NEVER)
    Made never(Asked asked, StepContext step) {
      effects.add("do " + step.flowId());
      throwsAfterItsEffect(step);
      return new Made(asked.tenant());
    }

    private static void throwsAfterItsEffect(StepContext step) {
      if (step.flowId().startsWith("throws") && step.attempt() == 1) {
        throw new IllegalStateException("connection reset");
      }
    }
  }

  private static final List<String> STEPS = List.of("rerun", "verified", "never");

  /** All clocks are one here. */
  private static final FenceSettings SETTINGS =
      FenceSettings.DEFAULTS.withPrefix("test").withClockTolerance(Duration.ZERO);

  @TempDir private static Path directory;
  private static RedisServerProcess redis;

  private final Steps steps = new Steps();
  private final Workers workers = new Workers().lease(Duration.ofMillis(400));
  private final Fence fence;
  private final Wire wire = new Wire("effects");
  private String group = "";

  EffectsIT() {
    fence = RedisFence.single(redis.uri(), SETTINGS);
  }

  @BeforeAll
  static void startRedis() throws IOException {
    redis = RedisServerProcess.start(directory, 0);
    try (Fence first = RedisFence.single(redis.uri(), SETTINGS)) {
      // From here on it keeps records, so that what is not on record did not happen.
      first.check().toCompletableFuture().join();
    }
  }

  @AfterAll
  static void stopRedis() {
    redis.close();
  }

  @BeforeEach
  void name(TestInfo test) {
    group =
        test.getTestMethod().orElseThrow().getName()
            + test.getDisplayName().replaceAll("[^A-Za-z0-9]+", "-");
    for (String step : STEPS) {
      wire.createTopics(step);
      wire.beginAtEnd(group, step);
    }
  }

  @AfterEach
  void close() throws IOException {
    if (!redis.isAlive()) {
      redis.start();
    }
    steps.hangingMayEnd.countDown();
    workers.close();
    fence.close();
    wire.close();
  }

  @ParameterizedTest
  @MethodSource("leases")
  void anEffectThatLandsAfterItsUndoIsReportedAndUndoneAgain(Duration lease) {
    workers.lease(lease).start(group, fence, steps);
    Wire.Sent late = wire.toDo("deaf", "rerun").timeout(Duration.ofMillis(800)).send();
    await().until(() -> steps.began.contains("deaf"));

    Answer undone = wire.answerTo(wire.toUndo("deaf", "rerun").send());
    steps.hangingMayEnd.countDown();
    Answer landed = wire.answerTo(late);
    Answer undoneAgain =
        wire.answerTo(
            wire.toUndo("deaf", "rerun").attempt(2).generation(2).effect(KnownEffect.DONE).send());

    assertThat(undone.outcome()).isEqualTo(Outcome.UNDONE);
    assertThat(landed.outcome()).isEqualTo(Outcome.LATE_EFFECT);
    assertThat(undoneAgain.outcome()).isEqualTo(Outcome.UNDONE);
    assertThat(steps.effects).containsExactly("undo deaf UNKNOWN", "do deaf", "undo deaf DONE");
  }

  /** A lease that is shorter than the step's timeout, and one that is longer: the default. */
  private static Stream<Duration> leases() {
    return Stream.of(Duration.ofMillis(400), Duration.ofSeconds(30));
  }

  @ParameterizedTest
  @MethodSource("leases")
  void aRunThatIsHeldUpPastItsLeaseDoesNotBeginAfterItsUndo(Duration lease) {
    CompletableFuture<Void> goesOn = new CompletableFuture<>();
    CompletableFuture<Void> decided = new CompletableFuture<>();
    workers.lease(lease).start(group, heldUp(decided, goesOn), steps);
    wire.toDo("late-begin", "rerun").timeout(Duration.ofMillis(700)).send();
    decided.join();
    for (String step : STEPS) {
      wire.beginAtEnd(group + "-other", step);
    }
    workers.start(group + "-other", fence, steps);

    Answer undone = wire.answerTo(wire.toUndo("late-begin", "rerun").send());
    goesOn.complete(null);
    await().until(() -> wire.uncommitted(group, "rerun") == 0);

    assertThat(undone.outcome()).isEqualTo(Outcome.UNDONE);
    assertThat(steps.began).isEmpty();
    assertThat(steps.effects).containsOnly("undo late-begin UNKNOWN");
  }

  /** The fence as a process sees it that stands still after the fence has let it run a DO. */
  private Fence heldUp(CompletableFuture<Void> decided, CompletableFuture<Void> goesOn) {
    return (Fence)
        Proxy.newProxyInstance(
            Fence.class.getClassLoader(),
            new Class<?>[] {Fence.class},
            (proxy, method, arguments) -> {
              Object reply = method.invoke(fence, arguments);
              if (!method.getName().equals("beginDo")) {
                return reply;
              }
              return ((CompletionStage<?>) reply)
                  .thenCompose(
                      decision -> {
                        decided.complete(null);
                        return goesOn.thenApply(nothing -> decision);
                      });
            });
  }

  @Test
  void anUndoInterruptsTheDoItWaitsFor() {
    workers.lease(Duration.ofSeconds(30)).start(group, fence, steps);
    Wire.Sent hanging = wire.toDo("hangs", "rerun").send();
    await().until(() -> steps.began.contains("hangs"));

    Answer undone = wire.answerTo(wire.toUndo("hangs", "rerun").send());

    assertThat(wire.answerTo(hanging).outcome()).isEqualTo(Outcome.UNKNOWN);
    assertThat(undone.outcome()).isEqualTo(Outcome.UNDONE);
    assertThat(steps.effects).containsExactly("undo hangs UNKNOWN");
  }

  @ParameterizedTest
  @MethodSource("leases")
  void aHangingHandlerHoldsUpNeitherOthersNorItsOwnRetry(Duration lease) {
    workers.lease(lease).start(group, fence, steps);
    wire.toDo("deaf-retry", "rerun").timeout(Duration.ofMillis(500)).send();
    await().until(() -> steps.began.contains("deaf-retry"));
    wire.answerTo(wire.toDo("other", "rerun").send());

    Wire.Sent second = wire.toDo("deaf-retry", "rerun").attempt(2).send();
    await().until(() -> steps.began.stream().filter("deaf-retry"::equals).count() == 2);
    steps.hangingMayEnd.countDown();

    assertThat(wire.answerTo(second).outcome()).isEqualTo(Outcome.OK);
    assertThat(steps.began).contains("interrupted deaf-retry");
  }

  @Test
  void afterADoubtfulFailureTheStepsPolicyDecides() {
    workers.start(group, fence, steps);
    for (String step : STEPS) {
      Answer first = wire.answerTo(wire.toDo("throws-" + step, step).send());
      assertThat(first.outcome()).isEqualTo(Outcome.UNKNOWN);
    }

    Answer rerun = wire.answerTo(wire.toDo("throws-rerun", "rerun").attempt(2).send());
    Answer verified = wire.answerTo(wire.toDo("throws-verified", "verified").attempt(2).send());
    Answer never = wire.answerTo(wire.toDo("throws-never", "never").attempt(2).send());

    assertThat(rerun.outcome()).isEqualTo(Outcome.OK);
    assertThat(verified.outcome()).isEqualTo(Outcome.OK);
    assertThat(String.valueOf(verified.payload())).isEqualTo("{\"id\":\"seen\"}");
    assertThat(never.outcome()).isEqualTo(Outcome.UNKNOWN);
    assertThat(steps.effects)
        .containsExactly(
            "do throws-rerun", "do throws-verified", "do throws-never", "do throws-rerun");
  }

  @Test
  void whatIsVerifiedAsNotDoneRuns() {
    workers.start(group, fence, steps);
    wire.answerTo(wire.toDo("throws-unseen", "verified").send());

    Answer second = wire.answerTo(wire.toDo("throws-unseen", "verified").attempt(2).send());

    assertThat(second.outcome()).isEqualTo(Outcome.OK);
    assertThat(String.valueOf(second.payload())).isEqualTo("{\"id\":\"acme\"}");
  }

  @Test
  void whileRedisIsDownNothingRunsUnfencedAndAfterwardsEverythingGoesOn() throws IOException {
    Worker worker = workers.start(group, fence, steps);
    wire.answerTo(wire.toDo("before-0", "rerun").send());
    Wire.Sent running = wire.toDo("hangs-over", "rerun").send();
    await().until(() -> steps.began.contains("hangs-over"));

    redis.kill();
    for (int i = 0; i < 20; i++) {
      wire.toDo("down-" + i, "rerun").send();
    }
    steps.hangingMayEnd.countDown();
    await().atMost(Duration.ofSeconds(20)).until(() -> !worker.isFenceUp());
    await()
        .during(Duration.ofSeconds(2))
        .untilAsserted(
            () -> assertThat(steps.effects).containsExactly("do before-0", "do hangs-over"));
    redis.start();

    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(wire.uncommitted(group, "rerun")).isZero());
    assertThat(wire.answerTo(running).outcome()).isEqualTo(Outcome.OK);
    assertThat(steps.effects).hasSize(22).doesNotHaveDuplicates();
    assertThat(wire.answers("down-19")).extracting(Answer::outcome).containsExactly(Outcome.OK);
  }
}
