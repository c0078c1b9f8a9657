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
import io.doundo.worker.Verify;
import io.doundo.worker.VerifyResult;
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

/** Effects under failures, on a real broker and a real redis-server. */
class EffectsIT {

  record TenantRequest(String tenant) {}

  record TenantCreated(String id) {}

  /** A handler that behaves as the flowId says; {@code deaf} flows ignore interrupts. */
  @SagaWorker("effects")
  static class Steps {

    final List<String> effects = new CopyOnWriteArrayList<>();
    final List<String> began = new CopyOnWriteArrayList<>();
    final CountDownLatch hangingMayEnd = new CountDownLatch(1);

    @Do("rerun")
    TenantCreated rerun(TenantRequest asked, StepContext step) throws InterruptedException {
      began.add(step.flowId());
      if (step.flowId().startsWith("deaf")) {
        boolean ended = false;
        while (!ended) {
          try {
            ended = hangingMayEnd.await(60, TimeUnit.SECONDS);
          } catch (InterruptedException e) {
            began.add("interrupted " + step.flowId());
          }
        }
      } else if (step.flowId().startsWith("hangs")) {
        hangingMayEnd.await(60, TimeUnit.SECONDS);
      }
      effects.add("do " + step.flowId());
      throwsAfterItsEffect(step);
      return new TenantCreated(asked.tenant());
    }

    @Undo("rerun")
    void undo(Undoing<TenantRequest, TenantCreated> undoing, StepContext step) {
      effects.add("undo " + step.flowId() + ' ' + undoing.effect());
    }

    @Do(value = "verified", onDoubt = OnDoubt.VERIFY)
    TenantCreated verified(TenantRequest asked, StepContext step) {
      if (!step.flowId().contains("unseen")) {
        effects.add("do " + step.flowId());
      }
      throwsAfterItsEffect(step);
      return new TenantCreated(asked.tenant());
    }

    @Verify("verified")
    VerifyResult verify(TenantRequest asked, StepContext step) {
      if (effects.contains("do " + step.flowId())) {
        return VerifyResult.done(new TenantCreated("seen"));
      }
      return VerifyResult.notDone();
    }

    @Do(value = "never", onDoubt = OnDoubt.NEVER)
    TenantCreated never(TenantRequest asked, StepContext step) {
      effects.add("do " + step.flowId());
      throwsAfterItsEffect(step);
      return new TenantCreated(asked.tenant());
    }

    private static void throwsAfterItsEffect(StepContext step) {
      if (step.flowId().startsWith("throws") && step.attempt() == 1) {
        throw new IllegalStateException("connection reset");
      }
    }
  }

  private static final List<String> STEPS = List.of("rerun", "verified", "never");

  /** All parties share one clock. */
  private static final FenceSettings SETTINGS =
      FenceSettings.DEFAULTS.withPrefix("test").withClockTolerance(Duration.ZERO);

  @TempDir private static Path directory;
  private static RedisServerProcess redis;

  private final Steps steps = new Steps();
  private final WorkerFixture workers = new WorkerFixture().lease(Duration.ofMillis(400));
  private final Fence fence;
  private final OrchestratorStub orchestrator = new OrchestratorStub("effects");
  private String group = "";

  EffectsIT() {
    fence = RedisFence.single(redis.uri(), SETTINGS);
  }

  @BeforeAll
  static void startRedis() throws IOException {
    redis = RedisServerProcess.start(directory, 0);
    try (Fence first = RedisFence.single(redis.uri(), SETTINGS)) {
      // From here on it keeps records, so the absence of a record proves that nothing ran.
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
      orchestrator.createTopics(step);
      orchestrator.beginAtEnd(group, step);
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
    orchestrator.close();
  }

  @ParameterizedTest
  @MethodSource("leases")
  void anEffectThatLandsAfterItsUndoIsReportedAndUndoneAgain(Duration lease) {
    workers.lease(lease).start(group, fence, steps);
    OrchestratorStub.StubCommand late =
        orchestrator.doCommand("deaf", "rerun").timeout(Duration.ofMillis(800)).send();
    await().until(() -> steps.began.contains("deaf"));

    Answer undone = orchestrator.answerTo(orchestrator.undoCommand("deaf", "rerun").send());
    steps.hangingMayEnd.countDown();
    Answer landed = orchestrator.answerTo(late);
    Answer undoneAgain =
        orchestrator.answerTo(
            orchestrator
                .undoCommand("deaf", "rerun")
                .attempt(2)
                .generation(2)
                .effect(KnownEffect.DONE)
                .send());

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
  void aRunDelayedPastItsLeaseDoesNotBeginAfterItsUndo(Duration lease) {
    CompletableFuture<Void> goesOn = new CompletableFuture<>();
    CompletableFuture<Void> decided = new CompletableFuture<>();
    workers.lease(lease).start(group, heldUp(decided, goesOn), steps);
    orchestrator.doCommand("late-begin", "rerun").timeout(Duration.ofMillis(700)).send();
    decided.join();
    for (String step : STEPS) {
      orchestrator.beginAtEnd(group + "-other", step);
    }
    workers.start(group + "-other", fence, steps);

    Answer undone = orchestrator.answerTo(orchestrator.undoCommand("late-begin", "rerun").send());
    goesOn.complete(null);
    await().until(() -> orchestrator.uncommitted(group, "rerun") == 0);

    assertThat(undone.outcome()).isEqualTo(Outcome.UNDONE);
    assertThat(steps.began).isEmpty();
    assertThat(steps.effects).containsOnly("undo late-begin UNKNOWN");
  }

  /** The fence as seen by a process that freezes after it was allowed to run a DO. */
  private Fence heldUp(CompletableFuture<Void> decided, CompletableFuture<Void> goesOn) {
    return (Fence)
        Proxy.newProxyInstance(
            Fence.class.getClassLoader(),
            new Class<?>[] {Fence.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("assigned")) {
                return proxy;
              }
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
    OrchestratorStub.StubCommand hanging = orchestrator.doCommand("hangs", "rerun").send();
    await().until(() -> steps.began.contains("hangs"));

    Answer undone = orchestrator.answerTo(orchestrator.undoCommand("hangs", "rerun").send());

    assertThat(orchestrator.answerTo(hanging).outcome()).isEqualTo(Outcome.UNKNOWN);
    assertThat(undone.outcome()).isEqualTo(Outcome.UNDONE);
    assertThat(steps.effects).containsExactly("undo hangs UNKNOWN");
  }

  @ParameterizedTest
  @MethodSource("leases")
  void aHangingHandlerHoldsUpNeitherOthersNorItsOwnRetry(Duration lease) {
    workers.lease(lease).start(group, fence, steps);
    orchestrator.doCommand("deaf-retry", "rerun").timeout(Duration.ofMillis(500)).send();
    await().until(() -> steps.began.contains("deaf-retry"));
    orchestrator.answerTo(orchestrator.doCommand("other", "rerun").send());

    OrchestratorStub.StubCommand second =
        orchestrator.doCommand("deaf-retry", "rerun").attempt(2).send();
    await().until(() -> steps.began.stream().filter("deaf-retry"::equals).count() == 2);
    steps.hangingMayEnd.countDown();

    assertThat(orchestrator.answerTo(second).outcome()).isEqualTo(Outcome.OK);
    assertThat(steps.began).contains("interrupted deaf-retry");
  }

  @Test
  void afterADoubtfulFailureTheStepsPolicyDecides() {
    workers.start(group, fence, steps);
    for (String step : STEPS) {
      Answer first = orchestrator.answerTo(orchestrator.doCommand("throws-" + step, step).send());
      assertThat(first.outcome()).isEqualTo(Outcome.UNKNOWN);
    }

    Answer rerun =
        orchestrator.answerTo(orchestrator.doCommand("throws-rerun", "rerun").attempt(2).send());
    Answer verified =
        orchestrator.answerTo(
            orchestrator.doCommand("throws-verified", "verified").attempt(2).send());
    Answer never =
        orchestrator.answerTo(orchestrator.doCommand("throws-never", "never").attempt(2).send());

    assertThat(rerun.outcome()).isEqualTo(Outcome.OK);
    assertThat(verified.outcome()).isEqualTo(Outcome.OK);
    assertThat(String.valueOf(verified.payload())).isEqualTo("{\"id\":\"seen\"}");
    assertThat(never.outcome()).isEqualTo(Outcome.UNKNOWN);
    assertThat(steps.effects)
        .containsExactly(
            "do throws-rerun", "do throws-verified", "do throws-never", "do throws-rerun");
  }

  @Test
  void aDoVerifiedAsNotDoneRuns() {
    workers.start(group, fence, steps);
    orchestrator.answerTo(orchestrator.doCommand("throws-unseen", "verified").send());

    Answer second =
        orchestrator.answerTo(
            orchestrator.doCommand("throws-unseen", "verified").attempt(2).send());

    assertThat(second.outcome()).isEqualTo(Outcome.OK);
    assertThat(String.valueOf(second.payload())).isEqualTo("{\"id\":\"acme\"}");
  }

  @Test
  void whileRedisIsDownNothingRunsUnfencedAndAfterwardsEverythingGoesOn() throws IOException {
    Worker worker = workers.start(group, fence, steps);
    orchestrator.answerTo(orchestrator.doCommand("before-0", "rerun").send());
    OrchestratorStub.StubCommand running = orchestrator.doCommand("hangs-over", "rerun").send();
    await().until(() -> steps.began.contains("hangs-over"));

    redis.kill();
    for (int i = 0; i < 20; i++) {
      orchestrator.doCommand("down-" + i, "rerun").send();
    }
    steps.hangingMayEnd.countDown();
    await().until(() -> !worker.isFenceUp());
    await()
        .during(Duration.ofSeconds(2))
        .untilAsserted(
            () -> assertThat(steps.effects).containsExactly("do before-0", "do hangs-over"));
    redis.start();

    await().untilAsserted(() -> assertThat(orchestrator.uncommitted(group, "rerun")).isZero());
    assertThat(orchestrator.answerTo(running).outcome()).isEqualTo(Outcome.OK);
    assertThat(steps.effects).hasSize(22).doesNotHaveDuplicates();
    assertThat(orchestrator.answers("down-19"))
        .extracting(Answer::outcome)
        .containsExactly(Outcome.OK);
  }
}
