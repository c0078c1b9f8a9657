package io.doundo.orchestrator.streams.topology;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.streams.client.TopologyDriver;
import io.doundo.orchestrator.streams.client.WireRecords;
import io.doundo.orchestrator.streams.read.FlowRecords;
import io.doundo.orchestrator.streams.state.StoreNames;
import io.doundo.orchestrator.streams.state.UnreadableValueException;
import io.doundo.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Ended flows leave the live stores, and return for records that arrive after their end. */
class ArchiveTest {

  private static final String FLOW = "flow-1";
  private static final String LARGE = "x".repeat(5_000);

  private final TopologyDriver driver = new TopologyDriver();

  @BeforeEach
  void register() {
    driver.register(chain("order", "one", "two"));
  }

  @AfterEach
  void close() {
    driver.close();
  }

  private void complete(Object payload, Object result) {
    driver.send(Topics.EXECUTION_START, FLOW, WireRecords.start("order", FLOW, payload));
    driver.send(Topics.RESPONSE, FLOW, WireRecords.success(FLOW, "one", "DO", result));
    driver.send(Topics.RESPONSE, FLOW, WireRecords.success(FLOW, "two", "DO", result));
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.COMPLETED);
  }

  private void undone(String step) {
    driver.send(Topics.RESPONSE, FLOW, WireRecords.success(FLOW, step, "UNDO", null));
  }

  private void expectNothingLive() {
    assertThat(driver.entries(StoreNames.FLOWS)).isZero();
    assertThat(driver.entries(StoreNames.CONTENTS)).isZero();
    assertThat(driver.entries(StoreNames.TIMERS)).isZero();
  }

  @Test
  void anEndedFlowLeavesNothingBehindInTheLiveStores() {
    complete(Map.of("a", LARGE), Map.of("b", LARGE + LARGE));
    expectNothingLive();
  }

  @Test
  void aCompletedFlowComesBackToBeUndone() {
    complete(Map.of("a", LARGE), Map.of("b", LARGE));
    driver.send(Topics.CONTROL, FLOW, WireRecords.control(FLOW, "UNDO"));
    TestRecord<String, byte[]> undo = driver.take(Topics.undoTopic("order", "two")).get(0);
    assertThat(new String(undo.value(), StandardCharsets.UTF_8))
        .contains("\"a\":\"" + LARGE, "\"b\":\"" + LARGE);
    assertThat(driver.entries(StoreNames.FLOWS)).isEqualTo(1);
    undone("two");
    undone("one");
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
    expectNothingLive();
    assertThat(driver.takeReasons()).isEmpty();
  }

  @Test
  void aDuplicateAnswerAfterTheEndChangesNothing() {
    complete(Map.of("a", LARGE), Map.of("b", LARGE));
    int transitions = driver.flow(FLOW).transitions();
    driver.takeAudit();
    driver.send(Topics.RESPONSE, FLOW, WireRecords.success(FLOW, "two", "DO", Map.of("b", LARGE)));
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.flow(FLOW).transitions()).isEqualTo(transitions + 1);
    assertThat(driver.takeAudit())
        .singleElement()
        .extracting(record -> record.events().get(0).type())
        .as("it is only noted")
        .isEqualTo("ANSWER_IGNORED");
    assertThat(driver.takeReasons()).isEmpty();
    expectNothingLive();
  }

  @Test
  void aRefusedControlIsRecordedAndTheFlowArchivedAgain() {
    complete(Map.of("a", LARGE), Map.of());
    driver.send(Topics.CONTROL, FLOW, WireRecords.control(FLOW, "CANCEL"));
    driver.send(Topics.CONTROL, FLOW, WireRecords.control(FLOW, "PAUSE"));
    assertThat(driver.takeAudit())
        .flatExtracting(record -> record.events())
        .extracting(event -> event.type())
        .containsSequence("CONTROL_REFUSED", "CONTROL_REFUSED");
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.COMPLETED);
    expectNothingLive();
  }

  @Test
  void afterTheUndoWindowTheFlowRefusesToBeUndoneAndItsLogSaysSo() {
    complete(Map.of(), Map.of());
    driver.takeAudit();
    driver.leap(Duration.ofHours(25));
    driver.send(Topics.CONTROL, FLOW, WireRecords.control(FLOW, "UNDO"));
    assertThat(driver.takeAudit())
        .flatExtracting(record -> record.events())
        .singleElement()
        .asString()
        .contains("CONTROL_REFUSED", "undo window of", "is over");
    assertThat(driver.takeReasons()).isEmpty();
    assertThat(driver.take(Topics.undoTopic("order", "two"))).isEmpty();
  }

  /** The undo window of operators does not limit the repair of late effects. */
  @Test
  void aLateEffectIsRepairedThoughThereIsNoUndoWindow() {
    Orchestration order = chain("brief", "one", "two");
    driver.register(
        Orchestration.of(
            order.id(),
            order.type(),
            order.steps(),
            null,
            Duration.ZERO,
            null,
            null,
            order.initiator()));
    driver.send(Topics.EXECUTION_START, FLOW, WireRecords.start("brief", FLOW, Map.of()));
    driver.send(Topics.RESPONSE, FLOW, WireRecords.success(FLOW, "one", "DO", null));
    driver.send(Topics.RESPONSE, FLOW, WireRecords.failure(FLOW, "two", "FAIL_STEP"));
    undone("one");
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
    driver.take(Topics.undoTopic("brief", "one"));
    driver.leap(Duration.ofDays(6));
    driver.send(Topics.RESPONSE, FLOW, WireRecords.success(FLOW, "two", "DO", null));
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDOING);
    assertThat(driver.take(Topics.undoTopic("brief", "two"))).hasSize(1);
    assertThat(driver.takeReasons()).isEmpty();
  }

  @Test
  void afterTheRepairWindowNothingComesBackAndTheReasonSaysSo() {
    try (TopologyDriver brief = TopologyDriver.repairing(Duration.ofHours(1))) {
      brief.register(chain("order", "one", "two"));
      brief.send(Topics.EXECUTION_START, FLOW, WireRecords.start("order", FLOW, Map.of()));
      brief.send(Topics.RESPONSE, FLOW, WireRecords.success(FLOW, "one", "DO", null));
      brief.send(Topics.RESPONSE, FLOW, WireRecords.success(FLOW, "two", "DO", null));
      brief.leap(Duration.ofHours(2));
      brief.send(Topics.RESPONSE, FLOW, WireRecords.success(FLOW, "two", "DO", Map.of("late", 1)));
      assertThat(brief.takeReasons())
          .singleElement()
          .asString()
          .contains("ended as COMPLETED", "late effects were repaired until 2026-");
      brief.send(Topics.CONTROL, FLOW, WireRecords.control(FLOW, "UNDO"));
      assertThat(brief.flow(FLOW).status())
          .as("an operator may undo for longer")
          .isEqualTo(FlowStatus.UNDOING);
    }
  }

  @Test
  void whatComesWhileTheFlowIsReadIsTakenInItsOrder() {
    complete(Map.of("a", LARGE), Map.of("b", LARGE));
    driver.takeAudit();
    driver.archiveAnswersLater();
    driver.send(Topics.CONTROL, FLOW, WireRecords.control(FLOW, "PAUSE"));
    driver.send(Topics.CONTROL, FLOW, WireRecords.control(FLOW, "UNDO"));
    driver.send(Topics.CONTROL, FLOW, WireRecords.control(FLOW, "CANCEL"));
    assertThat(driver.takeAudit()).isEmpty();
    driver.pass(Duration.ofSeconds(5));
    assertThat(driver.questionsToTheArchive()).isEqualTo(1);
    driver.archiveAnswers();
    assertThat(driver.takeAudit())
        .flatExtracting(record -> record.events())
        .extracting(event -> event.type())
        .containsSubsequence("CONTROL_REFUSED", "FLOW_UNDOING");
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDOING);
    assertThat(driver.entries(StoreNames.FLOWS)).isEqualTo(1);
    undone("two");
    undone("one");
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDONE);
    expectNothingLive();
    assertThat(driver.takeReasons()).isEmpty();
  }

  @Test
  void aFlowGoneFromTheArchiveBecomesADeadLetterWithTheReason() {
    complete(Map.of(), Map.of());
    driver.loseArchive();
    driver.send(Topics.CONTROL, FLOW, WireRecords.control(FLOW, "UNDO"));
    assertThat(driver.takeReasons())
        .singleElement()
        .asString()
        .contains("flow-1 has ended and has expired from the archive");
    expectNothingLive();
  }

  @Test
  void anUnreadableArchiveRecordBecomesADeadLetterWithTheReason() {
    complete(Map.of(), Map.of());
    driver.archiveFails(new UnreadableValueException("it is damaged"));
    driver.send(Topics.CONTROL, FLOW, WireRecords.control(FLOW, "UNDO"));
    assertThat(driver.takeReasons())
        .singleElement()
        .asString()
        .contains("the archived flow cannot be read", "it is damaged");
    expectNothingLive();
  }

  @Test
  void whatComesForAnEndedFlowIsHeldWhileNobodyAnswers() {
    complete(Map.of("a", LARGE), Map.of());
    driver.archiveFails(new CancellationException("stopping"));
    driver.send(Topics.CONTROL, FLOW, WireRecords.control(FLOW, "UNDO"));
    driver.pass(Duration.ofMillis(2_500));
    assertThat(driver.questionsToTheArchive()).isEqualTo(3);
    assertThat(driver.takeReasons()).isEmpty();
    driver.pass(Duration.ofSeconds(60));
    assertThat(driver.questionsToTheArchive()).as("after 1, 2, 4, 8, 16, 32, 62 s").isEqualTo(8);
    driver.archiveWorks();
    driver.pass(Duration.ofSeconds(30));
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.UNDOING);
    assertThat(driver.takeReasons()).isEmpty();
  }

  @Test
  void aNewIncarnationOfTheFlowIdGetsTheRecordsHeldForTheOldOne() {
    driver.send(Topics.EXECUTION_START, FLOW, WireRecords.start("unknown", FLOW, Map.of()));
    driver.pass(Duration.ofSeconds(61));
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.REJECTED);
    assertThat(driver.takeReasons()).hasSize(1);
    driver.archiveAnswersLater();
    driver.send(Topics.CONTROL, FLOW, WireRecords.control(FLOW, "PAUSE"));
    driver.send(Topics.EXECUTION_START, FLOW, WireRecords.start("order", FLOW, Map.of()));
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.IN_PROGRESS);
    assertThat(driver.flow(FLOW).paused()).isTrue();
    driver.archiveAnswers();
    assertThat(driver.flow(FLOW).paused()).isTrue();
    assertThat(driver.entries(StoreNames.FLOWS)).isEqualTo(1);
    assertThat(driver.takeReasons()).isEmpty();
  }

  @Test
  void largeContentsAreWrittenOnceBesideASmallHead() {
    driver.send(Topics.EXECUTION_START, FLOW, WireRecords.start("order", FLOW, Map.of("a", LARGE)));
    driver.send(Topics.RESPONSE, FLOW, WireRecords.success(FLOW, "one", "DO", Map.of("b", LARGE)));
    assertThat(driver.row(FLOW)).hasSizeLessThan(2_048);
    assertThat(driver.entries(StoreNames.CONTENTS)).isEqualTo(2);
    assertThat(driver.take("engine-test-contents-changelog")).hasSize(2);
    assertThat(driver.take(Topics.doTopic("order", "two")))
        .singleElement()
        .satisfies(
            command ->
                assertThat(new String(command.value(), StandardCharsets.UTF_8))
                    .contains("\"a\":\"xxx", "\"b\":\"xxx"));
  }

  @Test
  void readModelsCanReadTheChangelogAndTheArchive() {
    complete(Map.of("a", 1), Map.of());
    var changes = driver.take("engine-test-flows-changelog");
    assertThat(FlowRecords.liveFront(changes.get(0).value()))
        .hasValueSatisfying(
            front -> assertThat(front.head().status()).isEqualTo(FlowStatus.IN_PROGRESS));
    assertThat(changes.get(changes.size() - 1).value()).isNull();
    assertThat(driver.take(Topics.ARCHIVE))
        .singleElement()
        .satisfies(
            record ->
                assertThat(FlowRecords.archived(record.value()))
                    .hasValueSatisfying(
                        flow -> assertThat(flow.state()).isEqualTo(driver.flow(FLOW))));
  }
}
