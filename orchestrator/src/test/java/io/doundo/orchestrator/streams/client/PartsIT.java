package io.doundo.orchestrator.streams.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.definition.compiler.PartsDocuments;
import io.doundo.orchestrator.streams.client.KafkaWorker.DoReply;
import io.doundo.orchestrator.streams.state.StoredFlow;
import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Flows whose steps are flows, on a real broker with several partitions. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PartsIT {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private Installation installation;
  private KafkaWorker worker;

  @BeforeAll
  void open() {
    installation = new Installation();
    worker = new KafkaWorker(installation.bootstrap());
  }

  @AfterAll
  void close() {
    worker.close();
    installation.close();
  }

  private void register(String document) {
    installation.register(PartsDocuments.compiled(document));
  }

  private void undo(String flowId) {
    installation.send(
        Topics.CONTROL,
        flowId,
        "{\"flowId\":\"%s\",\"action\":\"UNDO\",\"controlId\":\"undo\"}".formatted(flowId));
  }

  private static String items(int count) {
    return IntStream.range(0, count)
        .mapToObj(Integer::toString)
        .collect(Collectors.joining(",", "[", "]"));
  }

  private FlowStatus status(String flowId) {
    return installation.engine().flows().find(flowId).map(StoredFlow::state).orElseThrow().status();
  }

  private void allHaveEnded(String flowId, String step, int count, FlowStatus status) {
    for (int i = 0; i < count; i++) {
      installation.awaitStatus(flowId + "~" + step + "~" + i, status);
    }
  }

  private void isArchived(String flowId) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(installation.engine().isLive(flowId)).isFalse());
  }

  @Test
  void aListRunsAndIsUndoneOnDemandFromTheArchive() {
    register(
        """
        orchestrationName: listed
        steps:
          - { name: listFirst }
          - name: items
            forEach: "%s"
            atOnce: 10
            do: [ { name: listPick, input: { item: "{{ item }}" } } ]
            result: { item: "{{ item }}" }
          - { name: listLast }
        """
            .formatted(items(40)));
    String flow = installation.start("listed");
    installation.awaitStatus(flow, FlowStatus.COMPLETED);
    isArchived(flow);
    isArchived(flow + "~items~39");
    assertThat(worker.ledger(flow)).containsExactly("DO listFirst", "DO listLast");

    undo(flow);
    installation.awaitStatus(flow, FlowStatus.UNDONE);
    allHaveEnded(flow, "items", 40, FlowStatus.UNDONE);
    for (int i = 0; i < 40; i++) {
      assertThat(worker.ledger(flow + "~items~" + i))
          .containsExactly("DO listPick", "UNDO listPick");
    }
    isArchived(flow);
    assertThat(installation.deadLetterReasons()).isEmpty();
  }

  @Test
  void aRaceALoopASagaAndAnotherFlowInOne() {
    register("{orchestrationName: inner, steps: [{name: innerOne}, {name: innerTwo}]}");
    register(
        """
        orchestrationName: mixed
        steps:
          - name: race
            firstOf: { a: [ { name: raceA } ], b: [ { name: wait, wait: 1h }, { name: raceB } ] }
          - name: loop
            repeat: { until: "round >= 3", most: 5 }
            do: [ { name: loopStep } ]
          - name: saga
            do: [ { name: sagaOne }, { name: sagaTwo } ]
          - { name: other, flow: inner }
          - { name: mixedLast }
        """);
    String flow = installation.start("mixed");
    installation.awaitStatus(flow, FlowStatus.COMPLETED);
    assertThat(status(flow + "~race~1")).isEqualTo(FlowStatus.UNDONE);
    assertThat(worker.ledger(flow + "~other~0")).containsExactly("DO innerOne", "DO innerTwo");

    undo(flow);
    installation.awaitStatus(flow, FlowStatus.UNDONE);
    assertThat(worker.ledger(flow + "~loop~2")).containsExactly("DO loopStep", "UNDO loopStep");
    assertThat(worker.ledger(flow + "~saga~0"))
        .containsExactly("DO sagaOne", "DO sagaTwo", "UNDO sagaTwo", "UNDO sagaOne");
    assertThat(worker.ledger(flow + "~race~0")).containsExactly("DO raceA", "UNDO raceA");
    assertThat(worker.ledger(flow + "~race~1")).isEmpty();
  }

  @Test
  void anEngineThatLosesItsDiskAmidBatchesLosesNoPartAndUndoesAll() {
    for (String name : List.of("goodBatch", "badBatch")) {
      register(
          """
          orchestrationName: %1$s
          steps:
            - name: items
              forEach: "%2$s"
              atOnce: 5
              do: [ { name: %1$sPick }, { name: %1$sPack } ]
            - { name: %1$sShip }
          """
              .formatted(name, items(15)));
    }
    worker.behave("badBatchShip", DoReply.FAIL);
    List<String> good = new ArrayList<>();
    List<String> bad = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      good.add(installation.start("goodBatch"));
      bad.add(installation.start("badBatch"));
    }
    await().atMost(PATIENCE).until(() -> !worker.ledger(bad.get(0) + "~items~3").isEmpty());
    installation.stopEngine();
    installation.wipeState();
    installation.startEngine();

    for (String flow : good) {
      installation.awaitStatus(flow, FlowStatus.COMPLETED);
      allHaveEnded(flow, "items", 15, FlowStatus.COMPLETED);
    }
    for (String flow : bad) {
      installation.awaitStatus(flow, FlowStatus.UNDONE);
      allHaveEnded(flow, "items", 15, FlowStatus.UNDONE);
      for (int i = 0; i < 15; i++) {
        assertThat(worker.ledger(flow + "~items~" + i))
            .contains("DO badBatchPick", "DO badBatchPack")
            .endsWith("UNDO badBatchPack", "UNDO badBatchPick");
      }
      isArchived(flow);
    }
    assertThat(installation.deadLetterReasons()).isEmpty();
  }
}
