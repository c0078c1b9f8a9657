package io.doundo.orchestrator.streams.topology;

import static io.doundo.orchestrator.journey.TestDefinitions.chain;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.streams.client.TopologyDriver;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.Topics;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A client may write registrations, starts and answers to one topic, beside the commands in it. */
class SharedEventsTest {

  private static final String FLOW = "flow-1";

  private final TopologyDriver driver = new TopologyDriver();

  @BeforeEach
  void register() {
    driver.register(chain("order", "pay"));
  }

  @AfterEach
  void close() {
    driver.close();
  }

  private void send(String headers) {
    String value = "{'headers':{" + headers + "},'payload':{'a':1}}";
    driver.send(Topics.SHARED_EVENT, FLOW, value.replace('\'', '"'));
  }

  private void start(String flowId) {
    send("'eventType':'orchestrator.execution.start','orchestrationName':'order'" + flowId);
  }

  private int commands() {
    return driver.take(Topics.doTopic("order", "pay")).size();
  }

  @Test
  void aFlowStartsAndEndsThere() {
    start(",'flowId':'flow-1'");
    assertThat(commands()).isEqualTo(1);
    send(
        "'eventType':'orchestrator.response.result','flowId':'flow-1','stepName':'pay',"
            + "'action':'DO','status':true");
    assertThat(driver.flow(FLOW).status()).isEqualTo(FlowStatus.COMPLETED);
    assertThat(driver.takeReasons()).isEmpty();
  }

  @Test
  void theSameStartAgainIsIgnoredAndOneWithoutAnIdGetsOne() {
    start(",'flowId':'flow-1'");
    start(",'flowId':'flow-1'");
    assertThat(commands()).isEqualTo(1);
    driver.send(
        Topics.SHARED_EVENT,
        null,
        "{\"eventType\":\"orchestrator.execution.start\",\"orchestrationName\":\"order\"}");
    assertThat(commands()).isEqualTo(1);
    assertThat(driver.takeReasons()).isEmpty();
  }

  @Test
  void aRegistrationGoesOnAsItIs() {
    String registration =
        "{\"headers\":{\"eventType\":\"orchestrator.registration\"},"
            + "\"payload\":{\"orchestrationName\":\"other\"}}";
    driver.send(
        Topics.SHARED_EVENT,
        null,
        registration.getBytes(StandardCharsets.UTF_8),
        Map.of("serviceName", "shop"));
    List<TestRecord<String, byte[]>> sent = driver.take(Topics.REGISTRATION);
    assertThat(sent).hasSize(1);
    assertThat(new String(sent.get(0).value(), StandardCharsets.UTF_8)).isEqualTo(registration);
    assertThat(TopologyDriver.header(sent.get(0), "serviceName")).isEqualTo("shop");
  }

  @Test
  void aRegistrationThatIsTooLargeToBeSentOnIsADeadLetter() {
    byte[] large = "x".repeat(999_900).getBytes(StandardCharsets.UTF_8);
    driver.send(Topics.SHARED_EVENT, FLOW, large, Map.of("eventType", "orchestrator.registration"));
    assertThat(driver.take(Topics.REGISTRATION)).isEmpty();
    List<TestRecord<String, byte[]>> letters = driver.take(Topics.DEAD_LETTER);
    assertThat(letters).hasSize(1);
    assertThat(reason(letters.get(0)))
        .contains("the registration takes", "at most 1000000 bytes", Topics.REGISTRATION);
  }

  @Test
  void aRegistrationInYamlIsKnownByItsRecordHeader() {
    driver.send(
        Topics.SHARED_EVENT,
        null,
        "orchestrationName: other".getBytes(StandardCharsets.UTF_8),
        Map.of("eventType", "orchestrator.registration"));
    assertThat(driver.take(Topics.REGISTRATION)).hasSize(1);
  }

  @Test
  void commandsArePassedOver() {
    send("'eventType':'dopay','flowId':'flow-1'");
    send("'eventType':'undopay','flowId':'flow-1'");
    assertThat(driver.take(Topics.DEAD_LETTER)).isEmpty();
    assertThat(driver.take(Topics.REKEY)).isEmpty();
  }

  @Test
  void anythingElseIsADeadLetterThatSaysWhatIsReadThere() {
    send("'flowId':'flow-1'");
    send("'eventType':'payment.received'");
    driver.send(Topics.SHARED_EVENT, FLOW, "not JSON");
    driver.send(Topics.SHARED_EVENT, FLOW, null, Map.of());
    send("'eventType':'orchestrator.response.result','flowId':'flow-1'");
    List<TestRecord<String, byte[]>> letters = driver.take(Topics.DEAD_LETTER);
    assertThat(letters).hasSize(5);
    assertThat(reason(letters.get(0)))
        .contains("orchestrator.execution.start", "it has no eventType");
    assertThat(reason(letters.get(1))).contains("payment.received");
    assertThat(TopologyDriver.header(letters.get(4), RecordHeaders.DEAD_LETTER_TOPIC))
        .isEqualTo(Topics.SHARED_EVENT);
  }

  private static String reason(TestRecord<String, byte[]> letter) {
    return TopologyDriver.header(letter, RecordHeaders.DEAD_LETTER_REASON);
  }
}
