package io.doundo.orchestrator.streams.topology;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.Content;
import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.core.state.StepStatus;
import io.doundo.orchestrator.definition.Orchestration;
import io.doundo.orchestrator.definition.compiler.PartsDocuments;
import io.doundo.orchestrator.streams.client.TopologyDriver;
import io.doundo.orchestrator.streams.client.WireRecords;
import io.doundo.protocol.ControlCommand;
import io.doundo.protocol.RecordHeaders;
import io.doundo.protocol.Topics;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A flow knows the caller who started it over REST; a name that a record only claims counts for
 * nothing.
 */
class RequestedStartTest {

  private static final Orchestration ORDER =
      PartsDocuments.compiled(
          """
          orchestrationName: order
          steps:
            - { name: note, set: { by: "{{ flow.?requestedBy.orValue('nobody') }}" } }
            - name: inner
              do: [ { name: inside, set: { by: "{{ flow.?requestedBy.orValue('nobody') }}" } } ]
            - name: approval
              task: { title: Approve it }
              accept: signal.verified && signal.by != flow.requestedBy
          """);

  private final TopologyDriver driver = new TopologyDriver(1, 1_000_000, true);

  @AfterEach
  void close() {
    driver.close();
  }

  @Test
  void whoStartedAFlowOverRestDoesNotApproveIt() {
    byte[] start = WireRecords.start("order", "f", Map.of()).getBytes(UTF_8);
    start(start, "ann", TopologyDriver.SENDERS.ofStart(start, "ann", now()));

    assertThat(driver.flow("f").origin().requestedBy()).isEqualTo("ann");
    assertThat(result("note")).isEqualTo("{\"by\":\"ann\"}");
    assertThat(result("inner")).isEqualTo("{\"by\":\"ann\"}");

    approve("c-1", "ann");
    assertThat(driver.flow("f").status()).isEqualTo(FlowStatus.IN_PROGRESS);
    approve("c-2", "bob");
    assertThat(driver.flow("f").status()).isEqualTo(FlowStatus.COMPLETED);
  }

  @Test
  void aCallerThatARecordOnlyClaimsIsNone() {
    byte[] start = WireRecords.start("order", "f", Map.of()).getBytes(UTF_8);
    start(start, "ann", TopologyDriver.SENDERS.ofStart(start, "bob", now()));

    assertThat(driver.flow("f").origin().requestedBy()).isNull();
    assertThat(result("note")).isEqualTo("{\"by\":\"nobody\"}");
    assertThat(result("inner")).isEqualTo("{\"by\":\"nobody\"}");

    // Each of them may be the one who started it, so nobody approves.
    approve("c-1", "ann");
    approve("c-2", "bob");
    assertThat(driver.flow("f").steps().get(ORDER.indexOf("approval")).status())
        .isEqualTo(StepStatus.WAITING);
  }

  private void start(byte[] value, String requestedBy, String mark) {
    driver.register(ORDER);
    driver.send(
        Topics.EXECUTION_START,
        "f",
        value,
        Map.of(RecordHeaders.REQUESTED_BY, requestedBy, RecordHeaders.SENDER_MARK, mark));
    driver.pass(Duration.ofMillis(500));
  }

  private void approve(String controlId, String by) {
    byte[] value = ControlCommand.signal(controlId, "f", "approval", null, by).encode();
    String mark = TopologyDriver.SENDERS.of(value, now());
    driver.send(Topics.CONTROL, "f", value, Map.of(RecordHeaders.SENDER_MARK, mark));
  }

  private long now() {
    return driver.now().toEpochMilli();
  }

  private String result(String step) {
    int index = ORDER.indexOf(step);
    Content result = Objects.requireNonNull(driver.flow("f").steps().get(index).result());
    byte[] bytes = Objects.requireNonNull(driver.stored("f")).contents().get(result.digest());
    return new String(Objects.requireNonNull(bytes), UTF_8);
  }
}
