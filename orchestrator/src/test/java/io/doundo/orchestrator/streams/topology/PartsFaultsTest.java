package io.doundo.orchestrator.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.ParkReason;
import io.doundo.orchestrator.core.state.Signal;
import io.doundo.orchestrator.definition.compiler.PartsDocuments;
import io.doundo.orchestrator.streams.client.TopologyDriver;
import io.doundo.orchestrator.streams.client.WireRecords;
import io.doundo.orchestrator.streams.state.StoreNames;
import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The engine fails on what a flow and its parts tell each other. Nobody acts on a flow that has
 * ended, and yet it must not stay in the live store.
 */
class PartsFaultsTest {

  private static final String ORDER =
      """
      orchestrationName: order
      vocabulary: 2
      steps:
        - { name: extras, do: [ { name: gift } ] }
        - { name: ship }
      """;

  /** So large that it stands beside its flow, in the store of contents. */
  private static final Map<String, Object> PAYLOAD = Map.of("text", "x".repeat(4_000));

  private final TopologyDriver driver = new TopologyDriver();
  private final PlayedWorkers workers = new PlayedWorkers(driver);

  @AfterEach
  void close() {
    driver.close();
  }

  /** The flow ends while the engine cannot archive one of the family, for want of its payload. */
  private Runnable endsWithoutThePayloadOf(String flowId) {
    workers.staysSilent("f ship");
    driver.register(PartsDocuments.compiled(ORDER));
    driver.send(Topics.EXECUTION_START, "f", WireRecords.start("order", "f", PAYLOAD));
    workers.work();
    Runnable giveBack = driver.loseContentsOf(flowId);
    workers.landsNow("f", "ship");
    assertThat(driver.flow("f").status()).isEqualTo(FlowStatus.COMPLETED);
    return giveBack;
  }

  private void nothingIsLive() {
    assertThat(driver.entries(StoreNames.FLOWS)).isZero();
    assertThat(driver.entries(StoreNames.CONTENTS)).isZero();
    assertThat(driver.entries(StoreNames.TIMERS)).isZero();
    assertThat(driver.stubs("f")).isEqualTo(1);
    assertThat(driver.stubs("f~extras~0")).isEqualTo(1);
  }

  @Test
  void anAnswerToReleaseOnWhichTheEngineFailsIsAskedForAgain() {
    Runnable giveBack = endsWithoutThePayloadOf("f");
    assertThat(driver.row("f")).as("it could not be archived").isNotNull();
    assertThat(driver.takeReasons())
        .singleElement()
        .asString()
        .contains("internal error while processing this record", "of flow f is missing");

    giveBack.run();
    driver.pass(Duration.ofSeconds(62));

    assertThat(driver.takeReasons()).isEmpty();
    nothingIsLive();
  }

  @Test
  void aFlowOnWhichTheEngineFailsAgainAndAgainAsksLessAndLessOften() {
    Runnable giveBack = endsWithoutThePayloadOf("f");
    driver.pass(Duration.ofSeconds(62 + 62 + 124));
    assertThat(driver.takeReasons().size()).isBetween(3, 4);

    giveBack.run();
    driver.pass(Duration.ofSeconds(250));

    nothingIsLive();
  }

  @Test
  void aPartOnWhoseReleaseTheEngineFailsIsReleasedOnceMore() {
    Runnable giveBack = endsWithoutThePayloadOf("f~extras~0");
    assertThat(driver.row("f~extras~0")).as("it could not be archived").isNotNull();
    assertThat(driver.row("f")).as("it has heard that the part cannot be reached").isNull();

    giveBack.run();
    driver.pass(Duration.ofSeconds(62));

    assertThat(driver.flow("f").status()).isEqualTo(FlowStatus.COMPLETED);
    nothingIsLive();
  }

  @Test
  void aSignalOnWhichTheEngineFailsInAPartIsKeptByItsFlow() {
    String part = "f~extras~0";
    driver.register(
        PartsDocuments.compiled(
            """
            orchestrationName: order
            steps:
              - { name: extras, do: [ { name: approval, signal: approved }, { name: note } ] }
            """));
    driver.send(Topics.EXECUTION_START, "f", WireRecords.start("order", "f", Map.of()));
    driver.failAlways("nobody knows the topics");
    driver.send(
        Topics.CONTROL,
        "f",
        "{\"controlId\":\"s-1\",\"flowId\":\"f\",\"action\":\"SIGNAL\",\"signal\":\"approved\"}");
    assertThat(driver.flow(part).parkReason()).isEqualTo(ParkReason.ENGINE_FAULT);
    assertThat(driver.flow("f").signals().kept())
        .extracting(Signal::controlId)
        .containsExactly("s-1");

    driver.recover();
    driver.send(Topics.CONTROL, part, WireRecords.control(part, "RETRY"));

    assertThat(driver.take(Topics.doTopic("order", "note"))).hasSize(1);
    assertThat(driver.flow(part).parkReason()).isNull();
    assertThat(driver.flow("f").signals().kept()).isEmpty();
  }
}
