package io.doundo.orchestrator.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.effect.FlowMessage;
import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowState;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.core.state.PartOf;
import io.doundo.orchestrator.core.state.PartsState;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.core.state.parts.ParentVerb;
import io.doundo.orchestrator.core.state.parts.PartLink;
import io.doundo.orchestrator.core.state.parts.PartPlace;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.OrchestrationStatus;
import io.doundo.orchestrator.definition.compiler.PartsDocuments;
import io.doundo.orchestrator.streams.client.TopologyDriver;
import io.doundo.orchestrator.streams.client.WireRecords;
import io.doundo.orchestrator.streams.record.RekeyCodec;
import io.doundo.orchestrator.streams.state.Digests;
import io.doundo.orchestrator.streams.state.FlowMessageCodec;
import io.doundo.orchestrator.streams.state.StoreNames;
import io.doundo.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Flows whose steps are flows, through the records and the stores of the engine. */
class PartsTest {

  private static final String LIST =
      """
      orchestrationName: order
      steps:
        - { name: check }
        - name: items
          forEach: payload.items
          atOnce: 2
          do: [ { name: reserve, input: { sku: "{{ item }}", at: "{{ index }}" } } ]
          result: { sku: "{{ item }}", bin: "{{ steps.reserve.result.bin }}" }
        - { name: ship }
      """;

  private static final String SAGA_INSIDE =
      """
      orchestrationName: order
      vocabulary: 2
      steps:
        - { name: check }
        - { name: extras, do: [ { name: gift }, { name: card } ] }
        - { name: ship }
      """;

  private final TopologyDriver driver = new TopologyDriver();
  private final PlayedWorkers workers = new PlayedWorkers(driver);

  @AfterEach
  void close() {
    driver.close();
  }

  private void start(String document, Object payload) {
    if (document.equals(LIST)) {
      workers.returns("reserve", "{\"bin\":7}");
    }
    driver.register(PartsDocuments.compiled(document));
    driver.send(Topics.EXECUTION_START, "f", WireRecords.start("order", "f", payload));
    workers.work();
  }

  private void control(String flowId, String verb) {
    driver.send(Topics.CONTROL, flowId, WireRecords.control(flowId, verb));
    driver.pass(Duration.ofMillis(100));
    workers.work();
  }

  private PartsState parts(String flowId, String step, Orchestration of) {
    return Objects.requireNonNull(
        driver.flow(flowId).steps().get(of.indexOf(step)).parts(), "the step has parts");
  }

  private String result(String flowId, int step) {
    Content result = Objects.requireNonNull(driver.flow(flowId).steps().get(step).result());
    byte[] bytes = Objects.requireNonNull(driver.stored(flowId)).contents().get(result.digest());
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private void nothingIsLive() {
    assertThat(driver.entries(StoreNames.FLOWS)).isZero();
    assertThat(driver.entries(StoreNames.CONTENTS)).isZero();
    assertThat(driver.entries(StoreNames.TIMERS)).isZero();
    assertThat(driver.takeReasons()).isEmpty();
  }

  private FlowStatus status(String flowId) {
    return driver.flow(flowId).status();
  }

  @Test
  void aSagaInsideRunsAndAllAreArchived() {
    workers.returns("gift", "{\"gift\":1}").returns("card", "{\"card\":2}");
    start(SAGA_INSIDE, Map.of("id", "o-1"));

    assertThat(workers.handled)
        .containsExactly("f DO check", "f~extras~0 DO gift", "f~extras~0 DO card", "f DO ship");
    assertThat(workers.payloads.get("f DO ship")).isEqualTo("{\"id\":\"o-1\",\"card\":2}");
    assertThat(status("f")).isEqualTo(FlowStatus.COMPLETED);
    assertThat(status("f~extras~0")).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.stubs("f")).isEqualTo(1);
    assertThat(driver.stubs("f~extras~0")).isEqualTo(1);
    nothingIsLive();
  }

  @Test
  void aPartStaysInTheLiveStoreUntilItsParentHasEnded() {
    workers.staysSilent("f ship");
    start(SAGA_INSIDE, Map.of());

    assertThat(status("f~extras~0")).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.row("f~extras~0")).isNotNull();
    assertThat(driver.stubs("f~extras~0")).isZero();

    workers.landsNow("f", "ship");
    nothingIsLive();
  }

  @Test
  void theItemsOfAListGiveTheirResultsInOrder() {
    workers.returns("reserve", "{\"bin\":7}");
    start(LIST, Map.of("items", List.of("a", "b", "c")));

    assertThat(workers.handled)
        .containsExactly(
            "f DO check",
            "f~items~0 DO reserve",
            "f~items~1 DO reserve",
            "f~items~2 DO reserve",
            "f DO ship");
    assertThat(workers.payloads.get("f~items~2 DO reserve")).isEqualTo("{\"sku\":\"c\",\"at\":2}");
    assertThat(result("f", 1))
        .isEqualTo(
            "{\"items\":{\"items\":[{\"sku\":\"a\",\"bin\":7},{\"sku\":\"b\",\"bin\":7},"
                + "{\"sku\":\"c\",\"bin\":7}],\"done\":3,\"failed\":0,\"errors\":[]}}");
    nothingIsLive();
  }

  @Test
  void aListThatFailsTakesBackItsFinishedItemsBeforeTheFlowTurns() {
    workers.fails("f~items~2 reserve");
    start(LIST, Map.of("items", List.of("a", "b", "c", "d")));

    assertThat(status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(workers.handled)
        .contains("f~items~0 UNDO reserve", "f~items~1 UNDO reserve")
        .endsWith("f UNDO check");
    assertThat(driver.flow("f").reason())
        .contains("1 of 4 parts failed, the last one: step reserve FAILED");
    assertThat(IntStream.range(0, 4).mapToObj(i -> status("f~items~" + i)))
        .containsOnly(FlowStatus.UNDONE);
    nothingIsLive();
  }

  @Test
  void failedItemsAreToleratedUpToTheLimitAndTheirErrorsKept() {
    workers.fails("f~items~1 reserve").returns("reserve", "{\"bin\":7}");
    start(
        LIST.replace("atOnce: 2", "atOnce: 2\n    tolerate: 1"),
        Map.of("items", List.of("a", "b", "c")));

    assertThat(status("f")).isEqualTo(FlowStatus.COMPLETED);
    assertThat(result("f", 1))
        .isEqualTo(
            "{\"items\":{\"items\":[{\"sku\":\"a\",\"bin\":7},null,{\"sku\":\"c\",\"bin\":7}],"
                + "\"done\":2,\"failed\":1,\"errors\":[{\"index\":1,\"error\":\"step reserve"
                + " FAILED: broken\"}]}}");
    nothingIsLive();
  }

  @Test
  void manyItemsBeginAFewAtATime() {
    workers.returns("reserve", "{\"bin\":7}");
    List<Integer> items = IntStream.range(0, 70).boxed().toList();
    Orchestration order = PartsDocuments.compiled(LIST.replace("atOnce: 2", "atOnce: 1000"));
    driver.register(order);
    driver.send(
        Topics.EXECUTION_START, "f", WireRecords.start("order", "f", Map.of("items", items)));
    driver.send(Topics.RESPONSE, "f", WireRecords.success("f", "check", "DO", null));

    assertThat(parts("f", "items", order).next()).isEqualTo(30);
    driver.pass(Duration.ofMillis(100));
    assertThat(parts("f", "items", order).next()).isEqualTo(60);
    driver.pass(Duration.ofMillis(100));
    assertThat(parts("f", "items", order).next()).isEqualTo(70);
    workers.work();

    assertThat(status("f")).isEqualTo(FlowStatus.COMPLETED);
    nothingIsLive();
  }

  @Test
  void aListOfTooManyItemsFailsAndNothingBegins() {
    start(LIST, Map.of("items", IntStream.range(0, 1_001).boxed().toList()));

    assertThat(status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.flow("f").reason())
        .contains("the list has 1001 items, and at most 1000 are possible");
    assertThat(workers.handled).containsExactly("f DO check", "f UNDO check");
    nothingIsLive();
  }

  @Test
  void aListThatIsNullOrNoListFailsAndNothingBegins() {
    Map<String, Object> none = new HashMap<>();
    none.put("items", null);
    start(LIST, none);

    assertThat(status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.flow("f").reason()).contains("forEach gives null, and not a list");

    driver.send(
        Topics.EXECUTION_START, "g", WireRecords.start("order", "g", Map.of("items", "a b")));
    workers.work();
    assertThat(driver.flow("g").reason()).contains("a value of type string, and not a list");
    assertThat(workers.handled).noneMatch(command -> command.contains("reserve"));
    nothingIsLive();
  }

  @Test
  void anEmptyListSucceedsAtOnce() {
    start(LIST, Map.of("items", List.of()));

    assertThat(status("f")).isEqualTo(FlowStatus.COMPLETED);
    assertThat(workers.payloads.get("f DO ship"))
        .contains("\"items\":{\"items\":[],\"done\":0,\"failed\":0,\"errors\":[]}");
    nothingIsLive();
  }

  @Test
  void theLoserOfARaceIsUndoneBeforeTheFlowGoesOn() {
    workers.staysSilent("f~offer~0 bookA").staysSilent("f~offer~1 bookB");
    start(
        """
        orchestrationName: order
        steps:
          - name: offer
            firstOf: { a: [ { name: holdA }, { name: bookA } ], b: [ { name: bookB } ] }
          - { name: ship }
        """,
        Map.of());

    workers.landsNow("f~offer~1", "bookB");
    assertThat(workers.handled).doesNotContain("f DO ship");
    workers.landsNow("f~offer~0", "bookA");
    driver.pass(Duration.ofSeconds(1));
    workers.work();

    assertThat(workers.handled)
        .containsSubsequence("f~offer~0 UNDO bookA", "f~offer~0 UNDO holdA", "f DO ship");
    assertThat(result("f", 0)).isEqualTo("{\"offer\":{\"winner\":\"b\",\"result\":{}}}");
    nothingIsLive();
  }

  @Test
  void aLoopRunsItsRoundsAndCarriesItsState() {
    workers.returns("probe", "{\"status\":\"up\"}");
    start(
        """
        orchestrationName: order
        steps:
          - name: watch
            repeat:
              every: 5m
              state: { checks: 0 }
              next: { checks: "{{ state.checks + 1 }}" }
              until: "round >= 3"
              most: 5
            do: [ { name: probe, input: { seen: "{{ state.checks }}" } } ]
        """,
        Map.of());
    for (int i = 0; i < 2; i++) {
      driver.leap(Duration.ofMinutes(5));
      driver.pass(Duration.ofMillis(200));
      workers.work();
    }

    assertThat(workers.payloads)
        .containsEntry("f~watch~0 DO probe", "{\"seen\":0}")
        .containsEntry("f~watch~2 DO probe", "{\"seen\":2}");
    assertThat(result("f", 0))
        .isEqualTo(
            "{\"watch\":{\"rounds\":3,\"state\":{\"checks\":3},\"result\":{\"status\":\"up\"}}}");
    nothingIsLive();
  }

  @Test
  void anEndlessLoopKeepsNothingOfItsRounds() {
    Orchestration order =
        PartsDocuments.compiled(
            "{orchestrationName: order, steps: [{name: watch, repeat: {every: 1m},"
                + " do: [{name: probe, undo: none}]}]}");
    driver.register(order);
    driver.send(Topics.EXECUTION_START, "f", WireRecords.start("order", "f", Map.of()));
    workers.work();
    int size = 0;
    for (int round = 2; round <= 12; round++) {
      driver.leap(Duration.ofMinutes(1));
      driver.pass(Duration.ofMillis(200));
      workers.work();
      assertThat(parts("f", "watch", order).next()).isEqualTo(round);
      size = size == 0 ? Objects.requireNonNull(driver.row("f")).length : size;
    }

    assertThat(driver.row("f")).hasSizeLessThanOrEqualTo(size + 2);
    assertThat(driver.entries(StoreNames.FLOWS)).isEqualTo(1);
    control("f", "CANCEL");
    nothingIsLive();
  }

  @Test
  void aPartOfAnotherOrchestrationHasItsOwnPayloadAndVersion() {
    driver.register(
        PartsDocuments.compiled(
            """
            orchestrationName: shipping
            payload: { required: [ order ] }
            result: { code: "{{ steps.label.result.label }}" }
            steps: [ { name: label, input: { to: "{{ payload.order }}" } } ]
            """));
    workers.returns("label", "{\"label\":\"L1\"}");
    start(
        """
        orchestrationName: order
        steps:
          - { name: delivery, flow: shipping, input: { order: "{{ payload.id }}" } }
          - { name: bill }
        """,
        Map.of("id", "o-1"));

    assertThat(driver.flow("f~delivery~0").orchestrationName()).isEqualTo("shipping");
    assertThat(workers.payloads)
        .containsEntry("f~delivery~0 DO label", "{\"to\":\"o-1\"}")
        .containsEntry("f DO bill", "{\"id\":\"o-1\",\"code\":\"L1\"}");
    nothingIsLive();
  }

  @Test
  void anotherOrchestrationThatRejectsThePayloadFailsTheStepWithoutEffect() {
    driver.register(
        PartsDocuments.compiled(
            "{orchestrationName: shipping, vocabulary: 2, payload: {required: [order]},"
                + " steps: [{name: label}]}"));
    start("{orchestrationName: order, steps: [{name: delivery, flow: shipping}]}", Map.of());

    assertThat(status("f~delivery~0")).isEqualTo(FlowStatus.REJECTED);
    assertThat(status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.flow("f").reason()).contains("part f~delivery~0 failed", "order");
    nothingIsLive();
  }

  @Test
  void anOrchestrationThatAcceptsNoStartsBeginsNoPartEither() {
    driver.register(
        PartsDocuments.compiled("{orchestrationName: shipping, steps: [{name: label}]}"));
    driver.becomes("shipping", OrchestrationStatus.PAUSED);
    start("{orchestrationName: order, steps: [{name: delivery, flow: shipping}]}", Map.of());

    assertThat(driver.flow("f").reason()).contains("orchestration shipping is paused");
    nothingIsLive();
  }

  @Test
  void anUndoOnDemandBringsTheArchivedPartsBack() {
    start(LIST, Map.of("items", List.of("a", "b", "c")));
    nothingIsLive();
    workers.handled.clear();

    control("f", "UNDO");
    for (int i = 0; i < 20; i++) {
      driver.pass(Duration.ofMillis(100));
      workers.work();
    }

    assertThat(workers.handled)
        .containsExactlyInAnyOrder(
            "f UNDO ship",
            "f~items~2 UNDO reserve",
            "f~items~1 UNDO reserve",
            "f~items~0 UNDO reserve",
            "f UNDO check")
        .startsWith("f UNDO ship")
        .endsWith("f UNDO check");
    assertThat(status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.stubs("f~items~1")).isEqualTo(1);
    nothingIsLive();
  }

  @Test
  void nothingIsUndoneWhileAPartHasNotComeBack() {
    start(LIST, Map.of("items", List.of("a", "b", "c")));
    workers.handled.clear();
    driver.archiveHoldsBack("f~items~0");
    control("f", "UNDO");
    driver.pass(Duration.ofSeconds(3));
    workers.work();
    assertThat(status("f")).isEqualTo(FlowStatus.UNDOING);
    assertThat(status("f~items~2")).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.row("f~items~2")).as("it has come back").isNotNull();
    assertThat(workers.handled).isEmpty();

    driver.archiveFindsIt();
    for (int i = 0; i < 10; i++) {
      driver.pass(Duration.ofMillis(100));
      workers.work();
    }

    assertThat(workers.handled).hasSize(5);
    assertThat(status("f")).isEqualTo(FlowStatus.UNDONE);
    nothingIsLive();
  }

  @Test
  void aPartThatIsGoneFromTheArchiveParksTheFlow() {
    start(SAGA_INSIDE, Map.of());
    List<TestRecord<String, byte[]>> kept = driver.take(Topics.ARCHIVE);
    assertThat(kept).hasSize(2);
    control("f", "UNDO");
    driver.pass(Duration.ofMillis(300));
    workers.work();
    assertThat(status("f")).isEqualTo(FlowStatus.UNDONE);

    driver.loseArchive();
    driver.send(Topics.EXECUTION_START, "g", WireRecords.start("order", "g", Map.of()));
    workers.work();
    driver.loseOf("g~extras~0");
    control("g", "UNDO");
    driver.pass(Duration.ofMillis(500));
    workers.work();

    assertThat(status("g")).isEqualTo(FlowStatus.PARKED);
    assertThat(driver.flow("g").parkReason()).isEqualTo(ParkReason.UNDO_FAILED);
    assertThat(driver.flow("g").reason()).contains("part g~extras~0 does not exist any more");
  }

  @Test
  void aLateEffectOfAnArchivedPartWakesItsParent() {
    workers.fails("f~extras~0 card");
    start(SAGA_INSIDE, Map.of());
    assertThat(status("f")).isEqualTo(FlowStatus.UNDONE);
    nothingIsLive();
    driver.takeAudit();
    workers.handled.clear();

    workers.landsNow("f~extras~0", "card");
    for (int i = 0; i < 10; i++) {
      driver.pass(Duration.ofMillis(100));
      workers.work();
    }

    assertThat(workers.handled).containsExactly("f~extras~0 UNDO card");
    assertThat(driver.takeAudit())
        .filteredOn(record -> record.flowId().equals("f"))
        .extracting(record -> record.status())
        .contains("UNDOING")
        .endsWith("UNDONE");
    nothingIsLive();
  }

  @Test
  void aSignalReachesThePartThatWaitsForIt() {
    driver.register(
        PartsDocuments.compiled(
            """
            orchestrationName: order
            steps:
              - name: gate
                do: [ { name: approval, signal: approved }, { name: note } ]
            """));
    driver.send(Topics.EXECUTION_START, "f", WireRecords.start("order", "f", Map.of()));
    assertThat(driver.flow("f~gate~0").steps().get(0).status()).isEqualTo(StepStatus.WAITING);
    driver.send(
        Topics.CONTROL,
        "f",
        "{\"controlId\":\"s-1\",\"flowId\":\"f\",\"action\":\"SIGNAL\",\"signal\":\"approved\","
            + "\"payload\":{\"by\":\"ann\"}}");
    workers.work();

    assertThat(status("f")).isEqualTo(FlowStatus.COMPLETED);
    assertThat(workers.payloads.get("f~gate~0 DO note")).isEqualTo("{\"by\":\"ann\"}");
    nothingIsLive();
  }

  @Test
  void theSameRecordsAgainChangeNothing() {
    workers.staysSilent("f ship");
    start(LIST, Map.of("items", List.of("a", "b", "c")));
    List<TestRecord<String, byte[]>> told = driver.take(Topics.REKEY);
    int handled = workers.handled.size();
    FlowState before = driver.flow("f");

    for (TestRecord<String, byte[]> record : told) {
      driver.send(Topics.REKEY, record.key(), record.value(), new HashMap<>());
    }
    workers.work();

    assertThat(workers.handled).hasSize(handled);
    assertThat(driver.flow("f").steps()).isEqualTo(before.steps());
    workers.landsNow("f", "ship");
    nothingIsLive();
  }

  @Test
  void aPartWaitsForADefinitionThatThisInstanceHasNotRead() {
    Orchestration order = PartsDocuments.compiled(SAGA_INSIDE);
    byte[] payload = "{}".getBytes(StandardCharsets.UTF_8);
    Content content = new Content(Digests.of(payload), payload.length, true);
    PartLink link = new PartLink("f", "1".repeat(32), "extras", 1, 0);
    FlowMessage.Begin begin =
        new FlowMessage.Begin(
            new PartOf(link, "f", 1, order.id(), "extras", null),
            "2".repeat(32),
            new FlowMessage.PartInput(List.of(content), null, null),
            null,
            null,
            null);
    byte[] record =
        new RekeyCodec.MessageRecord(
                new FlowMessageCodec.Told(begin, Map.of(content.digest(), payload)))
            .encode();
    driver.send(Topics.REKEY, "f~extras~0", record, Map.of());
    assertThat(status("f~extras~0")).isEqualTo(FlowStatus.WAITING);
    driver.pass(Duration.ofMinutes(3));
    assertThat(status("f~extras~0")).isEqualTo(FlowStatus.WAITING);

    driver.register(order);
    driver.pass(Duration.ofSeconds(2));
    workers.work();

    assertThat(workers.handled).contains("f~extras~0 DO gift");
  }

  @Test
  void aWordForAFlowThatIsNotThereIsAnswered() {
    PartLink link = new PartLink("f", "1".repeat(32), "extras", 1, 0);
    FlowMessage.Asked asked = new FlowMessage.Asked(link, ParentVerb.BACK, null, 0);
    driver.send(
        Topics.REKEY,
        "f~extras~0",
        new RekeyCodec.MessageRecord(new FlowMessageCodec.Told(asked, Map.of())).encode(),
        Map.of());

    // The answer is for a flow that is not there either, and so is kept as a dead letter.
    assertThat(driver.takeReasons()).containsExactly("there is no flow that has begun f~extras~0");
  }

  @Test
  void aPartThatCannotBeginIsRejected() {
    workers.staysSilent("f check");
    start(SAGA_INSIDE, Map.of());
    driver.failOnce("the disk is full");
    // The check of the topics fails as the part sends its first command.
    workers.landsNow("f", "check");
    workers.work();

    assertThat(status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(driver.flow("f").reason()).contains("internal error while beginning the part");
    assertThat(driver.takeReasons()).hasSize(1);
  }

  @Test
  void aStartCannotHaveTheFlowIdOfAPart() {
    driver.register(PartsDocuments.compiled(SAGA_INSIDE));
    driver.send(
        Topics.EXECUTION_START, "f~extras~0", WireRecords.start("order", "f~extras~0", Map.of()));

    assertThat(driver.takeReasons())
        .containsExactly(
            "flowId \"f~extras~0\" must not have a '~', which only the flowIds of parts have");
  }

  @Test
  void pauseAndResumeGoDownToTheParts() {
    workers.staysSilent("f~extras~0 gift");
    start(SAGA_INSIDE, Map.of());
    control("f", "PAUSE");
    assertThat(driver.flow("f~extras~0").life().paused()).isTrue();
    workers.landsNow("f~extras~0", "gift");
    assertThat(workers.handled).doesNotContain("f~extras~0 DO card");

    control("f", "RESUME");
    assertThat(status("f")).isEqualTo(FlowStatus.COMPLETED);
    nothingIsLive();
  }

  @Test
  void anAbandonedFlowAbandonsItsParts() {
    workers.staysSilent("f~extras~0 gift");
    start(SAGA_INSIDE, Map.of());
    control("f", "ABANDON");

    assertThat(status("f")).isEqualTo(FlowStatus.ABANDONED);
    assertThat(status("f~extras~0")).isEqualTo(FlowStatus.ABANDONED);
    nothingIsLive();
  }

  @Test
  void partsInPartsAreUndoneFromTheInsideOut() {
    workers.fails("f ship");
    start(
        """
        orchestrationName: order
        steps:
          - name: boxes
            forEach: payload.boxes
            do:
              - name: fill
                forEach: item
                as: thing
                do: [ { name: pack, input: { thing: "{{ thing }}" } } ]
          - { name: ship }
        """,
        Map.of("boxes", List.of(List.of("a", "b"), List.of("c"))));
    for (int i = 0; i < 5; i++) {
      driver.pass(Duration.ofMillis(100));
      workers.work();
    }

    assertThat(status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(workers.handled)
        .contains(
            "f~boxes~0~fill~0 UNDO pack",
            "f~boxes~0~fill~1 UNDO pack",
            "f~boxes~1~fill~0 UNDO pack");
    assertThat(driver.flow("f~boxes~0~fill~1").origin().root()).isEqualTo("f");
    nothingIsLive();
  }

  @Test
  void aStepThatTimesOutTakesItsPartsBack() {
    workers.staysSilent("f~extras~0 card");
    start(
        SAGA_INSIDE.replace("name: extras, do", "name: extras, timeout: 10s, onTimeout: undo, do"),
        Map.of());
    driver.pass(Duration.ofSeconds(11));
    workers.work();
    assertThat(status("f")).isEqualTo(FlowStatus.IN_PROGRESS);
    Orchestration order =
        PartsDocuments.compiled(
            SAGA_INSIDE.replace(
                "name: extras, do", "name: extras, timeout: 10s, onTimeout: undo, do"));
    assertThat(parts("f", "extras", order).sets().at(PartPlace.ASKED)).hasToString("{0}");

    workers.landsNow("f~extras~0", "card");
    driver.pass(Duration.ofSeconds(1));
    workers.work();

    assertThat(status("f")).isEqualTo(FlowStatus.UNDONE);
    assertThat(workers.handled)
        .containsSubsequence("f~extras~0 UNDO card", "f~extras~0 UNDO gift", "f UNDO check");
    nothingIsLive();
  }

  @Test
  void theAuditLogNamesTheParts() {
    start(SAGA_INSIDE, Map.of());

    assertThat(driver.takeAudit())
        .filteredOn(record -> record.flowId().equals("f"))
        .flatExtracting(record -> record.events())
        .extracting(event -> event.type())
        .containsSubsequence("PART_BEGUN", "PART_ENDED", "STEP_SUCCESS", "FLOW_COMPLETED");
  }

  @Test
  void aPartWhoseStateCannotBeReadParksTheFlowThatTakesItBack() {
    workers.staysSilent("f ship");
    start(SAGA_INSIDE, Map.of());
    driver.damage("f~extras~0", new byte[] {'F', 1, 1});
    control("f", "CANCEL");
    workers.landsNow("f", "ship");
    driver.pass(Duration.ofSeconds(1));
    workers.work();

    assertThat(status("f")).isEqualTo(FlowStatus.PARKED);
    assertThat(driver.flow("f").parkReason()).isEqualTo(ParkReason.UNDO_FAILED);
    assertThat(driver.takeReasons())
        .anyMatch(reason -> reason.contains("the state of flow f~extras~0"));
  }
}
