package io.doundo.worker.delivery;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.protocol.Answer;
import io.doundo.protocol.AnswerAction;
import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.Outcome;
import io.doundo.worker.Do;
import io.doundo.worker.NoEffectException;
import io.doundo.worker.SagaWorker;
import io.doundo.worker.StepContext;
import io.doundo.worker.StepFailedException;
import io.doundo.worker.Undo;
import io.doundo.worker.Undoing;
import io.doundo.worker.fence.FenceSettings;
import io.doundo.worker.fence.InMemoryFence;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.slf4j.MDC;

/** Commands to answers, on a real broker and a fence in memory. */
class DeliveryIT {

  record Request(String tenant) {}

  record Realm(String realmId) {}

  /** A handler that behaves as the flowId says. */
  @SagaWorker("delivery")
  static class Realms {

    final List<String> effects = new CopyOnWriteArrayList<>();
    final Map<String, String> notes = new ConcurrentHashMap<>();
    final CountDownLatch slowMayEnd = new CountDownLatch(1);

    @Do("create")
    Realm create(Request request, StepContext step) throws InterruptedException {
      notes.put("mdc", MDC.get("flowId") + '/' + MDC.get("step"));
      String flow = step.flowId();
      if (flow.startsWith("slow")) {
        notes.put("began", flow);
        slowMayEnd.await(60, TimeUnit.SECONDS);
      }
      if (flow.startsWith("refused")) {
        throw new StepFailedException("no such tenant");
      }
      if (flow.startsWith("nothing")) {
        throw new NoEffectException("try later");
      }
      effects.add("do " + flow);
      if (flow.startsWith("throws")) {
        throw new IllegalStateException("connection reset");
      }
      step.storage().put("owner", request.tenant());
      return new Realm("r-" + request.tenant());
    }

    @Undo("create")
    void delete(Undoing<Request, Realm> undoing, StepContext step) {
      effects.add("undo " + step.flowId());
      notes.put(
          "undoing",
          undoing.request().tenant()
              + ' '
              + undoing.result().map(Realm::realmId).orElse("unknown")
              + ' '
              + undoing.effect()
              + ' '
              + step.storage().get("owner", String.class).orElse("nobody"));
    }
  }

  private final InMemoryFence fence =
      new InMemoryFence(
          InstantSource.system(),
          FenceSettings.DEFAULTS.withPrefix("test").withClockTolerance(Duration.ZERO));
  private final Realms realms = new Realms();
  private final WorkerFixture workers = new WorkerFixture();
  private final OrchestratorStub orchestrator = new OrchestratorStub("delivery");
  private String group = "";

  @BeforeEach
  void name(TestInfo test) {
    group = test.getTestMethod().orElseThrow().getName();
    orchestrator.createTopics("create");
    orchestrator.beginAtEnd(group, "create");
  }

  @AfterEach
  void close() {
    realms.slowMayEnd.countDown();
    workers.close();
    orchestrator.close();
  }

  @Test
  void aDoRunsAndItsAnswerEchoesTheCommand() {
    workers.start(group, fence, realms);

    OrchestratorStub.StubCommand command = orchestrator.doCommand("f-1", "create").send();

    Answer answer = orchestrator.answerTo(command);
    assertThat(answer.action()).isEqualTo(AnswerAction.DO);
    assertThat(answer.status()).isTrue();
    assertThat(answer.outcome()).isEqualTo(Outcome.OK);
    assertThat(answer.worker()).isEqualTo(group);
    assertThat(answer.attempt()).isEqualTo(1);
    assertThat(String.valueOf(answer.payload())).isEqualTo("{\"realmId\":\"r-acme\"}");
    assertThat(new String(orchestrator.rawAnswers("f-1").get(0).value(), UTF_8))
        .contains("\"orchestrationName\":\"delivery\"", "\"eventType\":\"docreate\"", "\"seq\":1");
    assertThat(realms.notes).containsEntry("mdc", "f-1/create");
    await().untilAsserted(() -> assertThat(orchestrator.uncommitted(group, "create")).isZero());
  }

  @Test
  void anUndoIsGivenWhatWasAskedWhatWasMadeAndWhatTheStepKept() {
    workers.start(group, fence, realms);
    orchestrator.answerTo(orchestrator.doCommand("f-2", "create").send());

    Answer answer =
        orchestrator.answerTo(
            orchestrator
                .undoCommand("f-2", "create")
                .effect(KnownEffect.DONE)
                .payload("{\"tenant\":\"acme\",\"realmId\":\"r-acme\"}")
                .send());

    assertThat(answer.outcome()).isEqualTo(Outcome.UNDONE);
    assertThat(realms.notes).containsEntry("undoing", "acme r-acme DONE acme");
    assertThat(realms.effects).containsExactly("do f-2", "undo f-2");
  }

  @Test
  void theExceptionOfAHandlerDecidesTheAnswer() {
    workers.start(group, fence, realms);

    Answer refused = orchestrator.answerTo(orchestrator.doCommand("refused", "create").send());
    Answer nothing = orchestrator.answerTo(orchestrator.doCommand("nothing", "create").send());
    Answer thrown = orchestrator.answerTo(orchestrator.doCommand("throws", "create").send());
    Answer unfit =
        orchestrator.answerTo(orchestrator.doCommand("unfit", "create").payload("[1]").send());

    assertThat(refused.action()).isEqualTo(AnswerAction.FAIL_STEP);
    assertThat(refused.outcome()).isEqualTo(Outcome.NO_EFFECT);
    assertThat(refused.errorMessage()).isEqualTo("StepFailedException: no such tenant");
    assertThat(nothing.action()).isEqualTo(AnswerAction.DO);
    assertThat(nothing.outcome()).isEqualTo(Outcome.NO_EFFECT);
    assertThat(nothing.status()).isFalse();
    assertThat(thrown.action()).isEqualTo(AnswerAction.DO);
    assertThat(thrown.outcome()).isEqualTo(Outcome.UNKNOWN);
    assertThat(unfit.action()).isEqualTo(AnswerAction.FAIL_STEP);
    assertThat(unfit.outcome()).isEqualTo(Outcome.NO_EFFECT);
    assertThat(unfit.errorMessage())
        .startsWith("UnreadablePayloadException: the payload does not fit");
    assertThat(realms.effects).containsExactly("do throws");
  }

  @Test
  void anUndoBeforeItsDoLeavesNothingToRun() {
    workers.start(group, fence, realms);

    Answer undo = orchestrator.answerTo(orchestrator.undoCommand("f-3", "create").send());
    Answer late = orchestrator.answerTo(orchestrator.doCommand("f-3", "create").send());

    assertThat(undo.outcome()).isEqualTo(Outcome.UNDONE_EMPTY);
    assertThat(late.outcome()).isEqualTo(Outcome.FENCED);
    assertThat(realms.effects).isEmpty();
  }

  @Test
  void aDoThatComesAfterItsDeadlineIsAnsweredButNotRun() {
    orchestrator.doCommand("f-5", "create").timeout(Duration.ofSeconds(-1)).send();
    OrchestratorStub.StubCommand ages =
        orchestrator.doCommand("f-6", "create").timeout(Duration.ofDays(100_000_000)).send();
    workers.start(group, fence, realms);

    Answer late =
        orchestrator.answerTo(
            orchestrator.doCommand("f-5", "create").timeout(Duration.ofSeconds(-1)));
    assertThat(late.status()).isFalse();
    assertThat(late.errorMessage()).contains("deadline");
    assertThat(late.outcome()).isIn(Outcome.NO_EFFECT, Outcome.UNKNOWN);
    assertThat(orchestrator.answerTo(ages).outcome()).isEqualTo(Outcome.OK);
    assertThat(realms.effects).containsExactly("do f-6");
  }

  @Test
  void aDoDeliveredTenTimesToTwoWorkersHasOneEffect() {
    orchestrator.beginAtEnd(group + "-other", "create");
    workers.start(group, fence, realms);
    workers.start(group + "-other", fence, realms);

    OrchestratorStub.StubCommand command = orchestrator.doCommand("f-4", "create");
    for (int i = 0; i < 10; i++) {
      command.send();
    }

    orchestrator.answerTo(command);
    await()
        .untilAsserted(
            () -> {
              assertThat(orchestrator.uncommitted(group, "create")).isZero();
              assertThat(orchestrator.uncommitted(group + "-other", "create")).isZero();
            });
    assertThat(realms.effects).containsExactly("do f-4");
    assertThat(orchestrator.answers("f-4")).allMatch(Answer::status);
  }

  @Test
  void aSlowFlowHoldsUpNothingButItsPartitionsCommit() {
    workers.start(group, fence, realms);
    OrchestratorStub.StubCommand slow = orchestrator.doCommand("slow", "create").send();
    await().untilAsserted(() -> assertThat(realms.notes).containsEntry("began", "slow"));

    for (int i = 0; i < 30; i++) {
      orchestrator.doCommand("quick-" + i, "create").send();
    }

    OrchestratorStub.StubCommand last = orchestrator.doCommand("quick-last", "create").send();
    orchestrator.answerTo(last);
    assertThat(orchestrator.answers("slow")).isEmpty();
    assertThat(orchestrator.uncommitted(group, "create")).isEqualTo(32);
    realms.slowMayEnd.countDown();
    assertThat(orchestrator.answerTo(slow).outcome()).isEqualTo(Outcome.OK);
    await().untilAsserted(() -> assertThat(orchestrator.uncommitted(group, "create")).isZero());
  }

  @Test
  void commandsOfOneFlowAndStepGoOneAfterTheOther() {
    workers.start(group, fence, realms);
    OrchestratorStub.StubCommand first = orchestrator.doCommand("slow-order", "create").send();
    orchestrator.doCommand("slow-order", "create").attempt(2).send();
    orchestrator.answerTo(orchestrator.doCommand("another", "create").send());
    assertThat(orchestrator.answers("slow-order")).isEmpty();

    realms.slowMayEnd.countDown();

    await().untilAsserted(() -> assertThat(orchestrator.uncommitted(group, "create")).isZero());
    assertThat(realms.effects).containsExactlyInAnyOrder("do slow-order", "do another");
    // The second finds the answer to the first acknowledged.
    assertThat(orchestrator.allAnswers("slow-order"))
        .extracting(Answer::commandId)
        .containsExactly(first.commandId());
  }

  @Test
  void nothingRunsWhileTheFenceCannotBeAskedAndNothingIsLost() {
    Worker worker = workers.start(group, fence, realms);
    orchestrator.answerTo(orchestrator.doCommand("before", "create").send());

    fence.available(false);
    for (int i = 0; i < 5; i++) {
      orchestrator.doCommand("during-" + i, "create").send();
    }
    await().until(() -> !worker.isFenceUp());
    await()
        .during(Duration.ofSeconds(1))
        .untilAsserted(() -> assertThat(realms.effects).containsExactly("do before"));
    fence.available(true);

    await().untilAsserted(() -> assertThat(orchestrator.uncommitted(group, "create")).isZero());
    assertThat(worker.isFenceUp()).isTrue();
    assertThat(realms.effects).hasSize(6).doesNotHaveDuplicates();
  }

  @Test
  void poisonGoesToTheDeadLettersAndTheNextCommandRuns() {
    workers.start(group, fence, realms);

    orchestrator.sendRaw("create", "{\"headers\":");
    orchestrator.sendRaw(
        "create", "{\"headers\":{\"flowId\":\"x\",\"stepName\":\"other\",\"action\":\"DO\"}}");
    orchestrator.answerTo(orchestrator.doCommand("after-poison", "create").send());

    await().untilAsserted(() -> assertThat(orchestrator.deadLetters("create")).hasSize(2));
    assertThat(orchestrator.deadLetters("create").get(0)).contains("not valid JSON");
    assertThat(orchestrator.deadLetters("create").get(1)).contains("for DO of step other");
    await().untilAsserted(() -> assertThat(orchestrator.uncommitted(group, "create")).isZero());
  }

  @Test
  void aStopLetsRunningHandlersFinishAndBeginsNothingMore() {
    Worker worker = workers.concurrency(1).start(group, fence, realms);
    OrchestratorStub.StubCommand slow = orchestrator.doCommand("slow-stop", "create").send();
    await().untilAsserted(() -> assertThat(realms.notes).containsEntry("began", "slow-stop"));
    orchestrator.doCommand("next", "create").send();

    Thread stop = new Thread(() -> workers.stop(worker));
    stop.start();
    await().until(worker::isStopping);
    realms.slowMayEnd.countDown();
    await().until(() -> !stop.isAlive());

    assertThat(orchestrator.answerTo(slow).outcome()).isEqualTo(Outcome.OK);
    assertThat(realms.effects).containsExactly("do slow-stop");
    assertThat(orchestrator.uncommitted(group, "create")).isEqualTo(1);

    workers.start(group, fence, realms);
    await().untilAsserted(() -> assertThat(orchestrator.uncommitted(group, "create")).isZero());
    assertThat(realms.effects).containsExactly("do slow-stop", "do next");
  }

  @Test
  void aRebalanceInTheMiddleOfAHandlerRunsItOnce() {
    // This assignor gives everything to the first of the members, in the order of their names.
    workers.kafka("partition.assignment.strategy", RangeAssignor.class.getName());
    // A member hears of a rebalance with its next heartbeat.
    workers.kafka("heartbeat.interval.ms", 200);
    workers.kafka("client.id", "b").start(group, fence, realms);
    OrchestratorStub.StubCommand slow = orchestrator.doCommand("slow-move", "create").send();
    await().untilAsserted(() -> assertThat(realms.notes).containsEntry("began", "slow-move"));

    Realms others = new Realms();
    workers.kafka("client.id", "a").start(group, fence, others);
    await().untilAsserted(() -> assertThat(orchestrator.owner(group, "create")).isEqualTo("a"));
    OrchestratorStub.StubCommand next = orchestrator.doCommand("after-move", "create").send();
    orchestrator.answerTo(next);
    assertThat(others.effects).containsExactly("do after-move");
    realms.slowMayEnd.countDown();

    assertThat(orchestrator.answerTo(slow).outcome()).isEqualTo(Outcome.OK);
    await().untilAsserted(() -> assertThat(orchestrator.uncommitted(group, "create")).isZero());
    assertThat(realms.effects).containsExactly("do slow-move");
    assertThat(others.effects).containsExactly("do after-move");
  }

  @Test
  void aHandlerMayTakeLongerThanThePollIntervalAndItsLease() {
    workers
        .kafka("max.poll.interval.ms", 1_000)
        .kafka("session.timeout.ms", 6_000)
        .lease(Duration.ofSeconds(1))
        .start(group, fence, realms);
    orchestrator.beginAtEnd(group + "-other", "create");
    workers.start(group + "-other", fence, realms);
    OrchestratorStub.StubCommand slow = orchestrator.doCommand("slow-long", "create").send();
    await().untilAsserted(() -> assertThat(realms.notes).containsEntry("began", "slow-long"));

    await()
        .during(Duration.ofSeconds(2))
        .untilAsserted(() -> assertThat(orchestrator.answers("slow-long")).isEmpty());
    realms.slowMayEnd.countDown();

    assertThat(orchestrator.answerTo(slow).outcome()).isEqualTo(Outcome.OK);
    await().untilAsserted(() -> assertThat(orchestrator.uncommitted(group, "create")).isZero());
    assertThat(realms.effects).containsExactly("do slow-long");
  }

  @SagaWorker("later")
  static class LaterResult {

    final List<String> effects = new CopyOnWriteArrayList<>();

    @Do("registered")
    void registered(StepContext step) {
      effects.add(step.flowId());
    }
  }

  @Test
  void aWorkerMayStartBeforeItsTopicsExistAndANewGroupBeginsWithTheFirstCommand() {
    LaterResult later = new LaterResult();
    workers.start(group, fence, later);
    try (OrchestratorStub other = new OrchestratorStub("later")) {
      other.createTopics("registered");
      OrchestratorStub.StubCommand first = other.doCommand("f-first", "registered").send();

      assertThat(other.answerTo(first).outcome()).isEqualTo(Outcome.OK);

      LaterResult second = new LaterResult();
      InMemoryFence another = new InMemoryFence();
      workers.start(group + "-new", another, second);
      await().untilAsserted(() -> assertThat(second.effects).containsExactly("f-first"));
    }
  }

  @Test
  void aFullPartitionIsPausedAndGoesOnAfterwards() {
    workers.kafka("max.poll.records", 5).maxPending(10).concurrency(1).start(group, fence, realms);
    orchestrator.doCommand("slow-full", "create").send();
    for (int i = 0; i < 60; i++) {
      orchestrator.doCommand("waits-" + i, "create").send();
    }
    await().untilAsserted(() -> assertThat(realms.notes).containsEntry("began", "slow-full"));

    await().until(() -> pending() >= 10);
    await().during(Duration.ofMillis(700)).until(() -> pending() <= 15);
    realms.slowMayEnd.countDown();

    await().untilAsserted(() -> assertThat(orchestrator.uncommitted(group, "create")).isZero());
    assertThat(realms.effects).hasSize(61).doesNotHaveDuplicates();
    assertThat(
            workers
                .meters
                .get("doundo.worker.handler")
                .tags("step", "create", "action", "do", "result", "done")
                .timer()
                .count())
        .isEqualTo(61);
  }

  private double pending() {
    return workers.meters.get("doundo.worker.pending").gauge().value();
  }

  /** The producer refuses most answers at first: its memory holds one batch of a few of them. */
  @Test
  void aProducerWithoutMemoryLosesNoAnswerAndRepeatsNone() {
    int count = 60;
    for (int i = 0; i < count; i++) {
      orchestrator.doCommand("memory-" + i, "create").send();
    }
    workers.kafka("buffer.memory", 4_000).kafka("batch.size", 3_000);
    workers.start(group, fence, realms);

    await()
        .untilAsserted(
            () -> {
              assertThat(realms.effects).hasSize(count);
              assertThat(orchestrator.uncommitted(group, "create")).isZero();
            });
    assertThat(orchestrator.allAnswersToFlows("memory-"))
        .hasSize(count)
        .allMatch(answer -> answer.outcome() == Outcome.OK)
        .extracting(Answer::flowId)
        .doesNotHaveDuplicates();
  }
}
