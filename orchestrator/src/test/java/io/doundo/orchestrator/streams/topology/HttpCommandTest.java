package io.doundo.orchestrator.streams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.compiler.CompiledRegistration.Defined;
import io.doundo.orchestrator.definition.compiler.RegistrationCompiler;
import io.doundo.orchestrator.streams.client.TopologyDriver;
import io.doundo.orchestrator.streams.client.WireRecords;
import io.doundo.protocol.CommandAction;
import io.doundo.protocol.HeaderLookup;
import io.doundo.protocol.KnownEffect;
import io.doundo.protocol.ReceivedCommand;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.Topics;
import io.doundo.protocol.http.HttpCommand;
import io.doundo.protocol.json.MalformedRecordException;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The commands of steps with {@code http}: DO and UNDO on one topic, complete for their worker. */
class HttpCommandTest {

  private static final String FLOW = "flow-1";
  private static final String DOCUMENT =
      """
      orchestrationName: lead
      steps:
        - name: create
          http: { connection: crm, post: "/leads/{{ payload.tenant }}", body: "{{ input }}" }
          undo: { http: { delete: "/leads/{{ result.?id.orValue(key) }}" } }
        - name: two
      """;

  private final TopologyDriver driver = new TopologyDriver();

  @AfterEach
  void close() {
    driver.close();
  }

  private static Orchestration definition() {
    return ((Defined)
            RegistrationCompiler.compile(DOCUMENT.getBytes(UTF_8), Map.of()).results().get(0))
        .orchestration();
  }

  private ReceivedCommand next() throws MalformedRecordException {
    List<TestRecord<String, byte[]>> sent = driver.take(Topics.HTTP);
    assertThat(sent).hasSize(1);
    TestRecord<String, byte[]> record = sent.get(0);
    assertThat(record.key()).isEqualTo(FLOW);
    HeaderLookup headers =
        name -> {
          Header header = record.headers().lastHeader(name);
          return header == null ? null : header.value();
        };
    return ReceivedCommand.decode(record.value(), FLOW.getBytes(UTF_8), headers);
  }

  @Test
  void doAndUndoGoToTheTopicOfTheHttpWorkerAndCarryTheSameKey() throws Exception {
    driver.register(definition());
    driver.send(
        Topics.EXECUTION_START, FLOW, WireRecords.start("lead", FLOW, Map.of("tenant", "acme")));

    ReceivedCommand create = next();
    assertThat(create.action()).isEqualTo(CommandAction.DO);
    assertThat(create.stepName()).isEqualTo("create");
    HttpCommand request = HttpCommand.decode(create.payload());
    assertThat(request.calls().get(0).request().url()).isEqualTo("/leads/acme");
    assertThat(request.calls().get(0).request().body()).hasToString("{\"tenant\":\"acme\"}");

    driver.send(Topics.RESPONSE, FLOW, WireRecords.success(FLOW, "create", "DO", Map.of("id", 4)));
    driver.send(Topics.RESPONSE, FLOW, WireRecords.failure(FLOW, "two", "FAIL_STEP"));

    ReceivedCommand undo = next();
    assertThat(undo.action()).isEqualTo(CommandAction.UNDO);
    assertThat(undo.effect()).isEqualTo(KnownEffect.DONE);
    HttpCommand back = HttpCommand.decode(undo.payload());
    assertThat(back.calls().get(0).request().url()).isEqualTo("/leads/4");
    assertThat(back.calls().get(0).key()).isEqualTo(request.calls().get(0).key());
    assertThat(back.calls().get(0).lastDeadline()).isEqualTo(create.deadline());
  }

  @Test
  void aRequestHasNoHeadersOfMergedPayloads() throws Exception {
    driver.register(definition());
    driver.send(
        Topics.EXECUTION_START, FLOW, WireRecords.start("lead", FLOW, Map.of("tenant", "acme")));
    driver.take(Topics.HTTP);
    driver.send(Topics.RESPONSE, FLOW, WireRecords.success(FLOW, "create", "DO", Map.of("id", 4)));
    driver.send(Topics.RESPONSE, FLOW, WireRecords.failure(FLOW, "two", "FAIL_STEP"));

    TestRecord<String, byte[]> undo = driver.take(Topics.HTTP).get(0);
    assertThat(TopologyDriver.header(undo, RecordHeaders.RESULT_FIELDS)).isEmpty();
    assertThat(TopologyDriver.header(undo, RecordHeaders.KEYS)).isEmpty();
  }
}
