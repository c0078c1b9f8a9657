package io.doundo.orchestrator.streams.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.doundo.orchestrator.core.state.FlowStatus;
import io.doundo.orchestrator.definition.compiler.PartsDocuments;
import io.doundo.orchestrator.streams.client.TopologyDriver;
import io.doundo.orchestrator.streams.client.WireRecords;
import io.doundo.protocol.Topics;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a flow with parts adds to the meters: one flow, and its parts beside it. */
class PartsFiguresTest {

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final TopologyDriver driver = new TopologyDriver();
  private final PlayedWorkers workers = new PlayedWorkers(driver);

  @AfterEach
  void close() {
    driver.close();
  }

  private void start(List<Integer> items) {
    driver.meters().bindTo(registry);
    driver.register(
        PartsDocuments.compiled(
            """
            orchestrationName: order
            steps:
              - name: items
                forEach: payload.items
                do: [ { name: reserve } ]
              - { name: ship }
            """));
    driver.send(
        Topics.EXECUTION_START, "f", WireRecords.start("order", "f", Map.of("items", items)));
    workers.work();
  }

  private double count(String name, String... tags) {
    return registry.get(name).tags(tags).counter().count();
  }

  @Test
  void aFlowCountsOnceHoweverManyPartsItHas() {
    start(List.of(1, 2, 3));

    assertThat(driver.flow("f").status()).isEqualTo(FlowStatus.COMPLETED);
    assertThat(count("doundo.flows.started", "orchestration", "order")).isEqualTo(1);
    assertThat(count("doundo.flows.ended", "orchestration", "order", "status", "COMPLETED"))
        .isEqualTo(1);
    assertThat(registry.get("doundo.flow.duration").tags("status", "COMPLETED").timer().count())
        .isEqualTo(1);
    assertThat(count("doundo.parts.started", "orchestration", "order")).isEqualTo(3);
    assertThat(count("doundo.parts.ended", "orchestration", "order", "status", "COMPLETED"))
        .isEqualTo(3);
    assertThat(
            registry
                .get("doundo.step.duration")
                .tags("step", "reserve", "outcome", "success")
                .timer()
                .count())
        .as("the steps of a body are steps like any others")
        .isEqualTo(3);
  }

  @Test
  void partsThatAreTakenBackAreNoFlowsThatWereUndone() {
    start(List.of(1, 2, 3));
    driver.send(Topics.CONTROL, "f", WireRecords.control("f", "UNDO"));
    driver.pass(Duration.ofMillis(100));
    workers.work();

    assertThat(driver.flow("f").status()).isEqualTo(FlowStatus.UNDONE);
    assertThat(count("doundo.flows.ended", "orchestration", "order", "status", "UNDONE"))
        .isEqualTo(1);
    assertThat(count("doundo.parts.ended", "status", "UNDONE")).isEqualTo(3);
    assertThat(
            registry.find("doundo.undo").counters().stream()
                .mapToDouble(counter -> counter.count())
                .sum())
        .isEqualTo(1);
    assertThat(registry.getMeters())
        .extracting(Meter::getId)
        .filteredOn(id -> id.getName().startsWith("doundo.parts"))
        .allSatisfy(id -> assertThat(id.getTag("orchestration")).isEqualTo("order"));
  }
}
