package io.doundo.worker.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.protocol.Answer;
import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.Outcome;
import io.doundo.worker.broker.TestBroker;
import io.doundo.worker.fence.Fence;
import io.doundo.worker.fence.FenceSettings;
import io.doundo.worker.fence.RedisFence;
import io.doundo.worker.testing.RedisServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Worker processes are killed and stopped in the middle of a handler, and others take over; a
 * ledger that outlives them records what happened. On a real broker and redis-server.
 */
@DisabledOnOs(OS.WINDOWS)
class ProcessFaultsIT {

  private static final String HERE = "here";
  private static final String CHILD = ChildWorker.INSTANCE;
  private static final Duration LEASE = Duration.ofMillis(800);
  private static final List<String> STEPS = List.of("rerun", "verified", "never");

  /** All parties share one clock. */
  private static final FenceSettings SETTINGS =
      FenceSettings.DEFAULTS.withPrefix("test").withClockTolerance(Duration.ZERO);

  @TempDir private static Path redisDirectory;
  private static RedisServerProcess redis;

  @TempDir private Path directory;
  private final WorkerFixture workers = new WorkerFixture().lease(LEASE);
  private final Fence fence;
  private final OrchestratorStub orchestrator = new OrchestratorStub("faults");
  private StepLedger ledger;
  private ChildWorker child;
  private String group = "";

  ProcessFaultsIT() {
    fence = RedisFence.single(redis.uri(), SETTINGS);
  }

  @BeforeAll
  static void startRedis() throws IOException {
    redis = RedisServerProcess.start(redisDirectory, 0);
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
  void begin(TestInfo test) throws IOException {
    group = test.getTestMethod().orElseThrow().getName();
    ledger = LedgerSteps.ledger(directory);
    for (String step : STEPS) {
      orchestrator.createTopics(step);
      orchestrator.beginAtEnd(group, step);
    }
    child = ChildWorker.start(group, TestBroker.address(), redis.uri(), directory, LEASE);
  }

  @AfterEach
  void end() {
    child.close();
    workers.close();
    fence.close();
    orchestrator.close();
  }

  @Test
  void aDoDeliveredTenTimesToTwoProcessesHasOneEffectAndNoneAfterItsUndo() {
    for (String step : STEPS) {
      orchestrator.beginAtEnd(group + "-here", step);
    }
    workers.start(group + "-here", fence, new LedgerSteps(directory, HERE));
    OrchestratorStub.StubCommand undone = orchestrator.undoCommand("overtaken", "rerun").send();
    assertThat(orchestrator.answerTo(undone).outcome()).isEqualTo(Outcome.UNDONE_EMPTY);
    OrchestratorStub.StubCommand overtaken = orchestrator.doCommand("overtaken", "rerun");
    OrchestratorStub.StubCommand repeated = orchestrator.doCommand("repeated", "rerun");

    for (int i = 0; i < 10; i++) {
      overtaken.send();
      repeated.send();
    }

    assertThat(orchestrator.answerTo(repeated).outcome()).isEqualTo(Outcome.OK);
    await()
        .untilAsserted(
            () -> {
              assertThat(orchestrator.uncommitted(group, "rerun")).isZero();
              assertThat(orchestrator.uncommitted(group + "-here", "rerun")).isZero();
            });
    assertThat(ledger.effects("repeated")).hasSize(1);
    assertThat(orchestrator.answers("repeated"))
        .extracting(Answer::outcome)
        .containsOnly(Outcome.OK);
    assertThat(ledger.of("overtaken")).isEmpty();
    await()
        .untilAsserted(
            () ->
                assertThat(orchestrator.answers("overtaken"))
                    .extracting(Answer::outcome)
                    .filteredOn(Outcome.FENCED::equals)
                    .hasSize(20));
  }

  @Test
  void aProcessStoppedPastItsLeaseAndContinuedAfterTheUndoReportsItsLateEffect()
      throws IOException {
    Path hangs = Files.createFile(LedgerSteps.hangsBefore(directory, CHILD, "frozen"));
    OrchestratorStub.StubCommand late = orchestrator.doCommand("frozen", "rerun").send();
    awaitLedger(() -> ledger.hasBegun("frozen"));
    child.signal("STOP");
    // The stopped member keeps its partitions; a second group reads the commands from now on.
    for (String step : STEPS) {
      orchestrator.beginAtEnd(group + "-here", step);
    }
    workers.start(group + "-here", fence, new LedgerSteps(directory, HERE));

    Answer undone = orchestrator.answerTo(orchestrator.undoCommand("frozen", "rerun").send());
    assertThat(undone.outcome()).isEqualTo(Outcome.UNDONE);
    assertThat(ledger.effects("frozen")).containsExactly("here UNDO");
    Files.delete(hangs);
    child.signal("CONT");

    assertThat(orchestrator.answerTo(late).outcome()).isEqualTo(Outcome.LATE_EFFECT);
    assertThat(ledger.effects("frozen")).containsExactly("here UNDO", "child DO");
    Answer undoneAgain =
        orchestrator.answerTo(
            orchestrator
                .undoCommand("frozen", "rerun")
                .attempt(2)
                .generation(2)
                .effect(KnownEffect.DONE)
                .send());
    assertThat(undoneAgain.outcome()).isEqualTo(Outcome.UNDONE);
    assertThat(ledger.effects("frozen")).startsWith("here UNDO", "child DO").hasSize(3);
    assertThat(ledger.of("frozen").get(3).kind()).isEqualTo(StepLedger.Kind.UNDO);
  }

  @Test
  void whenAProcessIsKilledBetweenItsEffectAndItsRecordThePolicyDecidesWhatAnotherDoes()
      throws IOException {
    OrchestratorStub.StubCommand rerun = orchestrator.doCommand("killed-rerun", "rerun");
    OrchestratorStub.StubCommand verified = orchestrator.doCommand("killed-verified", "verified");
    OrchestratorStub.StubCommand never = orchestrator.doCommand("killed-never", "never");
    OrchestratorStub.StubCommand unseen = orchestrator.doCommand("killed-before", "verified");
    for (OrchestratorStub.StubCommand command : List.of(rerun, verified, never)) {
      Files.createFile(LedgerSteps.hangsAfter(directory, CHILD, command.flowId()));
      command.send();
    }
    Files.createFile(LedgerSteps.hangsBefore(directory, CHILD, unseen.flowId()));
    unseen.send();
    awaitLedger(
        () ->
            Stream.of(rerun, verified, never).allMatch(command -> ledger.hasDone(command.flowId()))
                && ledger.hasBegun(unseen.flowId()));

    child.kill();
    workers.start(group, fence, new LedgerSteps(directory, HERE));

    assertThat(orchestrator.answerTo(rerun).outcome()).isEqualTo(Outcome.OK);
    assertThat(ledger.effects("killed-rerun")).containsExactly("child DO", "here DO");
    assertThat(ledger.of("killed-rerun"))
        .extracting(StepLedger.Line::key)
        .hasSize(4)
        .containsOnly(ledger.of("killed-rerun").get(0).key());
    assertThat(ledger.of("killed-rerun"))
        .extracting(StepLedger.Line::again)
        .containsExactly(false, false, true, true);

    Answer seen = orchestrator.answerTo(verified);
    assertThat(seen.outcome()).isEqualTo(Outcome.OK);
    assertThat(String.valueOf(seen.payload())).isEqualTo("{\"id\":\"seen\"}");
    assertThat(ledger.effects("killed-verified")).containsExactly("child DO");

    assertThat(orchestrator.answerTo(unseen).outcome()).isEqualTo(Outcome.OK);
    assertThat(ledger.effects("killed-before")).containsExactly("here DO");

    assertThat(orchestrator.answerTo(never).outcome()).isEqualTo(Outcome.UNKNOWN);
    assertThat(ledger.effects("killed-never")).containsExactly("child DO");
    assertThat(
            orchestrator
                .answerTo(orchestrator.undoCommand("killed-never", "never").send())
                .outcome())
        .isEqualTo(Outcome.UNDONE);
    assertThat(ledger.effects("killed-never")).containsExactly("child DO", "here UNDO");
  }

  private static void awaitLedger(Callable<Boolean> shows) {
    await().until(shows);
  }
}
