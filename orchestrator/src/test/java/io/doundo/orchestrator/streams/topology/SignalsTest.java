package io.doundo.orchestrator.streams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowSignals;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import io.doundo.orchestrator.streams.client.TopologyDriver;
import io.doundo.orchestrator.streams.client.WireRecords;
import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.HeaderLookup;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.Topics;
import io.doundo.protocol.json.MalformedRecordException;
import io.doundo.protocol.json.RawJson;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.test.TestRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the engine handles signal records, including those that no step takes. */
class SignalsTest {

  private static final String FLOW = "flow-1";
  private static final String DOCUMENT =
      "{orchestrationName: order, steps: [{name: draft}, {name: approval, signal: approved}]}";

  private @Nullable TopologyDriver opened;

  private TopologyDriver open(boolean audit) {
    TopologyDriver driver = new TopologyDriver(1, 1_000_000, audit);
    opened = driver;
    CompiledRegistration compiled =
        RegistrationCompiler.compile(DOCUMENT.getBytes(UTF_8), Map.of());
    driver.register(((Defined) compiled.results().get(0)).orchestration());
    return driver;
  }

  @AfterEach
  void close() {
    if (opened != null) {
      opened.close();
    }
  }

  private static void start(TopologyDriver driver) {
    driver.send(Topics.EXECUTION_START, FLOW, WireRecords.start("order", FLOW, Map.of()));
  }

  private static void drafted(TopologyDriver driver) {
    driver.send(Topics.RESPONSE, FLOW, WireRecords.success(FLOW, "draft", "DO", null));
  }

  private static byte[] signal(TopologyDriver driver, String id, String name, String payload) {
    RawJson json = RawJson.trusted(payload.getBytes(UTF_8));
    byte[] value = ControlCommand.signal(id, FLOW, name, json, "ann").encode();
    driver.send(Topics.CONTROL, FLOW, value, Map.of());
    return value;
  }

  private static String reasonOf(TestRecord<String, byte[]> letter) {
    return TopologyDriver.header(letter, RecordHeaders.DEAD_LETTER_REASON);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aSignalThatNoStepWaitsForIsADeadLetterOnceByteForByte(boolean audit) {
    TopologyDriver driver = open(audit);
    start(driver);
    byte[] value = signal(driver, "s-1", "aproved", "{\"a\":1}");
    signal(driver, "s-1", "aproved", "{\"a\":1}");
    TestRecord<String, byte[]> letter = driver.take(Topics.DEAD_LETTER).get(0);
    assertThat(letter.value()).isEqualTo(value);
    assertThat(letter.key()).isEqualTo(FLOW);
    assertThat(reasonOf(letter))
        .isEqualTo(
            "signal aproved [s-1] by ann refused: orchestration order waits for no such signal,"
                + " only for approved");
    assertThat(driver.take(Topics.DEAD_LETTER)).isEmpty();
  }

  @Test
  void aSenderWhoReadsTheOutcomeInTheAuditLogNeedsNoDeadLetter() {
    TopologyDriver driver = open(true);
    start(driver);
    driver.takeAudit();
    driver.send(
        Topics.CONTROL,
        FLOW,
        ControlCommand.signal("s-1", FLOW, "aproved", null, "ann").encode(),
        Map.of(RecordHeaders.ANSWERED, "true"));
    assertThat(driver.take(Topics.DEAD_LETTER)).isEmpty();
    assertThat(driver.takeAudit())
        .flatExtracting(record -> record.events())
        .singleElement()
        .satisfies(
            entry -> {
              assertThat(entry.type()).isEqualTo("SIGNAL_REFUSED");
              assertThat(entry.controlId()).isEqualTo("s-1");
            });
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aKeptSignalThatIsRefusedLaterIsADeadLetterWithAllThatItSaid(boolean audit)
      throws MalformedRecordException {
    TopologyDriver driver = open(audit);
    String large = "{\"text\":\"" + "x".repeat(5_000) + "\"}";
    start(driver);
    signal(driver, "s-1", "approved", "{\"a\":1}");
    signal(driver, "s-2", "approved", large);
    assertThat(driver.take(Topics.DEAD_LETTER)).isEmpty();
    drafted(driver);
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.COMPLETED);
    List<TestRecord<String, byte[]>> letters = driver.take(Topics.DEAD_LETTER);
    assertThat(letters).hasSize(1);
    TestRecord<String, byte[]> letter = letters.get(0);
    assertThat(ControlCommand.decode(letter.value(), null, HeaderLookup.NONE))
        .isEqualTo(
            ControlCommand.signal(
                "s-2", FLOW, "approved", RawJson.trusted(large.getBytes(UTF_8)), "ann"));
    assertThat(letter.key()).isEqualTo(FLOW);
    assertThat(reasonOf(letter))
        .startsWith("signal approved [s-2] by ann refused: the flow has ended as COMPLETED")
        .contains("it was kept since 2026-");
    assertThat(TopologyDriver.header(letter, RecordHeaders.DEAD_LETTER_TOPIC))
        .isEqualTo(Topics.CONTROL);
  }

  @Test
  void of40SignalsTheFlowKeeps32AndRefusesTheOthers() {
    TopologyDriver driver = open(false);
    start(driver);
    for (int i = 0; i < 40; i++) {
      signal(driver, "s-" + i, "approved", "{\"a\":" + i + "}");
    }
    assertThat(driver.flow(FLOW).signals().kept()).hasSize(FlowSignals.MOST_KEPT);
    assertThat(driver.takeReasons())
        .hasSize(8)
        .allSatisfy(reason -> assertThat(reason).contains("already keeps 32 signals"));
    drafted(driver);
    assertThat(driver.takeReasons()).hasSize(31);
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.COMPLETED);
  }

  @Test
  void aSignalThatOvertakesTheStartIsHeldForIt() {
    TopologyDriver driver = open(true);
    signal(driver, "s-1", "approved", "{\"a\":1}");
    assertThat(driver.stored(FLOW)).isNull();
    start(driver);
    assertThat(driver.flow(FLOW).signals().kept()).hasSize(1);
    drafted(driver);
    assertThat(driver.flow(FLOW).steps().get(1).status()).isEqualTo(StepStatus.DO_SUCCESS);
    assertThat(driver.takeReasons()).isEmpty();
  }

  @Test
  void aSignalOfNoFlowIsADeadLetterAfterTheHold() {
    TopologyDriver driver = open(true);
    byte[] value = signal(driver, "s-1", "approved", "{\"a\":1}");
    driver.pass(Duration.ofSeconds(31));
    assertThat(driver.take(Topics.DEAD_LETTER))
        .singleElement()
        .satisfies(letter -> assertThat(letter.value()).isEqualTo(value));
  }

  @Test
  void aFlowThatHasEndedRefusesASignalAsLongAsItIsKeptAndAfter() {
    TopologyDriver driver = open(true);
    start(driver);
    drafted(driver);
    signal(driver, "s-1", "approved", "{\"a\":1}");
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.COMPLETED);
    signal(driver, "s-2", "approved", "{\"a\":1}");
    assertThat(driver.takeReasons())
        .singleElement()
        .asString()
        .endsWith("refused: the flow has ended as COMPLETED");
    driver.leap(Duration.ofDays(8));
    signal(driver, "s-3", "approved", "{\"a\":1}");
    assertThat(driver.takeReasons())
        .singleElement()
        .asString()
        .startsWith("the flow ended as COMPLETED at 2026-")
        .endsWith("it waits for no signal any more");
  }
}
